import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openClaudeAgent } from '../../../../src/adapters/frameworks/claude-agent.ts';
import type { ExternalAgent, ExternalEvent, ExternalRequest } from '../../../../src/core/external-agent.ts';
import type { ContractReply } from '../../../contracts/agent-contract.ts';
import { externalContract } from '../../../contracts/external-contract.ts';
import { frameworkModel } from './framework-model.ts';
import { sentFile } from './sent-file.ts';

const MODULE = join(import.meta.dirname, '../../../fixtures/frameworks/claude-options.ts');
const model = frameworkModel();
const sent = sentFile();
const opened: ExternalAgent[] = [];
let home = '';

beforeAll(async () => {
	home = await mkdtemp(join(tmpdir(), 'claude-'));
	vi.stubEnv('ANTHROPIC_BASE_URL', process.env.FRAMEWORK_MODEL_URL);
	vi.stubEnv('CLAUDE_CONFIG_DIR', home);
	vi.stubEnv('CLAUDE_SENT_FILE', sent.path);
	vi.stubEnv('DISCORD_TOKEN', 'secret-token');
	vi.stubEnv('ANTHROPIC_API_KEY', 'secret-key');
});
afterEach(async () => {
	await Promise.all(opened.splice(0).map((agent) => agent.close()));
});
afterAll(async () => {
	vi.unstubAllEnvs();
	await rm(home, { recursive: true });
});

async function open(module = MODULE, ownTools: ExternalAgent['ownTools'] | null = null): Promise<ExternalAgent> {
	const agent = await openClaudeAgent({ type: 'claude_agent', module, export: 'agent', ownTools, model: null });
	opened.push(agent);
	return agent;
}

/** What it asks people about it asks once more when they have decided. */
const script = (replies: readonly ContractReply[]) =>
	model.script(replies.flatMap((reply) => (reply.action === undefined ? [reply] : [reply, reply])));

externalContract(
	'an agent of the Claude Agent SDK',
	async (replies) => {
		script(replies);
		sent.clear();
		return { agent: await open(), modelCalls: () => model.calls().length, sent: sent.read };
	},
	{ usage: 'of_whole_replies', interrupts: true },
);

const request: ExternalRequest = {
	...{ run: 'run-1', agent: 'secret-id', instructions: 'Be terse.', tools: [], resume: null },
	messages: [{ role: 'user', text: 'Why?' }],
};
const SEND: ContractReply = { action: { name: 'send_mail', input: { to: 'ada@example.com' } } };

async function replyOf(agent: ExternalAgent, resume: ExternalRequest['resume'] = null): Promise<ExternalEvent[]> {
	const events: ExternalEvent[] = [];
	for await (const event of agent.reply({ ...request, resume }, new AbortController().signal)) events.push(event);
	return events;
}

async function interrupted(agent: ExternalAgent) {
	const waiting = (await replyOf(agent)).at(-1);
	if (waiting?.type !== 'interrupted') throw new Error('it did not ask');
	const decisions = waiting.actions.map(({ id, input }) => ({ id, input, isApproved: true, text: '' }));
	return { ...waiting, decisions };
}

const sessions = () => readdirSync(home, { recursive: true }).filter((name) => String(name).endsWith('.jsonl'));

/** One that has ended and that nobody has asked about since has no command line any more. */
const isRunning = (pid: string) => existsSync(`/proc/${pid}`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';

/** A module of options, with `program` in the place of Claude Code. */
async function moduleOf(program: string, more = ''): Promise<string> {
	const folder = await mkdtemp(join(home, 'module-'));
	const path = join(folder, 'claude');
	await writeFile(path, `#!/bin/sh\n${program}\n`);
	await chmod(path, 0o755);
	await writeFile(
		join(folder, 'options.mjs'),
		`export const agent = { pathToClaudeCodeExecutable: '${path}', ${more} };`,
	);
	return join(folder, 'options.mjs');
}

describe('an agent of the Claude Agent SDK', () => {
	it('is told its task beside what its options say, and leaves nothing behind', async () => {
		script([{ text: 'Blue.' }]);
		expect((await replyOf(await open())).at(-1)).toMatchObject({ type: 'finished', text: 'Blue.' });
		expect(model.calls()[0]).toMatchObject({ system: 'You mail.\n\nBe terse.', messages: [{ text: 'Why?' }] });
		expect(sessions()).toEqual([]);
	});

	it('goes on in its session when people have decided, and counts only what is new', async () => {
		script([SEND, { text: 'It is sent.' }]);
		sent.clear();
		const { state, decisions, usage } = await interrupted(await open());
		expect(usage).toMatchObject({ inputTokens: 7, outputTokens: 3 });
		expect(sessions()).toHaveLength(1);
		const events = await replyOf(await open(), { state, decisions });
		const used = { inputTokens: 14, outputTokens: 6 };
		expect(events.at(-1)).toMatchObject({ type: 'finished', text: 'It is sent.', usage: used });
		expect(events).toContainEqual({ type: 'tool_finished', tool: 'send_mail', isError: false });
		expect(JSON.stringify(model.calls()[1]?.messages).split('Why?')).toHaveLength(2);
		expect(sessions()).toEqual([]);
		expect(existsSync(JSON.parse(state).folder)).toBe(false);
	});

	it('is asked anew where its session is gone, and still does what was approved', async () => {
		script([SEND, { text: 'It is sent.' }]);
		sent.clear();
		const { state, decisions } = await interrupted(await open());
		await rm(join(home, 'projects'), { recursive: true });
		model.script([SEND, { text: 'It is sent.' }]);
		const used = { inputTokens: 14, outputTokens: 6 };
		expect((await replyOf(await open(), { state, decisions })).at(-1)).toMatchObject({ type: 'finished', usage: used });
		expect(sent.read()).toEqual([{ to: 'ada@example.com' }]);
		expect(JSON.stringify(model.calls()[0]?.messages)).toContain('Why?');
	});

	it('gets nothing of the environment that is not its own, and says what went wrong without its keys', async () => {
		const agent = await open(await moduleOf('echo "no $DISCORD_TOKEN with $ANTHROPIC_API_KEY" >&2; exit 3'));
		await expect(replyOf(agent)).rejects.toThrow("The agent's program ended with code 3: no  with ….");
	});

	it('ends with all that it has started when it is stopped', async () => {
		const agent = await open(
			await moduleOf(
				'sleep 600 & echo $! > "$CLAUDE_CONFIG_DIR/new"; mv "$CLAUDE_CONFIG_DIR/new" "$CLAUDE_CONFIG_DIR/pid"; cat > /dev/null; wait',
			),
		);
		const reply = replyOf(agent);
		await expect.poll(() => existsSync(join(home, 'pid'))).toBe(true);
		const pid = readFileSync(join(home, 'pid'), 'utf8').trim();
		await agent.close();
		await expect(reply).rejects.toThrow();
		await expect.poll(() => isRunning(pid)).toBe(false);
	});

	it.each([
		['settingSources: []', 'gated'],
		['settingSources: [], tools: []', 'none'],
		['', 'ungated'],
		["settingSources: [], permissionMode: 'bypassPermissions'", 'ungated'],
		["settingSources: [], allowedTools: ['Bash']", 'ungated'],
		["settingSources: [], tools: [], mcpServers: {mail: {command: 'mail'}}", 'gated'],
		["settingSources: [], mcpServers: {mail: {command: 'mail', tools: [{name: 'send'}]}}", 'ungated'],
	])('with the options {%s} its own tools are %s', async (options, ownTools) => {
		expect((await open(await moduleOf('', options))).ownTools).toBe(ownTools);
	});

	it('says that Claude Code is not there', async () => {
		const module = await moduleOf('');
		await rm(join(module, '../claude'));
		await expect(open(module)).rejects.toThrow('Install it, or correct `pathToClaudeCodeExecutable` in the options.');
	});
});
