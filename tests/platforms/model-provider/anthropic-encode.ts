import { frame } from './openai-wire.ts';
import { argumentsText, type Frame, type ProviderCall, pieces, type Reply } from './reply.ts';

type Data = Record<string, unknown>;

const event = (data: Data, output = false): Frame => ({ data: frame(data, String(data.type)), output });

interface Block {
	start: Data;
	deltas: readonly Data[];
	/** The start itself is something to show: a tool. */
	shown?: boolean;
	/** The last delta is a seal, which is nothing to show. */
	sealed?: boolean;
}

function blocksOf(reply: Reply, call: ProviderCall): readonly Block[] {
	const blocks: Block[] = [];
	if (reply.reasoning) {
		blocks.push({
			start: { type: 'thinking', thinking: '', signature: '' },
			deltas: [
				...pieces(reply.reasoning, reply.chunkChars).map((thinking) => ({ type: 'thinking_delta', thinking })),
				{ type: 'signature_delta', signature: `seal-${call.index}` },
			],
			sealed: true,
		});
	}
	for (const [at, name] of (reply.providerTools ?? []).entries()) {
		const id = `srvtoolu_${call.index}_${at}`;
		const isSearch = name === 'web_search';
		const input = isSearch ? { query: 'weather' } : { code: '1 + 1' };
		const content = isSearch
			? []
			: { type: 'code_execution_result', stdout: '2', stderr: '', return_code: 0, content: [] };
		blocks.push({
			start: { type: 'server_tool_use', id, name, input: {} },
			deltas: [{ type: 'input_json_delta', partial_json: JSON.stringify(input) }],
			shown: true,
		});
		const start = { type: `${name}_tool_result`, tool_use_id: id, content };
		blocks.push({ start, deltas: [], shown: true });
	}
	if (reply.text) {
		const deltas = pieces(reply.text, reply.chunkChars).map((text) => ({ type: 'text_delta', text }));
		blocks.push({ start: { type: 'text', text: '', citations: null }, deltas });
	}
	for (const [at, { name, arguments: input }] of (reply.toolCalls ?? []).entries()) {
		const parts = pieces(argumentsText(input), reply.chunkChars);
		blocks.push({
			start: { type: 'tool_use', id: `toolu_${call.index}_${at}`, name, input: {} },
			deltas: ['', ...parts].map((partial_json) => ({ type: 'input_json_delta', partial_json })),
			shown: true,
		});
	}
	return blocks;
}

function usageOf({ usage }: Reply): Data | undefined {
	if (usage === undefined) return undefined;
	const { input, output, cached, reasoning } = usage;
	return {
		input_tokens: input - (cached ?? 0),
		cache_creation_input_tokens: null,
		cache_read_input_tokens: cached ?? null,
		output_tokens: output,
		output_tokens_details: reasoning === undefined ? null : { thinking_tokens: reasoning },
		server_tool_use: null,
	};
}

function stopOf(reply: Reply): Data {
	if (reply.stop === 'refused') {
		const stop_details = { type: 'refusal', category: 'cyber', explanation: 'It may help an attack.' };
		return { stop_reason: 'refusal', stop_details };
	}
	const calls = reply.toolCalls?.length ? 'tool_use' : 'end_turn';
	return { stop_reason: reply.stop === 'length' ? 'max_tokens' : calls, stop_details: null };
}

/** The events of a whole message, in the order the API sends them. */
export function encodeMessage(reply: Reply, call: ProviderCall): readonly Frame[] {
	const usage = usageOf(reply);
	const message = {
		id: `msg_${call.index}`,
		type: 'message',
		role: 'assistant',
		model: call.model,
		content: [],
		stop_reason: null,
		stop_sequence: null,
		...(usage ? { usage: { ...usage, output_tokens: 1, output_tokens_details: null } } : {}),
	};
	const blocks = blocksOf(reply, call).flatMap(({ start, deltas, shown = false, sealed = false }, index) => [
		event({ type: 'content_block_start', index, content_block: start }, shown),
		...deltas.map((delta, at) =>
			event({ type: 'content_block_delta', index, delta }, !(sealed && at === deltas.length - 1)),
		),
		event({ type: 'content_block_stop', index }),
	]);
	const delta = { ...stopOf(reply), stop_sequence: null, container: null };
	return [
		event({ type: 'message_start', message }),
		event({ type: 'ping' }),
		...blocks,
		event({ type: 'message_delta', delta, ...(usage ? { usage } : {}) }),
		event({ type: 'message_stop' }),
	];
}
