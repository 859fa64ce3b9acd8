import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { createMemoryStore } from '../../src/adapters/stores/memory.ts';
import { createApp } from '../../src/app.ts';
import type { RunEvent } from '../../src/core/run-event.ts';
import type { ProviderCall, Reply } from '../platforms/model-provider/reply.ts';
import { type ModelProvider, startModelProvider } from '../platforms/model-provider/server.ts';
import { startScript, temporaryFolder } from '../support/command.ts';
import { requireService } from '../support/services.ts';

const ROOT = join(import.meta.dirname, '../..');
const SLOW = { timeout: 60_000 };
const usage = { input: 100, output: 10 };
let provider: ModelProvider;
/** Whose answer everybody votes for. */
let favourite = '';

/** A model that answers under the name of who asks it, votes for the favourite, and presents. */
function player(call: ProviderCall): Reply {
	const prompt = [call.system, ...call.messages.map(({ text }) => text)].join('\n');
	const offers = (name: string) => call.tools.some((tool) => tool.name === name) || prompt.includes(`- ${name}: `);
	const make = (name: string, input: object): Reply =>
		prompt.includes('{"call": "NAME"')
			? { usage, text: `{"call": "${name}", "arguments": ${JSON.stringify(input)}}` }
			: { usage, toolCalls: [{ name, arguments: input }] };
	if (offers('vote')) {
		const target = new RegExp(`name="(agent\\d+)"[^>]*>\\s*Answer of ${favourite}`).exec(prompt)?.[1];
		return make('vote', { agent_id: target ?? 'agent0', reason: 'Clear.' });
	}
	if (offers('new_answer')) return make('new_answer', { content: `Answer of ${whoAsks(call)}.` });
	return { usage, text: `Presented by ${whoAsks(call)}.` };
}

function whoAsks({ model, protocol, system, tools, headers }: ProviderCall): string {
	if (protocol === 'anthropic') return 'claude';
	if (tools.some(({ name }) => name === 'note_decision')) return 'graph';
	if (system === '') return 'remote';
	if (tools.length > 0 || model === 'gpt-5.1') return 'model';
	return headers['user-agent']?.startsWith('Python') ? 'python' : 'endpoint';
}

beforeEach((context) => requireService('python', context));
beforeAll(async () => {
	provider = await startModelProvider({ reply: player });
	// A module of LangGraph reads the environment of this process.
	process.env.OPENAI_API_KEY = 'k1';
	process.env.OPENAI_BASE_URL = `${provider.url}/v1`;
});
afterAll(async () => {
	delete process.env.OPENAI_API_KEY;
	delete process.env.OPENAI_BASE_URL;
	await provider.close();
});

const environment = () => ({
	...{ OPENAI_API_KEY: 'k1', OPENAI_BASE_URL: `${provider.url}/v1`, PATH: process.env.PATH ?? '' },
	...{ ANTHROPIC_API_KEY: 'k2', ANTHROPIC_BASE_URL: provider.url },
});

/** The server of an example, at a port of its own; gone when the test is. */
async function serve(name: string): Promise<string> {
	const env = { ...environment(), A2A_PORT: '0', HTTP_PORT: '0' };
	const server = startScript(`config/agents/${name}.ts`, [], { env });
	onTestFinished(async () => {
		server.process.kill();
		await server.ended;
	});
	return /port (\d+)\./.exec(await server.shows(/port \d+\./))?.[1] ?? '';
}

/** Asks the team of an example as it is, but for the ports, and for where programs find their model. */
async function ask(team: string, ports: Readonly<Record<string, string>>): Promise<RunEvent[]> {
	const folder = await temporaryFolder();
	onTestFinished(folder.remove);
	const written = await readFile(join(ROOT, `config/teams/${team}.yaml`), 'utf8');
	const moved = Object.entries(ports).reduce(
		(yaml, [port, other]) => yaml.replaceAll(`:${port}`, `:${other}`),
		written,
	);
	await mkdir(join(folder.path, 'teams'));
	await symlink(join(ROOT, 'config/agents'), join(folder.path, 'agents'));
	const file = join(folder.path, `teams/${team}.yaml`);
	await writeFile(file, moved.replaceAll('needs: [OPENAI_API_KEY]', 'needs: [OPENAI_API_KEY, OPENAI_BASE_URL]'));
	const events: RunEvent[] = [];
	const problems: string[] = [];
	const app = await createApp({
		...{ file, flags: { dataDir: join(folder.path, 'data') }, env: environment(), cwd: ROOT, terminal: null },
		...{ web: false, chats: false, openStore: async () => createMemoryStore(), openSandbox: async () => null },
		observe: (event) => void events.push(event),
		onProblem: (text) => void problems.push(text),
	});
	const session = 'terminal:local:terminal:x';
	const principal = { platform: 'terminal', tenant: 'local', user: 'local', roles: [], kind: 'member' } as const;
	const options = { question: 'One repository or many?' };
	await app.submit({ type: 'command', id: 'q', principal, session, name: 'ask', options });
	await app.bot.endLeft(session);
	await app.close();
	expect(problems).toEqual([]);
	expect(provider.refusals).toEqual([]);
	return events;
}

const agentsIn = (events: readonly RunEvent[], type: 'answer_given' | 'vote_cast') =>
	events.flatMap((event) => (event.type === type ? [event.agent] : [])).toSorted();

it('OpenAI, Claude, LangGraph, A2A and Python answer, vote, and one of them presents', SLOW, async () => {
	favourite = 'python';
	const events = await ask('five', { 8791: await serve('a2a') });
	expect(events.at(-1)).toMatchObject({ type: 'run_finished', outcome: 'answered', shortfalls: [] });
	const all = ['claude', 'graph', 'openai', 'python', 'remote'];
	expect(agentsIn(events, 'answer_given')).toEqual(all);
	expect(agentsIn(events, 'vote_cast')).toEqual(all);
	const presented = { agent: 'python', content: 'Presented by python.' };
	expect(events.find(({ type }) => type === 'presented')).toMatchObject(presented);
	// Each call is counted; what an A2A agent used is not known.
	const used = events.flatMap((event) => (event.type === 'model_called' ? [event] : []));
	expect(used).toHaveLength(11);
	expect(used.filter(({ agent }) => agent === 'remote').map(({ call }) => call.usage.inputTokens)).toEqual([
		null,
		null,
	]);
	expect(used.find(({ agent }) => agent === 'python')?.call.usage).toMatchObject({
		inputTokens: 100,
		outputTokens: 10,
	});
});

it.each([
	['a2a', 'remote', 'remote', 8791],
	['http', 'endpoint', 'endpoint', 8790],
	['python', 'python', 'python', null],
	['command', 'program', 'python', null],
])('the example %s answers, votes and presents with a model at its table', SLOW, async (team, agent, name, port) => {
	favourite = name;
	const events = await ask(team, port === null ? {} : { [port]: await serve(team) });
	expect(events.at(-1)).toMatchObject({ type: 'run_finished', outcome: 'answered', shortfalls: [] });
	expect(agentsIn(events, 'vote_cast')).toEqual([agent, 'steady'].toSorted());
	const presented = { agent, content: `Presented by ${name}.` };
	expect(events.find(({ type }) => type === 'presented')).toMatchObject(presented);
});
