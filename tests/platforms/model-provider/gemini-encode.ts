import { isGeneration3 } from './gemini-model.ts';
import { frame } from './openai-wire.ts';
import { type Frame, type ProviderCall, pieces, type Reply } from './reply.ts';

type Data = Record<string, unknown>;

/** Parts in the order they are streamed; a seal goes with the first call, else with the end of the text. */
function partsOf(reply: Reply, call: ProviderCall): readonly Data[] {
	const seal = reply.reasoning ? { thoughtSignature: `seal-${call.index}` } : {};
	const thoughts = reply.reasoning ? pieces(reply.reasoning, reply.chunkChars) : [];
	const texts = reply.text ? pieces(reply.text, reply.chunkChars) : [];
	const calls = (reply.toolCalls ?? []).flatMap(({ name, arguments: args }, at): Data[] => {
		if (typeof args === 'string') return [];
		const id = isGeneration3(call.model) ? { id: `fc_${call.index}_${at}` } : {};
		return [{ functionCall: { ...id, name, args }, ...(at === 0 ? seal : {}) }];
	});
	return [
		...thoughts.map((text) => ({ text, thought: true })),
		...(reply.providerTools ?? []).flatMap((name, at) => providerParts(name, `tool_${call.index}_${at}`, call)),
		...texts.map((text) => ({ text })),
		...calls,
		...(calls.length === 0 && reply.reasoning ? [{ text: '', ...seal }] : []),
	];
}

/** A search shows as parts only beside functions. */
function providerParts(name: string, id: string, call: ProviderCall): readonly Data[] {
	if (name === 'code_execution') {
		return [
			{ executableCode: { language: 'PYTHON', code: '1 + 1' } },
			{ codeExecutionResult: { outcome: 'OUTCOME_OK', output: '2' } },
		];
	}
	if (call.tools.length === 0) return [];
	const toolType = 'GOOGLE_SEARCH_WEB';
	return [
		{ toolCall: { id, toolType, args: { queries: ['weather'] } }, thoughtSignature: `seal-${id}` },
		{ toolResponse: { id, toolType, response: {} }, thoughtSignature: `seal-${id}` },
	];
}

function usageOf({ usage }: Reply): Data {
	if (usage === undefined) return {};
	const { input, output, cached, reasoning } = usage;
	return {
		usageMetadata: {
			promptTokenCount: input,
			candidatesTokenCount: output - (reasoning ?? 0),
			totalTokenCount: input + output,
			...(cached === undefined ? {} : { cachedContentTokenCount: cached }),
			...(reasoning === undefined ? {} : { thoughtsTokenCount: reasoning }),
		},
	};
}

function finishReason(reply: Reply): string {
	if (reply.stop === 'length') return 'MAX_TOKENS';
	if (reply.stop === 'refused') return 'SAFETY';
	// Arguments are objects on this wire: a model that breaks them has made no call.
	return reply.toolCalls?.some((call) => typeof call.arguments === 'string') ? 'MALFORMED_FUNCTION_CALL' : 'STOP';
}

/** The chunks of a whole reply, in the order the API sends them. */
export function encodeGemini(reply: Reply, call: ProviderCall): readonly Frame[] {
	const base = { modelVersion: call.model, responseId: `resp_${call.index}` };
	const chunk = (candidate: Data, more: Data = {}) =>
		frame({ candidates: [{ index: 0, ...candidate }], ...base, ...more });
	const searched = reply.providerTools?.includes('web_search') && call.tools.length === 0;
	const grounding = searched ? { groundingMetadata: { webSearchQueries: ['weather'] } } : {};
	return [
		...partsOf(reply, call).map((part) => ({
			data: chunk({ content: { role: 'model', parts: [part] } }),
			output: part.text !== '',
		})),
		{ data: chunk({ finishReason: finishReason(reply), ...grounding }, usageOf(reply)), output: false },
	];
}
