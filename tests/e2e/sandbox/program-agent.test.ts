import { tmpdir } from 'node:os';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { openAcpAgent } from '../../../src/adapters/frameworks/acp.ts';
import { openCommandAgent } from '../../../src/adapters/frameworks/command.ts';
import type { ExternalAgent, ExternalEvent } from '../../../src/core/external-agent.ts';
import type { ProgramAgentSettings } from '../../../src/core/external-settings.ts';
import { systemClock } from '../../../src/system-clock.ts';
import { sandboxWorld, toolchain } from '../../support/sandbox-world.ts';
import { requireService } from '../../support/services.ts';

const SLOW = { timeout: 5 * 60_000 };
const world = sandboxWorld();

beforeEach((context) => requireService('docker', context));
afterAll(async () => {
	await world.sandbox.close();
	expect(await world.left()).toEqual([]);
}, 60_000);

const { run, sandbox } = world;

async function settingsOf(type: 'command' | 'acp', line: string): Promise<ProgramAgentSettings> {
	const place = { image: await toolchain(), egress: [] };
	const program = { command: ['bash', '-c', line], env: { TOKEN: 'abcdef' }, cwd: tmpdir(), sandbox: place };
	return { type, label: 'bash', program, ownTools: null, model: null };
}

const messages = [{ role: 'user', text: 'Why?' }] as const;
const request = { run, agent: 'a', instructions: 'Be terse.', messages, tools: [], resume: null };

async function lastOf(agent: ExternalAgent): Promise<ExternalEvent | undefined> {
	let last: ExternalEvent | undefined;
	for await (const event of agent.reply(request, new AbortController().signal)) last = event;
	return last;
}

describe('the program of an agent in a container', () => {
	it('reads its request, has what it was given, and can do nothing to the world', SLOW, async () => {
		const seen = `ls ${import.meta.filename} 2>/dev/null | wc -l`;
		const line = `echo "$TOKEN $(pwd) $(wc -l)"; ls /sys/class/net; ${seen}`;
		const agent = openCommandAgent(await settingsOf('command', line), { run, sandbox });
		expect(agent.ownTools).toBe('none');
		expect(await lastOf(agent)).toMatchObject({ type: 'finished', text: 'abcdef /tmp 1\nlo\n0' });
	});

	it('ends when it is stopped', SLOW, async () => {
		const agent = openCommandAgent(await settingsOf('command', 'echo begun; sleep 600'), { run, sandbox });
		const controller = new AbortController();
		const reply = async () => {
			for await (const _ of agent.reply(request, controller.signal)) controller.abort();
		};
		await expect(reply()).rejects.toThrow();
	});

	it('over ACP works in a folder of its own', SLOW, async () => {
		// It says where it is, in the only way that an agent has which speaks no ACP.
		const line = 'touch kept && echo "$(pwd) $(ls)" >&2; exit 1';
		const agent = await openAcpAgent(await settingsOf('acp', line), { run, sandbox, clock: systemClock });
		await expect(lastOf(agent)).rejects.toThrow("The agent's program ended with code 1: /workspace kept.");
		await agent.close();
	});
});
