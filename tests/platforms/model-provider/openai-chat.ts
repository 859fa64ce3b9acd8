import * as check from './checks.ts';
import { checkOpenAIKey, frame, openAIError } from './openai-wire.ts';
import {
	argumentsText,
	type DecodedCall,
	type Frame,
	type Protocol,
	type ProviderCall,
	pieces,
	type Reply,
	type SeenMessage,
	type SeenTool,
} from './reply.ts';

const fields = [
	'model',
	'messages',
	'tools',
	'tool_choice',
	'stream',
	'stream_options',
	'temperature',
	'top_p',
	'max_tokens',
	'max_completion_tokens',
	'reasoning_effort',
	'parallel_tool_calls',
	'prompt_cache_key',
	'service_tier',
	'seed',
];

function decodeMessages(value: unknown): { system: string; messages: readonly SeenMessage[] } {
	const list = check.arrayAt(value, 'messages');
	if (list.length === 0) check.refuse('messages must not be empty');
	const ledger = check.createCallLedger();
	const messages: SeenMessage[] = [];
	let system = '';
	for (const [at, entry] of list.entries()) {
		const where = `messages[${at}]`;
		const message = check.objectAt(entry, where);
		const role = check.oneOf(message.role, ['system', 'developer', 'user', 'assistant', 'tool'], `${where}.role`);
		if (role === 'tool') {
			const callId = check.nonEmptyAt(message.tool_call_id, `${where}.tool_call_id`);
			ledger.answered(callId);
			messages.push({ role, callId, text: check.textAt(message.content, `${where}.content`) });
			continue;
		}
		ledger.settled();
		if (role === 'assistant') messages.push(decodeAssistant(message, where, ledger));
		else if (role === 'user') messages.push({ role, text: check.textAt(message.content, `${where}.content`) });
		else system += check.textAt(message.content, `${where}.content`);
	}
	ledger.settled();
	return { system, messages };
}

function decodeAssistant(
	message: Record<string, unknown>,
	where: string,
	ledger: ReturnType<typeof check.createCallLedger>,
): SeenMessage {
	const toolCalls = check.arrayAt(message.tool_calls ?? [], `${where}.tool_calls`).map((entry) => {
		const call = check.objectAt(entry, `${where}.tool_calls`);
		check.oneOf(call.type, ['function'], `${where}.tool_calls.type`);
		const made = check.objectAt(call.function, `${where}.tool_calls.function`);
		const id = check.nonEmptyAt(call.id, `${where}.tool_calls.id`);
		ledger.called(id);
		const name = check.toolNameAt(made.name, `${where}.tool_calls.function.name`);
		return { id, name, arguments: check.textAt(made.arguments, `${where}.tool_calls.function.arguments`) };
	});
	if (message.tool_calls !== undefined && toolCalls.length === 0) check.refuse(`${where}.tool_calls must not be empty`);
	const text = message.content ?? (toolCalls.length > 0 ? '' : check.refuse(`${where}.content must be a string`));
	const seal = message.reasoning_content;
	return {
		role: 'assistant',
		text: check.textAt(text, `${where}.content`),
		toolCalls,
		seals: seal === undefined ? [] : [check.textAt(seal, `${where}.reasoning_content`)],
	};
}

function decodeTools(value: unknown): readonly SeenTool[] {
	return check.arrayAt(value ?? [], 'tools').map((entry, at) => {
		const tool = check.objectAt(entry, `tools[${at}]`);
		check.oneOf(tool.type, ['function'], `tools[${at}].type`);
		const made = check.objectAt(tool.function, `tools[${at}].function`);
		check.onlyFields(made, ['name', 'description', 'parameters', 'strict'], `tools[${at}].function`);
		const parameters = check.objectAt(made.parameters, `tools[${at}].function.parameters`);
		if (made.strict === true) check.strictSchemaAt(parameters, `tools[${at}].function.parameters`);
		return {
			name: check.toolNameAt(made.name, `tools[${at}].function.name`),
			description: check.textAt(made.description ?? '', `tools[${at}].function.description`),
			parameters,
			strict: made.strict === true,
		};
	});
}

function decode(raw: unknown): DecodedCall {
	const body = check.objectAt(raw, 'the body');
	check.onlyFields(body, fields, 'the body');
	if (body.stream !== true) check.refuse('this provider only streams');
	const tools = decodeTools(body.tools);
	if (body.tools !== undefined && tools.length === 0) check.refuse('tools must not be empty');
	if (body.tool_choice !== undefined && tools.length === 0) check.refuse('tool_choice is only allowed with tools');
	return {
		model: check.nonEmptyAt(body.model, 'model'),
		...decodeMessages(body.messages),
		tools,
		toolChoice: check.oneOf(body.tool_choice ?? 'auto', ['auto', 'required', 'none'], 'tool_choice'),
		providerTools: [],
	};
}

/** Deltas of all tool calls, taking turns, as servers that generate calls in parallel send them. */
function toolDeltas(reply: Reply, index: number): unknown[] {
	const calls = (reply.toolCalls ?? []).map((call, at) => {
		const parts = pieces(argumentsText(call.arguments), reply.chunkChars);
		const first = {
			index: at,
			id: `call_${index}_${at}`,
			type: 'function',
			function: { name: call.name, arguments: '' },
		};
		return [first, ...parts.map((part) => ({ index: at, function: { arguments: part } }))];
	});
	const longest = Math.max(0, ...calls.map((parts) => parts.length));
	return Array.from({ length: longest }, (_, round) => calls.flatMap((parts) => parts[round] ?? [])).flat();
}

function usageOf({ usage }: Reply): unknown {
	if (usage === undefined) return null;
	const { input, output, cached, reasoning } = usage;
	return {
		prompt_tokens: input,
		completion_tokens: output,
		total_tokens: input + output,
		...(cached === undefined ? {} : { prompt_tokens_details: { cached_tokens: cached } }),
		...(reasoning === undefined ? {} : { completion_tokens_details: { reasoning_tokens: reasoning } }),
	};
}

function finishReason(reply: Reply): string {
	if (reply.stop === 'length') return 'length';
	if (reply.stop === 'refused') return 'content_filter';
	return reply.toolCalls?.length ? 'tool_calls' : 'stop';
}

function encode(reply: Reply, call: ProviderCall): readonly Frame[] {
	const base = {
		id: `chatcmpl-${call.index}`,
		object: 'chat.completion.chunk',
		created: 1_767_225_600,
		model: call.model,
	};
	const chunk = (delta: unknown, finish: string | null = null) =>
		frame({ ...base, choices: [{ index: 0, delta, finish_reason: finish }] });
	const say = (text: string | undefined, field: string): Frame[] =>
		text ? pieces(text, reply.chunkChars).map((part) => ({ data: chunk({ [field]: part }), output: true })) : [];
	const wantsUsage = /"include_usage":true/.test(JSON.stringify(call.body));
	const usage = usageOf(reply);
	return [
		{ data: chunk({ role: 'assistant', content: '' }), output: false },
		...say(reply.reasoning, 'reasoning_content'),
		...say(reply.text, 'content'),
		...toolDeltas(reply, call.index).map((delta) => ({ data: chunk({ tool_calls: [delta] }), output: true })),
		{ data: chunk({}, finishReason(reply)), output: false },
		...(wantsUsage && usage ? [{ data: frame({ ...base, choices: [], usage }), output: false }] : []),
		{ data: 'data: [DONE]\n\n', output: false },
	];
}

/** OpenAI's Chat Completions, as OpenAI, Azure and the many compatible servers speak it. */
export const openaiChat: Protocol = {
	name: 'openai-chat',
	matches: (path) => path === '/v1/chat/completions' || /^\/openai\/deployments\/[^/]+\/chat\/completions$/.test(path),
	decode(request) {
		checkOpenAIKey(request.headers);
		return decode(request.body);
	},
	encode,
	errorBody: openAIError,
	errorFrame: (code, message) => frame({ error: { message, type: code, code } }),
};
