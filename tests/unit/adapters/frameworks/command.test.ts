import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCommandAgent } from '../../../../src/adapters/frameworks/command.ts';
import type { ExternalEvent, ExternalRequest } from '../../../../src/core/external-agent.ts';
import type { ProgramAgentSettings, ProgramSettings } from '../../../../src/core/external-settings.ts';
import { externalContract } from '../../../contracts/external-contract.ts';
import { frameworkModel } from './framework-model.ts';
import { sentFile } from './sent-file.ts';

const FIXTURES = join(import.meta.dirname, '../../../fixtures/frameworks');
const model = frameworkModel();
const sent = sentFile();

const settings = (program: Partial<ProgramSettings>): ProgramAgentSettings => ({
	...{ type: 'command', label: 'agent', ownTools: 'gated', model: null },
	program: { command: [], env: {}, cwd: FIXTURES, sandbox: null, ...program },
});
const place = { run: 'run-1', sandbox: null };

externalContract(
	'a program',
	async (replies) => {
		model.script(replies);
		sent.clear();
		const env = { MODEL_URL: process.env.FRAMEWORK_MODEL_URL ?? '', SENT_FILE: sent.path };
		const agent = openCommandAgent(settings({ command: [process.execPath, 'command-agent.ts'], env }), place);
		return { agent, modelCalls: () => model.calls().length, sent: sent.read };
	},
	{ usage: 'of_whole_replies', interrupts: true },
);

const request: ExternalRequest = {
	...{ run: 'run-1', agent: 'secret-id', instructions: 'Be terse.', tools: [], resume: null },
	messages: [{ role: 'user', text: 'Why?' }],
};

async function replyOf(command: readonly string[], signal = new AbortController().signal): Promise<ExternalEvent[]> {
	const events: ExternalEvent[] = [];
	for await (const event of openCommandAgent(settings({ command }), place).reply(request, signal)) events.push(event);
	return events;
}

describe('a program that knows nothing of this one', () => {
	it('is asked with a document on its input, and what it prints is its reply', async () => {
		const events = await replyOf(['sh', '-c', 'echo; printf "one\\n\\ntwo\\n\\n"; wc -l']);
		expect(events.at(-1)).toMatchObject({ type: 'finished', text: 'one\n\ntwo\n\n1' });
		const [echoed] = await replyOf(['cat']);
		expect(JSON.parse(echoed?.type === 'text_delta' ? echoed.text : '')).toEqual({
			...{ version: 1, run: 'run-1', instructions: 'Be terse.', resume: null },
			messages: [{ role: 'user', text: 'Why?' }],
		});
	});

	it('gets nothing of the environment that it was not given', async () => {
		process.env.DISCORD_TOKEN = 'topsecret';
		const events = await replyOf(['env']).finally(() => delete process.env.DISCORD_TOKEN);
		const last = events.at(-1);
		expect(last?.type === 'finished' && last.text).toContain('PATH=');
		expect(JSON.stringify(events)).not.toContain('topsecret');
	});

	it.each([
		[['sh', '-c', 'echo "no such model" >&2; exit 3'], "The agent's program ended with code 3: no such model."],
		[['no-such-program'], 'The program no-such-program cannot be started: it is not there.'],
		[['echo', '{"type": "finished", "text": 1}'], 'The agent sent an event that is not understood (text)'],
	])('says what went wrong: %j', async (command, message) => {
		await expect(replyOf(command)).rejects.toThrow(message);
	});

	it('ends with everything it has started when it is stopped', async () => {
		const controller = new AbortController();
		// What it started holds its output open: the reply is over only when that has ended too.
		const agent = openCommandAgent(settings({ command: ['sh', '-c', 'sleep 600 & echo begun; wait'] }), place);
		const reply = async () => {
			for await (const _ of agent.reply(request, controller.signal)) controller.abort();
		};
		await expect(reply()).rejects.toThrow('(disposed)');
	});
});
