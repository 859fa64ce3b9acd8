import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { createMemoryStore } from '../../src/adapters/stores/memory.ts';
import { createApp } from '../../src/app.ts';
import type { RunEvent } from '../../src/core/run-event.ts';
import type { ProviderCall, Reply } from '../platforms/model-provider/reply.ts';
import { type ModelProvider, startModelProvider } from '../platforms/model-provider/server.ts';
import { massgen, temporaryFolder } from '../support/command.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Loading the frameworks takes seconds on a busy machine. */
const SLOW = { timeout: 60_000 };
const usage = { input: 100, output: 10 };
const CLAUDE_CODE = join(ROOT, 'tests/platforms/claude-code-child.ts');
let provider: ModelProvider;
let bin: Awaited<ReturnType<typeof temporaryFolder>>;

/** A model that answers in the way that it is offered, as a tool or in writing, and votes for what was written. */
function player(call: ProviderCall): Reply {
	const prompt = [call.system, ...call.messages.map(({ text }) => text)].join('\n');
	const isWritten = prompt.includes('{"call": "NAME"');
	const offers = (name: string) => call.tools.some((tool) => tool.name === name) || prompt.includes(`- ${name}: `);
	const make = (name: string, input: object): Reply =>
		isWritten
			? { usage, text: `{"call": "${name}", "arguments": ${JSON.stringify(input)}}` }
			: { usage, toolCalls: [{ name, arguments: input }] };
	const last = call.messages.at(-1);
	if (last?.role === 'tool') return finished(call, last.text);
	if (offers('vote')) {
		const [, target = 'agent1'] = /name="(agent\d+)"[^>]*>\s*By the framework/.exec(prompt) ?? [];
		return make('vote', { agent_id: target, reason: 'Clear.' });
	}
	if (call.tools.some(({ name }) => name === 'find_objections')) {
		return { usage, toolCalls: [{ name: 'find_objections', arguments: { task: 'Object to monorepos.' } }] };
	}
	if (prompt.includes('Object to monorepos.')) return { usage, text: 'They grow.' };
	if (offers('new_answer')) return make('new_answer', { content: nameOf(call) });
	if (call.tools.some(({ name }) => name === 'note_decision')) {
		return { usage, toolCalls: [{ name: 'note_decision', arguments: { text: 'One repository.' } }] };
	}
	return { usage, text: `Presented: ${nameOf(call)}` };
}

/** After a tool: in a presentation the last word, else the answer. */
function finished(call: ProviderCall, result: string): Reply {
	const text = `By the framework, told: ${result}`;
	const isAnswer = call.tools.some(({ name }) => name === 'new_answer');
	return isAnswer ? { usage, toolCalls: [{ name: 'new_answer', arguments: { content: text } }] } : { usage, text };
}

/** The other agent at the table is the model gpt-5.1. */
const nameOf = ({ model }: ProviderCall) =>
	model === 'gpt-5.1' ? 'By the model.' : `By the framework, over ${model}.`;

beforeAll(async () => {
	provider = await startModelProvider({ reply: player });
	bin = await temporaryFolder();
	await writeFile(join(bin.path, 'claude'), `#!/bin/sh\nexec '${process.execPath}' '${CLAUDE_CODE}' "$@"\n`, {
		mode: 0o755,
	});
	vi.stubEnv('PATH', `${bin.path}:${process.env.PATH}`);
	vi.stubEnv('OPENAI_API_KEY', 'k1');
	vi.stubEnv('OPENAI_BASE_URL', `${provider.url}/v1`);
	vi.stubEnv('ANTHROPIC_BASE_URL', provider.url);
	vi.stubEnv('CLAUDE_CONFIG_DIR', bin.path);
});
afterAll(async () => {
	vi.unstubAllEnvs();
	await bin.remove();
	await provider.close();
});

async function ask(team: string): Promise<RunEvent[]> {
	const folder = await temporaryFolder();
	onTestFinished(folder.remove);
	const events: RunEvent[] = [];
	const problems: string[] = [];
	const env = { OPENAI_API_KEY: 'k1', OPENAI_BASE_URL: `${provider.url}/v1` };
	const app = await createApp({
		...{ file: 'config/massgen.yaml', flags: { dataDir: folder.path }, env, cwd: ROOT, terminal: null },
		...{ web: false, chats: false, openStore: async () => createMemoryStore(), openSandbox: async () => null },
		observe: (event) => void events.push(event),
		onProblem: (text) => void problems.push(text),
	});
	const session = 'terminal:local:terminal:x';
	const principal = { platform: 'terminal', tenant: 'local', user: 'local', roles: [], kind: 'member' } as const;
	const options = { question: 'One repository or many?', team };
	await app.submit({ type: 'command', id: 'q', principal, session, name: 'ask', options });
	await app.bot.endLeft(session);
	await app.close();
	expect(problems).toEqual([]);
	expect(provider.refusals).toEqual([]);
	return events;
}

it.each([
	['openai-agents', 'planner', 'Presented: By the framework, over gpt-5.4-mini.'],
	['ai-sdk', 'doubter', 'Presented: By the framework, over gpt-5.4-mini.'],
	['mastra', 'editor', 'Presented: By the framework, over gpt-5.4-mini.'],
	['claude-agent', 'coder', 'Presented: By the framework, over gpt-test.'],
])('the example %s answers, votes and presents with a model at its table', SLOW, async (team, agent, text) => {
	const events = await ask(team);
	expect(events.at(-1)).toMatchObject({ type: 'run_finished', outcome: 'answered', shortfalls: [] });
	const voters = events.flatMap((event) => (event.type === 'vote_cast' ? [event.agent] : []));
	expect(voters.toSorted()).toEqual([agent, 'steady'].toSorted());
	expect(events.find((event) => event.type === 'presented')).toMatchObject({ agent, content: text });
});

it(
	'the example langgraph does in a terminal what a person approves at the prompt, as it was changed there',
	SLOW,
	async () => {
		const folder = await temporaryFolder();
		onTestFinished(folder.remove);
		const args = [
			'ask',
			'One repository or many?',
			'--config',
			join(ROOT, 'config/massgen.yaml'),
			'--team',
			'langgraph',
		];
		const env = { DATA_DIR: folder.path, OPENAI_API_KEY: 'k1', OPENAI_BASE_URL: `${provider.url}/v1` };
		const input = 'e\n{"text": "One repository, for now."}\ny\n';
		const ended = await massgen([...args, '--approve', 'ask'], { cwd: folder.path, env, input });
		const shown = ended.stdout + ended.stderr;
		expect(ended.code, shown).toBe(0);
		expect(shown).toContain('note_decision');
		expect(shown).toContain('By the framework, told: Noted.');
		expect(await readFile(join(folder.path, 'decisions.md'), 'utf8')).toBe('- One repository, for now.\n');
	},
);

it('the example agent-tools puts an agent to work, and uses what it found', SLOW, async () => {
	const events = await ask('agent-tools');
	const presented = events.find((event) => event.type === 'presented');
	expect(events).toContainEqual(
		expect.objectContaining({ type: 'tool_finished', tool: 'find_objections', isError: false }),
	);
	expect(JSON.stringify(events)).toContain('They grow.');
	expect(presented).toMatchObject({ agent: 'lead' });
});
