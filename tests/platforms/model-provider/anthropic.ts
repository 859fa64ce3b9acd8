import { encodeMessage } from './anthropic-encode.ts';
import { checkAnthropicRules } from './anthropic-rules.ts';
import * as check from './checks.ts';
import { frame } from './openai-wire.ts';
import { type DecodedCall, type Protocol, type SeenMessage, type SeenTool, WireRefusal } from './reply.ts';

const fields = [
	'model',
	'messages',
	'max_tokens',
	'system',
	'tools',
	'tool_choice',
	'stream',
	'thinking',
	'output_config',
	'metadata',
	'temperature',
	'top_p',
	'top_k',
	'stop_sequences',
	'service_tier',
	'container',
	'cache_control',
];
const serverTools: Readonly<Record<string, string>> = {
	web_search_20260318: 'web_search',
	code_execution_20260521: 'code_execution',
};

type Data = Record<string, unknown>;
type Assistant = Extract<SeenMessage, { role: 'assistant' }>;

function blocksOf(content: unknown, where: string): readonly Data[] {
	if (typeof content === 'string') return [{ type: 'text', text: content }];
	const blocks = check.arrayAt(content, `${where}.content`);
	if (blocks.length === 0) check.refuse(`${where}: all messages must have non-empty content`);
	return blocks.map((block, at) => check.objectAt(block, `${where}.content.${at}`));
}

function textAt(block: Data, where: string): string {
	const text = check.textAt(block.text, `${where}.text`);
	if (text.trim() === '') check.refuse(`${where}: text content blocks must contain non-whitespace text`);
	return text;
}

function textsOf(content: unknown, where: string): string {
	return blocksOf(content, where)
		.map((block) => (block.type === 'text' ? textAt(block, where) : check.refuse(`${where}: only text is known here`)))
		.join('');
}

/** A user's blocks: results of calls come first, and answer the calls of the message right before. */
function decodeUser(blocks: readonly Data[], where: string, ledger: ReturnType<typeof check.createCallLedger>) {
	const seen: SeenMessage[] = [];
	for (const [at, block] of blocks.entries()) {
		const place = `${where}.content.${at}`;
		const type = check.oneOf(block.type, ['text', 'tool_result'], `${place}.type`);
		if (type === 'text') {
			ledger.settled();
			seen.push({ role: 'user', text: textAt(block, place) });
			continue;
		}
		if (seen.some(({ role }) => role === 'user')) check.refuse(`${place}: tool_result blocks must come first`);
		check.onlyFields(block, ['type', 'tool_use_id', 'content', 'is_error', 'cache_control'], place);
		const callId = check.nonEmptyAt(block.tool_use_id, `${place}.tool_use_id`);
		ledger.answered(callId);
		const text = block.content === undefined ? '' : textsOf(block.content, place);
		seen.push({ role: 'tool', callId, text });
	}
	ledger.settled();
	return seen;
}

/** One block of the assistant's, added to its message. */
function addBlock(message: Assistant, block: Data, where: string, ran: Set<string>): Assistant {
	switch (block.type) {
		case 'text':
			return { ...message, text: message.text + textAt(block, where) };
		case 'thinking': {
			check.textAt(block.thinking, `${where}.thinking`);
			const seal = check.textAt(block.signature, `${where}.signature`);
			if (!seal.startsWith('seal-')) check.refuse(`${where}: Invalid \`signature\` in \`thinking\` block`);
			return { ...message, seals: [...message.seals, seal] };
		}
		case 'tool_use': {
			const id = check.nonEmptyAt(block.id, `${where}.id`);
			if (!/^[a-zA-Z0-9_-]+$/.test(id)) check.refuse(`${where}.id: String should match pattern '^[a-zA-Z0-9_-]+$'`);
			const input = check.objectAt(block.input, `${where}.input`);
			const name = check.toolNameAt(block.name, `${where}.name`);
			return { ...message, toolCalls: [...message.toolCalls, { id, name, arguments: JSON.stringify(input) }] };
		}
		case 'server_tool_use':
			ran.add(check.nonEmptyAt(block.id, `${where}.id`));
			check.objectAt(block.input, `${where}.input`);
			return message;
		case 'web_search_tool_result':
		case 'code_execution_tool_result':
			if (!ran.delete(String(block.tool_use_id))) check.refuse(`${where}: no server_tool_use ${block.tool_use_id}`);
			return message;
		default:
			return check.refuse(`${where}.type: unknown block ${block.type}`);
	}
}

function decodeMessages(value: unknown): readonly SeenMessage[] {
	const list = check.arrayAt(value, 'messages');
	const ledger = check.createCallLedger();
	const messages: SeenMessage[] = [];
	let paused = false;
	for (const [at, entry] of list.entries()) {
		const where = `messages.${at}`;
		const message = check.objectAt(entry, where);
		check.onlyFields(message, ['role', 'content'], where);
		const role = check.oneOf(message.role, ['user', 'assistant'], `${where}.role`);
		const blocks = blocksOf(message.content, where);
		if (role === 'user') {
			messages.push(...decodeUser(blocks, where, ledger));
			continue;
		}
		ledger.settled();
		const ran = new Set<string>();
		const empty: Assistant = { role, text: '', toolCalls: [], seals: [] };
		const said = blocks.reduce<Assistant>(
			(sum, block, index) => addBlock(sum, block, `${where}.content.${index}`, ran),
			empty,
		);
		for (const { id } of said.toolCalls) ledger.called(id);
		paused = blocks.some(({ type }) => type === 'server_tool_use');
		messages.push(said);
	}
	ledger.settled();
	if (messages[0]?.role !== 'user') check.refuse('messages: first message must use the "user" role');
	if (messages.at(-1)?.role === 'assistant' && !paused) {
		check.refuse(
			'This model does not support assistant message prefill. The conversation must end with a user message.',
		);
	}
	return messages;
}

function decodeTools(value: unknown): { tools: readonly SeenTool[]; providerTools: readonly string[] } {
	const tools: SeenTool[] = [];
	const provided: string[] = [];
	for (const [at, entry] of check.arrayAt(value ?? [], 'tools').entries()) {
		const where = `tools.${at}`;
		const tool = check.objectAt(entry, where);
		const name = check.toolNameAt(tool.name, `${where}.name`);
		if ([...provided, ...tools.map((one) => one.name)].includes(name))
			check.refuse('tools: Tool names must be unique.');
		if (tool.type !== undefined && tool.type !== 'custom') {
			const type = check.oneOf(tool.type, Object.keys(serverTools), `${where}.type`);
			if (serverTools[type] !== name) check.refuse(`${where}.name: must be ${serverTools[type]}`);
			provided.push(name);
			continue;
		}
		check.onlyFields(tool, ['type', 'name', 'description', 'input_schema', 'strict', 'cache_control'], where);
		const parameters = check.objectAt(tool.input_schema, `${where}.input_schema`);
		check.oneOf(parameters.type, ['object'], `${where}.input_schema.type`);
		const description = check.textAt(tool.description ?? '', `${where}.description`);
		tools.push({ name, description, parameters, strict: tool.strict === true });
	}
	return { tools, providerTools: provided };
}

const toolChoices = { auto: 'auto', any: 'required', tool: 'required', none: 'none' } as const;

function decode(raw: unknown): DecodedCall {
	const body = check.objectAt(raw, 'the body');
	const extra = Object.keys(body).find((key) => !fields.includes(key));
	if (extra !== undefined) check.refuse(`${extra}: Extra inputs are not permitted`);
	if (body.stream !== true) check.refuse('this provider only streams');
	checkAnthropicRules(body);
	const { tools, providerTools } = decodeTools(body.tools);
	const choice = body.tool_choice === undefined ? { type: 'auto' } : check.objectAt(body.tool_choice, 'tool_choice');
	if (body.tool_choice !== undefined && body.tools === undefined) {
		check.refuse('tool_choice may only be specified while providing tools.');
	}
	return {
		model: check.nonEmptyAt(body.model, 'model'),
		system: body.system === undefined ? '' : textsOf(body.system, 'system'),
		messages: decodeMessages(body.messages),
		tools,
		toolChoice: toolChoices[check.oneOf(choice.type, ['auto', 'any', 'tool', 'none'], 'tool_choice.type')],
		providerTools,
	};
}

const errorTypes: Readonly<Record<number, string>> = {
	400: 'invalid_request_error',
	401: 'authentication_error',
	402: 'billing_error',
	403: 'permission_error',
	404: 'not_found_error',
	413: 'request_too_large',
	429: 'rate_limit_error',
	504: 'timeout_error',
	529: 'overloaded_error',
};

/** Anthropic's Messages API. */
export const anthropic: Protocol = {
	name: 'anthropic',
	matches: (path) => path === '/v1/messages',
	decode({ headers, method, body }) {
		if (method !== 'POST') throw new WireRefusal(405, 'invalid_request_error', 'Method Not Allowed');
		const key = headers['x-api-key'] ?? /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
		if (!key) throw new WireRefusal(401, 'authentication_error', 'x-api-key header is required');
		check.oneOf(headers['anthropic-version'], ['2023-06-01', '2026-10-21'], 'anthropic-version');
		return decode(body);
	},
	encode: encodeMessage,
	errorBody: (status, code, message) => {
		const type = Object.values(errorTypes).includes(code) ? code : (errorTypes[status] ?? 'api_error');
		return { type: 'error', error: { type, message }, request_id: 'req_1' };
	},
	errorFrame: (code, message) => frame({ type: 'error', error: { type: code, message } }, 'error'),
};
