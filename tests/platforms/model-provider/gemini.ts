import * as check from './checks.ts';
import { encodeGemini } from './gemini-encode.ts';
import { isGeneration3 } from './gemini-model.ts';
import { frame } from './openai-wire.ts';
import { type DecodedCall, type Protocol, type SeenMessage, type SeenTool, WireRefusal } from './reply.ts';

const fields = [
	'contents',
	'systemInstruction',
	'tools',
	'toolConfig',
	'generationConfig',
	'safetySettings',
	'cachedContent',
	'continuationToken',
];
const settings = ['temperature', 'topP', 'topK', 'maxOutputTokens', 'stopSequences', 'thinkingConfig', 'seed'];
/** A part has exactly one of these. */
const kinds = [
	'text',
	'functionCall',
	'functionResponse',
	'executableCode',
	'codeExecutionResult',
	'toolCall',
	'toolResponse',
] as const;
const builtIn: Readonly<Record<string, string>> = { googleSearch: 'web_search', codeExecution: 'code_execution' };

type Data = Record<string, unknown>;
type Assistant = Extract<SeenMessage, { role: 'assistant' }>;

function kindOf(part: Data, where: string): (typeof kinds)[number] {
	const present = kinds.filter((kind) => part[kind] !== undefined);
	if (present.length !== 1) check.refuse(`${where}: required oneof field 'data' must have one initialized field`);
	check.onlyFields(part, [...kinds, 'thought', 'thoughtSignature'], where);
	return present[0] ?? 'text';
}

function partsOf(content: Data, where: string): readonly Data[] {
	const parts = check.arrayAt(content.parts, `${where}.parts`);
	if (parts.length === 0) check.refuse(`${where}.parts: contents.parts must not be empty.`);
	return parts.map((part, at) => check.objectAt(part, `${where}.parts[${at}]`));
}

function addPart(message: Assistant, part: Data, where: string): Assistant {
	const seal = part.thoughtSignature;
	if (seal !== undefined && !check.textAt(seal, where).startsWith('seal-')) {
		check.refuse(`${where}: Thought signature is not valid.`);
	}
	const seals = seal === undefined ? message.seals : [...message.seals, String(seal)];
	const kind = kindOf(part, where);
	if (kind === 'functionResponse') check.refuse(`${where}: a function response cannot come from the model`);
	if (kind === 'text') {
		const text = part.thought === true ? '' : check.textAt(part.text, `${where}.text`);
		return { ...message, text: message.text + text, seals };
	}
	if (kind !== 'functionCall') return { ...message, seals };
	const call = check.objectAt(part.functionCall, `${where}.functionCall`);
	const name = check.toolNameAt(call.name, `${where}.functionCall.name`);
	const args = check.objectAt(call.args ?? {}, `${where}.functionCall.args`);
	const made = { id: check.textAt(call.id ?? name, where), name, arguments: JSON.stringify(args) };
	return { ...message, toolCalls: [...message.toolCalls, made], seals };
}

/** A user's turn: either text, or one result for every call of the turn before. */
function decodeUser(parts: readonly Data[], where: string, calls: readonly { id: string; name: string }[]) {
	const results = parts.filter((part, at) => kindOf(part, `${where}.parts[${at}]`) === 'functionResponse');
	if (results.length !== calls.length) {
		check.refuse(
			'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
		);
	}
	if (results.length > 0 && results.length < parts.length) check.refuse(`${where}: text beside function responses`);
	return parts.map((part, at): SeenMessage => {
		if (results.length === 0) return { role: 'user', text: check.textAt(part.text, `${where}.text`) };
		const place = `${where}.parts[${at}].functionResponse`;
		const { id, name, response } = check.objectAt(part.functionResponse, place);
		const called = calls[at];
		if (name !== called?.name || (id ?? called?.id) !== called?.id) check.refuse(`${place} answers no call: ${name}`);
		const { output, error } = check.objectAt(response, `${place}.response`);
		return { role: 'tool', callId: String(called?.id), text: check.textAt(output ?? error, `${place}.response`) };
	});
}

function decodeContents(value: unknown): readonly SeenMessage[] {
	const list = check.arrayAt(value, 'contents');
	if (list.length === 0) check.refuse('contents is not specified');
	const messages: SeenMessage[] = [];
	let open: Assistant['toolCalls'] = [];
	for (const [at, entry] of list.entries()) {
		const where = `contents[${at}]`;
		const content = check.objectAt(entry, where);
		check.onlyFields(content, ['role', 'parts'], where);
		const role = check.oneOf(content.role, ['user', 'model'], `${where}.role`);
		const parts = partsOf(content, where);
		if (role === 'user') {
			messages.push(...decodeUser(parts, where, open));
			open = [];
			continue;
		}
		const before = messages.at(-1)?.role;
		const empty: Assistant = { role: 'assistant', text: '', toolCalls: [], seals: [] };
		const said = parts.reduce<Assistant>((sum, part, index) => addPart(sum, part, `${where}.parts[${index}]`), empty);
		if (said.toolCalls.length > 0 && before !== 'user' && before !== 'tool') {
			check.refuse(
				'Please ensure that function call turn comes immediately after a user turn or after a function response turn.',
			);
		}
		open = said.toolCalls;
		messages.push(said);
	}
	if (open.length > 0) check.refuse('Please ensure that function call turn is followed by its function responses.');
	if (messages.at(-1)?.role === 'assistant')
		check.refuse('Please ensure that single turn requests end with a user role');
	return messages;
}

function decodeTools(value: unknown): { tools: readonly SeenTool[]; providerTools: readonly string[] } {
	const tools: SeenTool[] = [];
	const providerTools: string[] = [];
	for (const [at, entry] of check.arrayAt(value ?? [], 'tools').entries()) {
		const where = `tools[${at}]`;
		const tool = check.objectAt(entry, where);
		check.onlyFields(tool, ['functionDeclarations', ...Object.keys(builtIn)], where);
		providerTools.push(...Object.keys(tool).flatMap((name) => builtIn[name] ?? []));
		for (const declared of check.arrayAt(tool.functionDeclarations ?? [], `${where}.functionDeclarations`)) {
			const made = check.objectAt(declared, `${where}.functionDeclarations`);
			check.onlyFields(made, ['name', 'description', 'parameters', 'parametersJsonSchema'], where);
			const parameters = check.objectAt(made.parametersJsonSchema ?? made.parameters, `${where}.parameters`);
			tools.push({
				name: check.toolNameAt(made.name, `${where}.name`),
				description: check.nonEmptyAt(made.description, `${where}.description`),
				parameters,
				strict: false,
			});
		}
	}
	return { tools, providerTools };
}

function modeOf(value: unknown, model: string, mixed: boolean): DecodedCall['toolChoice'] {
	const config = check.objectAt(value ?? {}, 'toolConfig');
	check.onlyFields(config, ['functionCallingConfig', 'includeServerSideToolInvocations'], 'toolConfig');
	const { mode = 'AUTO' } = check.objectAt(config.functionCallingConfig ?? {}, 'toolConfig.functionCallingConfig');
	check.oneOf(mode, ['AUTO', 'ANY', 'NONE', 'VALIDATED'], 'mode');
	if (mixed && !isGeneration3(model)) check.refuse('Tool use with function calling is unsupported by the model.');
	if (mixed && config.includeServerSideToolInvocations !== true) {
		check.refuse(
			'Please enable tool_config.include_server_side_tool_invocations to use Built-in tools with Function calling.',
		);
	}
	if (mixed && mode !== 'VALIDATED') check.refuse(`mode ${mode} is not supported with Built-in tools`);
	return mode === 'ANY' ? 'required' : mode === 'NONE' ? 'none' : 'auto';
}

function checkGeneration(value: unknown, model: string): void {
	const config = check.objectAt(value ?? {}, 'generationConfig');
	check.onlyFields(config, settings, 'generationConfig');
	if (config.thinkingConfig === undefined) return;
	const thinking = check.objectAt(config.thinkingConfig, 'thinkingConfig');
	check.onlyFields(thinking, ['includeThoughts', 'thinkingBudget', 'thinkingLevel'], 'thinkingConfig');
	if (thinking.thinkingLevel === undefined) return;
	if (!isGeneration3(model)) check.refuse('Thinking level is not supported for this model.');
	if (thinking.thinkingBudget !== undefined)
		check.refuse('You can only set one of thinking budget and thinking level.');
	check.oneOf(thinking.thinkingLevel, ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'], 'thinkingLevel');
}

function decode(raw: unknown, model: string): DecodedCall {
	const body = check.objectAt(raw, 'the body');
	check.onlyFields(body, fields, 'the body');
	checkGeneration(body.generationConfig, model);
	const { tools, providerTools } = decodeTools(body.tools);
	const system = check.objectAt(body.systemInstruction ?? { parts: [{ text: '' }] }, 'systemInstruction');
	return {
		model,
		system: partsOf(system, 'systemInstruction')
			.map(({ text }) => check.textAt(text, 'systemInstruction'))
			.join(''),
		messages: decodeContents(body.contents),
		tools,
		toolChoice: modeOf(body.toolConfig, model, tools.length > 0 && providerTools.length > 0),
		providerTools,
	};
}

const statuses: Readonly<Record<number, string>> = {
	400: 'INVALID_ARGUMENT',
	401: 'UNAUTHENTICATED',
	403: 'PERMISSION_DENIED',
	404: 'NOT_FOUND',
	429: 'RESOURCE_EXHAUSTED',
	500: 'INTERNAL',
	503: 'UNAVAILABLE',
	504: 'DEADLINE_EXCEEDED',
};
const path = /^\/v1(?:alpha|beta)?\/models\/([^/:]+):streamGenerateContent$/;

/** The Gemini API's `streamGenerateContent`. */
export const gemini: Protocol = {
	name: 'gemini',
	matches: (at) => path.test(at),
	decode(request) {
		if (!request.headers['x-goog-api-key']) {
			throw new WireRefusal(403, 'PERMISSION_DENIED', "Method doesn't allow unregistered callers.");
		}
		if (request.query.get('alt') !== 'sse') check.refuse('this provider only streams events: alt=sse');
		return decode(request.body, path.exec(request.path)?.[1] ?? '');
	},
	encode: encodeGemini,
	errorBody: (code, _code, message) => ({ error: { code, message, status: statuses[code] ?? 'UNKNOWN' } }),
	errorFrame: (code, message) => {
		const status = Number(Object.entries(statuses).find(([, name]) => name === code)?.[0] ?? 500);
		return frame({ error: { code: status, message, status: code } });
	},
};
