import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/core/run-event.ts';
import type { ProviderCall, Reply } from '../platforms/model-provider/reply.ts';
import { type ModelProvider, startModelProvider } from '../platforms/model-provider/server.ts';
import { massgen, temporaryFolder } from '../support/command.ts';
import { teamPlayer } from '../support/team-player.ts';
import { eventsIn } from '../support/thread-of.ts';

const KEY = 'sk-test-0123456789abcdef0123456789';
let provider: ModelProvider;
let reply: (call: ProviderCall) => Reply;
let dataDir: Awaited<ReturnType<typeof temporaryFolder>>;

beforeEach(async () => {
	dataDir = await temporaryFolder();
	provider = await startModelProvider({ reply: (call) => reply(call) });
	return async () => {
		await provider.close();
		await dataDir.remove();
	};
});

let output = '';
afterEach(() => {
	expect(output).not.toContain(KEY);
	output = '';
});

async function ask(args: readonly string[], env: Record<string, string> = {}) {
	const ended = await massgen(['ask', ...args], {
		env: {
			DATA_DIR: dataDir.path,
			OPENAI_API_KEY: KEY,
			ANTHROPIC_API_KEY: KEY,
			GEMINI_API_KEY: KEY,
			GROQ_API_KEY: KEY,
			OPENAI_BASE_URL: `${provider.url}/v1`,
			ANTHROPIC_BASE_URL: provider.url,
			GEMINI_BASE_URL: provider.url,
			GROQ_BASE_URL: `${provider.url}/v1`,
			...env,
		},
	});
	output = ended.stdout + ended.stderr;
	return ended;
}

const finishedOf = (events: readonly RunEvent[]) => events.find((event) => event.type === 'run_finished');

describe('a team with one agent of every backend', () => {
	it('answers, votes and presents through the real SDKs, with usage and cost of every call', async () => {
		reply = teamPlayer('from anthropic');
		const ended = await ask(['--json', '--config', 'tests/e2e/fixtures/mixed.yaml', 'Which protocol is best?']);
		expect(ended).toMatchObject({ code: 0, stderr: '' });
		const events = eventsIn(ended.stdout);
		expect(finishedOf(events)).toMatchObject({
			outcome: 'answered',
			winner: 'claude',
			answer: 'The final answer, presented through anthropic.',
			shortfalls: [],
			spend: { modelCalls: 11, unpricedCalls: 0 },
		});
		const calls = events.filter((event) => event.type === 'model_called');
		expect(new Set(calls.map(({ call }) => call.backend)).size).toBe(5);
		for (const { call } of calls.filter((event) => event.call.backend !== 'scripted')) {
			expect(call.costMicroUsd).toBeGreaterThan(0);
			expect(call.usage).toMatchObject({ inputTokens: 1_000, outputTokens: 100 });
		}
		expect(provider.refusals).toEqual([]);
		expect(provider.calls).toHaveLength(9);
		const prompts = provider.calls.map((call) => JSON.stringify(call.body)).join();
		for (const name of ['gpt-5.4"}', 'claude', 'groq']) expect(promptTexts(provider.calls)).not.toContain(name);
		expect(prompts).toContain('Which protocol is best?');
	});
});

/** Everything models read, without the protocols' own fields. */
function promptTexts(calls: readonly ProviderCall[]): string {
	return calls.map((call) => call.system + call.messages.map((message) => message.text).join('')).join('\n');
}

describe('a file for MassGen', () => {
	it('of two agents runs unchanged, with a warning for each key that does nothing here yet', async () => {
		reply = teamPlayer('from openai');
		const file = 'tests/e2e/fixtures/massgen-two-agents.yaml';
		const ended = await ask(['--json', '--config', file, 'Who was first?']);
		expect(ended.code).toBe(0);
		expect(finishedOf(eventsIn(ended.stdout))).toMatchObject({ outcome: 'answered', winner: 'researcher', agents: 2 });
		expect(provider.refusals).toEqual([]);
		const checked = await massgen(['doctor', '--config', file, '--offline']);
		expect(checked.code).toBe(0);
		for (const key of ['agent_temporary_workspace', 'snapshot_storage', 'display_type'])
			expect(checked.stdout).toContain(key);
	});
});

describe('the default team', () => {
	it('is made of the models that can be reached', async () => {
		reply = teamPlayer('from');
		const ended = await ask(['--json', 'Hello?'], { OPENAI_BASE_URL: '', GROQ_API_KEY: '', OPENAI_API_KEY: '' });
		const [started] = eventsIn(ended.stdout);
		expect(started).toMatchObject({ type: 'run_started', team: 'auto' });
		const models = started?.type === 'run_started' ? started.members.map((member) => member.model).join() : '';
		expect(models).toContain('anthropic');
		expect(models).toContain('gemini');
		expect(ended.code).toBe(0);
	});
});

/** A team of two whose first member meets the trouble. */
const two = ['--json', '--config', 'tests/e2e/fixtures/two.yaml', 'Does it hold?'];

describe('a provider in trouble', () => {
	const troubled = (trouble: (call: ProviderCall) => Reply) => (call: ProviderCall) =>
		call.protocol === 'anthropic' ? trouble(call) : teamPlayer('from openai')(call);

	it.each<[string, Reply, RegExp]>([
		['refuses the key', { fault: { type: 'status', status: 401 } }, /refused the API key.*ANTHROPIC_API_KEY/],
		['does not know the model', { fault: { type: 'status', status: 404 } }, /claude-sonnet-5/],
		['refuses the request', { fault: { type: 'status', status: 400, message: 'bad tools' } }, /bad tools/],
	])('that %s is asked once, its agent is out with a message, the other answers', async (_, trouble, message) => {
		reply = troubled(() => trouble);
		const ended = await ask(two);
		const events = eventsIn(ended.stdout);
		const failed = events.filter((event) => event.type === 'agent_failed');
		expect(failed).toHaveLength(1);
		expect(failed[0]).toMatchObject({ agent: 'claude', out: true, message: expect.stringMatching(message) });
		expect(finishedOf(events)).toMatchObject({
			outcome: 'partial',
			winner: 'gpt',
			shortfalls: ['agent_out', 'below_quorum'],
		});
		expect(ended.code).toBe(0);
	});

	it.each<[string, Reply]>([
		['answers garbage', { fault: { type: 'garbage' } }],
		['ends in the middle of its stream', { text: 'Half an ans', fault: { type: 'truncate', afterFrames: 1 } }],
		['is a web page', { fault: { type: 'html' } }],
		['drops every connection', { fault: { type: 'reset' } }],
		['is overloaded', { fault: { type: 'status', status: 529 } }],
	])(
		'that %s: its agent is out in the end, and the other answers',
		async (_, trouble) => {
			reply = troubled(() => trouble);
			const ended = await ask(two);
			const events = eventsIn(ended.stdout);
			expect(events.filter((event) => event.type === 'agent_failed').at(-1)).toMatchObject({
				agent: 'claude',
				out: true,
			});
			expect(finishedOf(events)).toMatchObject({ outcome: 'partial', winner: 'gpt' });
			expect(ended.code).toBe(0);
		},
		60_000,
	);

	it('that is overloaded for a moment is tried again, and nothing is missing in the end', async () => {
		reply = troubled((call) =>
			call.index < 2 ? { fault: { type: 'status', status: 529 } } : teamPlayer('from openai')(call),
		);
		const ended = await ask(two);
		const events = eventsIn(ended.stdout);
		expect(events.some((event) => event.type === 'call_retried')).toBe(true);
		expect(finishedOf(events)).toMatchObject({ outcome: 'answered', answers: 2 });
	}, 60_000);

	it('that never ends is given up at the turn deadline', async () => {
		reply = troubled(() => ({ text: 'Well', fault: { type: 'hang', afterFrames: 1 } }));
		const impatient = ['--json', '--config', 'tests/e2e/fixtures/impatient.yaml', 'Does it hold?'];
		const events = eventsIn((await ask(impatient)).stdout);
		expect(events.find((event) => event.type === 'agent_failed')).toMatchObject({
			agent: 'claude',
			code: 'turn_deadline',
		});
		expect(finishedOf(events)).toMatchObject({ outcome: 'partial', winner: 'gpt' });
		expect(provider.calls.find((call) => call.protocol === 'anthropic')?.aborted).toBe(true);
	});

	it('that returns a tool call with broken JSON is corrected in the same conversation', async () => {
		reply = troubled((call) =>
			call.messages.length === 1 && call.tools.some((tool) => tool.name === 'new_answer') && call.tools.length === 1
				? { toolCalls: [{ name: 'new_answer', arguments: '{"content": "half' }] }
				: teamPlayer('from openai')(call),
		);
		const ended = await ask(two);
		expect(finishedOf(eventsIn(ended.stdout))).toMatchObject({
			outcome: 'answered',
			answers: 2,
			spend: { modelCalls: 6 },
		});
	});

	it('that cannot be reached: the message names the address and what to do', async () => {
		reply = teamPlayer('from openai');
		const ended = await ask(two, { ANTHROPIC_BASE_URL: 'http://127.0.0.1:65531' });
		const failed = eventsIn(ended.stdout).filter((event) => event.type === 'agent_failed');
		expect(failed.at(-1)).toMatchObject({ out: true, message: expect.stringContaining('http://127.0.0.1:65531') });
	}, 60_000);

	it('for every agent: the run fails with exit code 2 and says why', async () => {
		reply = () => ({ fault: { type: 'status', status: 401 } });
		const ended = await ask(['--config', 'tests/e2e/fixtures/two.yaml', 'Does it hold?']);
		expect(ended.code).toBe(2);
		expect(ended.stdout).toMatch(/refused the API key/);
	});
});
