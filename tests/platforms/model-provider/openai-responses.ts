import * as check from './checks.ts';
import { encodeResponse } from './openai-responses-encode.ts';
import { checkOpenAIKey, frame, openAIError } from './openai-wire.ts';
import { type DecodedCall, type Protocol, type SeenMessage, type SeenTool, WireRefusal } from './reply.ts';

const fields = [
	'model',
	'instructions',
	'input',
	'tools',
	'tool_choice',
	'stream',
	'store',
	'include',
	'temperature',
	'top_p',
	'max_output_tokens',
	'reasoning',
	'text',
	'prompt_cache_key',
	'parallel_tool_calls',
	'service_tier',
];
const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'];
const providerTools: Readonly<Record<string, string>> = {
	web_search: 'web_search',
	code_interpreter: 'code_execution',
};

type Assistant = Extract<SeenMessage, { role: 'assistant' }>;
type Item = Record<string, unknown>;

function textOf(content: unknown, partType: string, where: string): string {
	if (typeof content === 'string') return content;
	return check
		.arrayAt(content, `${where}.content`)
		.map((part) => {
			const { type, text } = check.objectAt(part, `${where}.content`);
			check.oneOf(type, [partType], `${where}.content.type`);
			return check.textAt(text, `${where}.content.text`);
		})
		.join('');
}

/** An input item of the assistant's side, added to the assistant message it belongs to. */
function addAssistantItem(item: Item, where: string, message: Assistant): Assistant {
	switch (item.type) {
		case 'reasoning': {
			check.arrayAt(item.summary, `${where}.summary`);
			const seal = check.nonEmptyAt(item.encrypted_content, `${where}.encrypted_content`);
			if (!seal.startsWith('seal-')) check.refuse(`${where}: the encrypted content could not be verified`);
			return { ...message, seals: [...message.seals, seal] };
		}
		case 'function_call': {
			const id = check.nonEmptyAt(item.call_id, `${where}.call_id`);
			const name = check.toolNameAt(item.name, `${where}.name`);
			const call = { id, name, arguments: check.textAt(item.arguments, `${where}.arguments`) };
			return { ...message, toolCalls: [...message.toolCalls, call] };
		}
		case 'web_search_call':
		case 'code_interpreter_call':
			check.nonEmptyAt(item.id, `${where}.id`);
			return message;
		default:
			return { ...message, text: message.text + textOf(item.content, 'output_text', where) };
	}
}

/** Instructions may also stand among the items, as messages of a developer. */
function decodeInput(value: unknown): { told: string; messages: readonly SeenMessage[] } {
	const items = check.arrayAt(value, 'input');
	if (items.length === 0) check.refuse('input must not be empty');
	const ledger = check.createCallLedger();
	const messages: SeenMessage[] = [];
	let told = '';
	for (const [at, entry] of items.entries()) {
		const where = `input[${at}]`;
		const item = check.objectAt(entry, where);
		const type = item.type ?? 'message';
		if (type === 'function_call_output') {
			const callId = check.nonEmptyAt(item.call_id, `${where}.call_id`);
			ledger.answered(callId);
			messages.push({ role: 'tool', callId, text: check.textAt(item.output, `${where}.output`) });
		} else if (type === 'message' && item.role === 'developer') {
			told += textOf(item.content, 'input_text', where);
		} else if (type === 'message' && item.role === 'user') {
			ledger.settled();
			messages.push({ role: 'user', text: textOf(item.content, 'input_text', where) });
		} else {
			check.oneOf(
				item.role === undefined ? type : item.role,
				['assistant', 'reasoning', 'function_call', 'web_search_call', 'code_interpreter_call'],
				where,
			);
			if (type === 'reasoning' && at === items.length - 1) {
				check.refuse(`Item of type 'reasoning' was provided without its required following item.`);
			}
			const last = messages.at(-1);
			const isNew = last?.role !== 'assistant';
			const message = isNew ? { role: 'assistant' as const, text: '', toolCalls: [], seals: [] } : last;
			const added = addAssistantItem(item, where, message);
			if (type === 'function_call') ledger.called(String(item.call_id));
			if (isNew) messages.push(added);
			else messages[messages.length - 1] = added;
		}
	}
	ledger.settled();
	return { told, messages };
}

function decodeTools(value: unknown): { tools: readonly SeenTool[]; providerTools: readonly string[] } {
	const tools: SeenTool[] = [];
	const provided: string[] = [];
	for (const [at, entry] of check.arrayAt(value ?? [], 'tools').entries()) {
		const tool = check.objectAt(entry, `tools[${at}]`);
		const type = check.oneOf(tool.type, ['function', ...Object.keys(providerTools)], `tools[${at}].type`);
		if (type !== 'function') {
			if (type === 'code_interpreter') check.objectAt(tool.container, `tools[${at}].container`);
			provided.push(providerTools[type] ?? type);
			continue;
		}
		check.onlyFields(tool, ['type', 'name', 'description', 'parameters', 'strict'], `tools[${at}]`);
		const parameters = check.objectAt(tool.parameters, `tools[${at}].parameters`);
		const strict = tool.strict ?? true;
		if (strict) check.strictSchemaAt(parameters, `tools[${at}].parameters`);
		tools.push({
			name: check.toolNameAt(tool.name, `tools[${at}].name`),
			description: check.textAt(tool.description ?? '', `tools[${at}].description`),
			parameters,
			strict: strict === true,
		});
	}
	return { tools, providerTools: provided };
}

function checkReasoning(body: Record<string, unknown>, model: string): void {
	const classic = /^(gpt-4|gpt-3)/.test(model);
	const included = check.arrayAt(body.include ?? [], 'include');
	for (const one of included) check.oneOf(one, ['reasoning.encrypted_content'], 'include');
	if (classic && included.length > 0) check.refuse('Encrypted content is not supported with this model.');
	if (body.reasoning === undefined) return;
	if (classic) check.refuse("Unsupported parameter: 'reasoning' is not supported with this model.");
	const reasoning = check.objectAt(body.reasoning, 'reasoning');
	if (reasoning.effort !== undefined) check.oneOf(reasoning.effort, efforts, 'reasoning.effort');
	if (reasoning.summary !== undefined)
		check.oneOf(reasoning.summary, ['auto', 'concise', 'detailed'], 'reasoning.summary');
}

function decode(raw: unknown): DecodedCall {
	const body = check.objectAt(raw, 'the body');
	check.onlyFields(body, fields, 'the body');
	if (body.stream !== true) check.refuse('this provider only streams');
	const model = check.nonEmptyAt(body.model, 'model');
	checkReasoning(body, model);
	const key = check.textAt(body.prompt_cache_key ?? '', 'prompt_cache_key');
	if (key.length > 64) check.refuse('prompt_cache_key: string too long, at most 64 characters');
	const { tools, providerTools: provided } = decodeTools(body.tools);
	if (body.tool_choice !== undefined && tools.length + provided.length === 0) {
		check.refuse('tool_choice is only allowed with tools');
	}
	const { told, messages } = decodeInput(body.input);
	return {
		model,
		system: check.textAt(body.instructions ?? '', 'instructions') + told,
		messages,
		tools,
		toolChoice: check.oneOf(body.tool_choice ?? 'auto', ['auto', 'required', 'none'], 'tool_choice'),
		providerTools: provided,
	};
}

/** OpenAI's Responses API. */
export const openaiResponses: Protocol = {
	name: 'openai-responses',
	matches: (path) => path === '/v1/responses',
	decode(request) {
		checkOpenAIKey(request.headers);
		if (request.method !== 'POST') throw new WireRefusal(405, 'method_not_allowed', 'use POST');
		return decode(request.body);
	},
	encode: encodeResponse,
	errorBody: openAIError,
	errorFrame: (code, message) => frame({ type: 'error', code, message, param: null, sequence_number: 9_999 }, 'error'),
};
