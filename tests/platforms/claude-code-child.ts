import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { smallAgent } from '../fixtures/frameworks/small-agent.ts';

/**
 * What Claude Code says over its standard streams to the SDK that has started it, with a small agent in its place: its
 * model is at ANTHROPIC_BASE_URL, what it mails goes to the file CLAUDE_SENT_FILE, and its sessions are where Claude Code
 * keeps them. As it was seen to do by version 0.3.330 of the SDK with the program that belongs to it.
 */
const { ANTHROPIC_BASE_URL: model = '', CLAUDE_SENT_FILE: sentFile = '', CLAUDE_CONFIG_DIR: home = '' } = process.env;
const former = process.argv.find((one) => one.startsWith('--resume='))?.slice('--resume='.length);
const session = former ?? randomUUID();
const folder = join(home, 'projects', process.cwd().replace(/[^a-zA-Z0-9]/g, '-'));
const file = join(folder, `${session}.jsonl`);

interface Said {
	role: string;
	content: string;
	tool_call_id?: string;
}
interface Asked {
	id: string;
	name: string;
	input: unknown;
}
type Verdict =
	| { behavior: 'allow'; updatedInput: unknown }
	| { behavior: 'deny'; message: string; interrupt?: boolean };

let system = '';
const talk: Said[] = [];
const used = { inputTokens: 0, outputTokens: 0 };
const verdicts = new Map<string, (verdict: Verdict) => void>();

const write = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`);
const tell = (line: object) => write({ ...line, session_id: session, parent_tool_use_id: null, uuid: randomUUID() });
const stream = (event: object) => tell({ type: 'stream_event', event });
const say = (role: string, block: object) => tell({ type: role, message: { role, content: [block] } });

if (former !== undefined) {
	const kept = JSON.parse(readFileSync(file, 'utf8').trim().split('\n').at(-1) ?? '');
	talk.push(...kept.talk);
	Object.assign(used, kept.used);
}

for await (const line of createInterface({ input: process.stdin })) {
	const { type, request_id, request, response, message } = JSON.parse(line);
	if (type === 'control_request' && request.subtype === 'initialize') {
		system = [request.systemPrompt].flat().join('\n\n');
		const known = { commands: [], agents: [], output_style: 'default', available_output_styles: [], models: [] };
		write({
			type: 'control_response',
			response: { subtype: 'success', request_id, response: { ...known, account: {} } },
		});
	}
	if (type === 'control_response') verdicts.get(response.request_id)?.(response.response);
	if (type === 'user') void turn(message.content[0].text);
}
process.exit(0);

async function turn(text: string): Promise<void> {
	tell({
		type: 'system',
		subtype: 'init',
		cwd: process.cwd(),
		tools: ['send_mail'],
		mcp_servers: [],
		model: 'gpt-test',
	});
	if (former === undefined) {
		// The replies that it is reminded of are those of an assistant.
		const [opening = '', ...replies] = text.split('\n\nYour reply was:\n\n');
		talk.push({ role: 'system', content: system }, { role: 'user', content: opening });
		talk.push(...replies.map((content) => ({ role: 'assistant', content })));
	} else talk.push({ role: 'user', content: text });
	let said = '';
	for (;;) {
		stream({ type: 'message_start', message: {} });
		let asked: Asked | null = null;
		const request = { instructions: '', messages: [], resume: { state: JSON.stringify(talk), decisions: [] } };
		for await (const event of smallAgent(request, { model, send: () => {} })) {
			if (event.type === 'text') {
				said += event.text;
				stream({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: event.text } });
			} else if (event.type === 'failed') {
				end({
					subtype: 'success',
					is_error: true,
					result: event.message,
					api_error_status: event.status,
					modelUsage: {},
				});
				return;
			} else {
				count(event.usage);
				if (event.type === 'interrupted') {
					talk.splice(0, talk.length, ...JSON.parse(event.state));
					asked = event.actions[0] ?? null;
				}
			}
		}
		if (asked === null) break;
		if (!(await act(asked))) {
			end({ subtype: 'error_during_execution', is_error: true, errors: ['interrupted'], modelUsage: totals() });
			return;
		}
		said = '';
	}
	talk.push({ role: 'assistant', content: said });
	say('assistant', { type: 'text', text: said });
	end({ subtype: 'success', is_error: false, result: said, api_error_status: null, modelUsage: totals() });
}

/** Whether it may go on. */
async function act({ id, name, input }: Asked): Promise<boolean> {
	say('assistant', { type: 'tool_use', id, name, input });
	const request_id = randomUUID();
	const verdict = Promise.withResolvers<Verdict>();
	verdicts.set(request_id, verdict.resolve);
	const request = { subtype: 'can_use_tool', tool_name: name, input, tool_use_id: id };
	write({ type: 'control_request', request_id, request });
	const given = await verdict.promise;
	const isAllowed = given.behavior === 'allow';
	if (isAllowed) appendFileSync(sentFile, `${JSON.stringify(given.updatedInput)}\n`);
	const content = isAllowed ? 'Sent.' : given.message;
	talk.push({ role: 'tool', tool_call_id: id, content });
	say('user', { type: 'tool_result', tool_use_id: id, content, is_error: !isAllowed });
	return isAllowed || given.interrupt !== true;
}

function count(usage: unknown): void {
	const { input_tokens = 0, output_tokens = 0 } = usage as { input_tokens?: number; output_tokens?: number };
	used.inputTokens += input_tokens;
	used.outputTokens += output_tokens;
}

/** Of the whole session, also of what went before it was resumed. */
function totals(): object {
	return { 'gpt-test': { ...used, cacheReadInputTokens: 0, cacheCreationInputTokens: 0, costUSD: 0.001 } };
}

/** The last line of a session's file is what it goes on from. */
function end(result: object): void {
	mkdirSync(folder, { recursive: true });
	const message = { role: 'user', content: talk.find(({ role }) => role === 'user')?.content ?? '' };
	const about = { sessionId: session, cwd: process.cwd(), timestamp: new Date().toISOString() };
	const first = { ...about, type: 'user', message, uuid: randomUUID(), parentUuid: null, isSidechain: false };
	writeFileSync(file, `${JSON.stringify(first)}\n${JSON.stringify({ ...about, type: 'kept', talk, used })}\n`);
	tell({ type: 'result', ...result, total_cost_usd: 0.001, usage: {}, permission_denials: [], num_turns: 1 });
}
