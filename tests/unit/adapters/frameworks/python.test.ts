import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openPythonAgent } from '../../../../src/adapters/frameworks/python.ts';
import { externalFindings } from '../../../../src/app/open-frameworks.ts';
import { configuredTeam } from '../../../../src/config/configured-team.ts';
import type { ExternalAgent, ExternalEvent } from '../../../../src/core/external-agent.ts';
import type { PythonSettings } from '../../../../src/core/external-settings.ts';
import { rulesSchema } from '../../../../src/core/team.ts';
import { externalContract } from '../../../contracts/external-contract.ts';
import { requireService } from '../../../support/services.ts';
import { frameworkModel } from './framework-model.ts';
import { sentFile } from './sent-file.ts';

const FIXTURES = join(import.meta.dirname, '../../../fixtures/frameworks');
const model = frameworkModel();
const sent = sentFile();

/** The interpreter itself: what is called `python3` may be a script that looks for it each time. */
let python = 'python3';
const open: ExternalAgent[] = [];

beforeEach((context) => requireService('python', context));
beforeAll(() => {
	const { stdout } = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' });
	python = stdout?.trim() || 'python3';
});
afterEach(async () => {
	await Promise.all(open.splice(0).map((agent) => agent.close()));
});

function settings(name: string, more: Partial<PythonSettings> = {}): PythonSettings {
	const env = { MODEL_URL: process.env.FRAMEWORK_MODEL_URL ?? '', SENT_FILE: sent.path };
	const program = { command: [python], env, cwd: FIXTURES, sandbox: null };
	const module = join(FIXTURES, 'python_agent.py');
	return { type: 'python', module, export: name, program, ownTools: 'gated', model: null, ...more };
}
const place = { run: 'run-1', sandbox: null };

externalContract(
	'a module of Python',
	async (replies) => {
		model.script(replies);
		sent.clear();
		const agent = openPythonAgent(settings('reply'), place);
		open.push(agent);
		return { agent, modelCalls: () => model.calls().length, sent: sent.read };
	},
	{ usage: 'of_whole_replies', interrupts: true },
);

async function repliesOf(given: PythonSettings, questions = ['Why?']): Promise<ExternalEvent[]> {
	const agent = openPythonAgent(given, place);
	open.push(agent);
	const ends: ExternalEvent[] = [];
	for (const text of questions) {
		const messages = [{ role: 'user', text }] as const;
		const request = { run: 'run-1', agent: 'secret-id', instructions: 'Be terse.', tools: [], resume: null, messages };
		const events: ExternalEvent[] = [];
		for await (const event of agent.reply(request, new AbortController().signal)) events.push(event);
		ends.push(...events.slice(-1));
	}
	return ends;
}

describe('a module of Python', () => {
	it('may be a plain function, asked again and again in one interpreter', async () => {
		const ends = await repliesOf(settings('plain'), ['One?', 'Two?']);
		expect(ends).toMatchObject([{ text: 'You said: One?' }, { text: 'You said: Two?' }]);
	});

	it.each([
		['ag2', { text: '1: Be terse.\n\nWhy?', usage: { inputTokens: null } }],
		['crewai', { text: 'Be terse.\n\nWhy?', usage: { inputTokens: 7, outputTokens: 3 } }],
	] as const)('may be what an agent of %s looks like', async (type, end) => {
		expect(await repliesOf(settings(type, { type }))).toMatchObject([{ type: 'finished', ...end }]);
	});

	it('ends when it is stopped while its module loads', async () => {
		const agent = openPythonAgent(settings('reply', { module: join(FIXTURES, 'never_loaded.py') }), place);
		open.push(agent);
		const request = { run: 'run-1', agent: 'a', instructions: '', messages: [], tools: [], resume: null };
		const reply = agent.reply(request, AbortSignal.timeout(50))[Symbol.asyncIterator]();
		await expect(reply.next()).rejects.toThrow();
	});

	it('says what its function raised, and is asked again', async () => {
		const ends = await repliesOf(settings('broken'), ['One?', 'Two?']);
		const end = { type: 'failed', message: 'ValueError: no such thing', retryable: true };
		expect(ends).toMatchObject([end, end]);
	});

	it.each([
		['missing', {}, 'The module python_agent.py cannot be loaded: it has no missing; define it'],
		['reply', { module: join(FIXTURES, 'needs_absent.py') }, 'as with `pip install absent_package`'],
		['reply', { program: { command: ['no-python'], env: {}, cwd: FIXTURES, sandbox: null } }, 'it is not there'],
	])('that cannot be loaded fails its turns, and the doctor says why: %s', async (name, more, message) => {
		await expect(repliesOf(settings(name, more))).rejects.toThrow(message);
		const team = configuredTeam({
			...{ name: 't', description: '', rules: rulesSchema.parse({}), agents: new Map(), order: ['a'] },
			externals: new Map([['a', { systemMessage: '', settings: settings(name, more) }]]),
		});
		expect(await externalFindings(team)).toMatchObject([{ level: 'error', what: expect.stringContaining(message) }]);
	});
});
