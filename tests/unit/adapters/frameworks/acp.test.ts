import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openAcpAgent } from '../../../../src/adapters/frameworks/acp.ts';
import type { ExternalAgent, ExternalEvent, ExternalRequest } from '../../../../src/core/external-agent.ts';
import type { ProgramAgentSettings } from '../../../../src/core/external-settings.ts';
import { systemClock } from '../../../../src/system-clock.ts';
import { externalContract } from '../../../contracts/external-contract.ts';
import { frameworkModel } from './framework-model.ts';
import { sentFile } from './sent-file.ts';

const AGENT = join(import.meta.dirname, '../../../fixtures/frameworks/acp-agent.ts');
const model = frameworkModel();
const sent = sentFile();
const opened: ExternalAgent[] = [];

afterEach(async () => {
	await Promise.all(opened.splice(0).map((agent) => agent.close()));
});

async function open(command = [process.execPath, AGENT], more: Record<string, string> = {}): Promise<ExternalAgent> {
	const env = { ...more, MODEL_URL: process.env.FRAMEWORK_MODEL_URL ?? '', SENT_FILE: sent.path };
	const program = { command, env, cwd: import.meta.dirname, sandbox: null };
	const settings: ProgramAgentSettings = { type: 'acp', label: 'mailer', program, ownTools: 'gated', model: null };
	const agent = await openAcpAgent(settings, { run: 'run-1', sandbox: null, clock: systemClock });
	opened.push(agent);
	return agent;
}

externalContract(
	'a coding agent over ACP',
	async (replies) => {
		model.script(replies);
		sent.clear();
		return { agent: await open(), modelCalls: () => model.calls().length, sent: sent.read };
	},
	{ usage: 'unknown', interrupts: 'as_proposed' },
);

const request: ExternalRequest = {
	...{ run: 'run-1', agent: 'secret-id', instructions: 'Be terse.', tools: [], resume: null },
	messages: [{ role: 'user', text: 'Why?' }],
};

async function replyOf(agent: ExternalAgent, resume: ExternalRequest['resume'] = null): Promise<ExternalEvent[]> {
	const events: ExternalEvent[] = [];
	for await (const event of agent.reply({ ...request, resume }, new AbortController().signal)) events.push(event);
	return events;
}

describe('a coding agent over ACP', () => {
	it('answers again and again in one process', async () => {
		model.script([{ text: 'Blue.' }]);
		const agent = await open();
		expect((await replyOf(agent)).at(-1)).toMatchObject({ type: 'finished', text: 'Blue.' });
		expect((await replyOf(agent)).at(-1)).toMatchObject({ type: 'finished', text: 'Blue.' });
	});

	it('ends when it is stopped before it has said a word', async () => {
		const agent = await open(['sh', '-c', 'cat >/dev/null; sleep 600']);
		const reply = agent.reply(request, AbortSignal.timeout(50))[Symbol.asyncIterator]();
		await expect(reply.next()).rejects.toThrow();
		await agent.close();
	});

	it('goes on in its session, in another process, when people have decided', async () => {
		const SESSIONS = await mkdtemp(join(tmpdir(), 'sessions-'));
		model.script([{ action: { name: 'send_mail', input: { to: 'ada@example.com' } } }]);
		sent.clear();
		const first = await open(undefined, { SESSIONS });
		const waiting = (await replyOf(first)).at(-1);
		await first.close();
		if (waiting?.type !== 'interrupted') throw new Error('it did not ask');
		const decisions = waiting.actions.map(({ id, input }) => ({ id, input, isApproved: true, text: '' }));
		const ends = await replyOf(await open(undefined, { SESSIONS }), { state: waiting.state, decisions });
		expect(ends.at(-1)).toMatchObject({ type: 'finished' });
		expect(sent.read()).toEqual([{ to: 'ada@example.com' }]);
		const asked = JSON.stringify(model.calls()[1]?.messages);
		expect(asked.split('Why?')).toHaveLength(2);
		expect(asked).toContain('People have decided on what you asked for');
		await rm(SESSIONS, { recursive: true });
	});

	it.each([
		[['sh', '-c', 'echo "please log in" >&2; exit 1'], "The agent's program ended with code 1: please log in."],
		[['no-such-agent'], 'The program no-such-agent cannot be started: it is not there.'],
	])('says what went wrong: %j', async (command, message) => {
		await expect(replyOf(await open(command))).rejects.toThrow(message);
	});
});
