import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ProviderCall, Reply } from '../../platforms/model-provider/reply.ts';
import { startModelProvider } from '../../platforms/model-provider/server.ts';
import { startScript, temporaryFolder } from '../../support/command.ts';
import { docker } from '../../support/docker.ts';
import { toolchain } from '../../support/sandbox-world.ts';
import { requireService } from '../../support/services.ts';
import { teamPlayer } from '../../support/team-player.ts';
import { eventsIn } from '../../support/thread-of.ts';

const SLOW = { timeout: 5 * 60_000 };

beforeEach((context) => requireService('docker', context));

type Calls = readonly { name: string; arguments: Record<string, unknown> }[];

/** Makes one round of calls after the other, each when it may, and answers with what they gave. */
function working(rounds: readonly Calls[], mayGoOn: (round: number) => Promise<void>) {
	return async (call: ProviderCall): Promise<Reply> => {
		const offered = new Set(call.tools.map(({ name }) => name));
		if (!offered.has('new_answer') || offered.has('vote')) return teamPlayer('The commands said')(call);
		const told = call.messages.filter(({ role }) => role === 'tool').map(({ text }) => text);
		let made = 0;
		for (const [index, round] of rounds.entries()) {
			if (told.length === made) {
				await mayGoOn(index);
				return { toolCalls: [...round] };
			}
			made += round.length;
		}
		return { toolCalls: [{ name: 'new_answer', arguments: { content: `The commands said: ${told.join(' + ')}` } }] };
	};
}

const teamFile = (more = '') => `agents:
  - id: gpt
    backend: { type: openai, model: gpt-5.4, enable_mcp_command_line: true${more} }
`;

/** A folder with a team whose agent makes these calls, and how to ask it. */
async function desk(rounds: readonly Calls[], mayGoOn = async (_round: number) => {}) {
	const folder = await temporaryFolder();
	const provider = await startModelProvider({ reply: working(rounds, mayGoOn) });
	const team = join(folder.path, 'team.yaml');
	// The image of the tests, so that no other test changes what this one runs in.
	await writeFile(team, teamFile(`, command_line_docker_image: "${await toolchain()}"`));
	const dataDir = join(folder.path, 'data');
	const env = { DATA_DIR: dataDir, OPENAI_API_KEY: 'k1', OPENAI_BASE_URL: `${provider.url}/v1` };
	return {
		/** What the program of this data folder calls itself to the engine. */
		instance: createHash('sha256').update(dataDir).digest('hex').slice(0, 16),
		ask: (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
			startScript('src/main.ts', ['ask', '--json', ...args, '--config', team], { env: { ...env, ...more } }),
		calls: provider.calls,
		async close() {
			await provider.close();
			await folder.remove();
		},
	};
}

/** The containers and volumes with a label, and every network of ours. */
async function left(label: string): Promise<string[]> {
	const filter = `--filter=label=${label}`;
	const lists = await Promise.all([
		docker(['ps', '--all', '--format={{.Names}}', filter]),
		docker(['volume', 'ls', '--quiet', filter]),
		docker(['network', 'ls', '--quiet', '--filter=label=massgen.instance']),
	]);
	return lists.flatMap((list) => list.split('\n')).filter((name) => name !== '');
}

describe('a team whose agent may run commands', SLOW, () => {
	it('runs them in containers within its run, and leaves none behind', async () => {
		const { ask, close } = await desk([
			[
				{ name: 'execute_command', arguments: { command: 'git init -q . && echo "in $(pwd)" > note && id -u' } },
				{ name: 'execute_command', arguments: { command: 'exit 5' } },
			],
			[{ name: 'execute_command', arguments: { command: 'cat note; ls -d .git; cat /etc/shadow' } }],
		]);
		try {
			const ended = await ask(['Do it.']).ended;
			expect(ended.code, ended.stderr).toBe(0);
			const events = eventsIn(ended.stdout);
			const tools = events.flatMap((event) => (event.type === 'tool_finished' ? [[event.tool, event.isError]] : []));
			expect(tools).toEqual([
				['execute_command', expect.any(Boolean)],
				['execute_command', expect.any(Boolean)],
				['execute_command', true],
			]);
			const [answer = ''] = events.flatMap((event) => (event.type === 'answer_given' ? [event.content] : []));
			expect(answer).toMatch(/\[exit code 0\]\s+65532/);
			expect(answer).toContain('[exit code 5]');
			expect(answer).toContain('in /workspace/work');
			expect(answer).toContain('.git');
			expect(answer).toContain('/etc/shadow: No such file or directory');
			const [started] = events.flatMap((event) => (event.type === 'run_started' ? [event.run] : []));
			expect(await left(`massgen.run=${started}`)).toEqual([]);
		} finally {
			await close();
		}
	});

	it('after kill -9 with a background shell running, and a restart, has nothing left of it', async () => {
		const begun = Promise.withResolvers<void>();
		let isKilled = false;
		const hold = async (round: number) => {
			if (round !== 1 || isKilled) return;
			begun.resolve();
			await new Promise(() => {});
		};
		const { ask, instance, close } = await desk(
			[
				[{ name: 'start_background_shell', arguments: { command: 'sleep infinity' } }],
				[{ name: 'list_background_shells', arguments: {} }],
			],
			hold,
		);
		const ours = `massgen.instance=${instance}`;
		try {
			const killed = ask(['Do it.']);
			await begun.promise;
			killed.process.kill('SIGKILL');
			await killed.ended;
			isKilled = true;
			const shells = ['ps', '--quiet', '--filter=label=massgen.purpose=shell', `--filter=label=${ours}`];
			expect((await docker(shells)).split('\n')).toEqual([expect.stringMatching(/./)]);
			const resumed = await ask(['--resume']).ended;
			expect(resumed.code, resumed.stderr).toBe(0);
			const answers = eventsIn(resumed.stdout).flatMap((event) =>
				event.type === 'answer_given' ? [event.content] : [],
			);
			expect(answers[0]).toContain('There are none.');
			expect(await left(ours)).toEqual([]);
		} finally {
			await close();
		}
	});

	it('answers without commands where there is no Docker, and says so; nothing runs on the machine', async () => {
		const { ask, calls, close } = await desk([]);
		try {
			const ended = await ask(['Do it.'], { DOCKER_HOST: 'unix:///nowhere/docker.sock' }).ended;
			expect(ended.code, ended.stderr).toBe(0);
			expect(ended.stderr).toContain('Tools are off: no Docker engine that DOCKER_HOST names is running');
			const offered = new Set(calls.flatMap(({ tools }) => tools.map(({ name }) => name)));
			expect([...offered].filter((name) => /command|shell|file/.test(name))).toEqual([]);
			expect(calls.map(({ system }) => system).join()).not.toContain('<commands>');
		} finally {
			await close();
		}
	});

	it('is told about the commands, and only of what it has', async () => {
		const { ask, calls, close } = await desk([]);
		try {
			const ended = await ask(['Do it.']).ended;
			expect(ended.code, ended.stderr).toBe(0);
			const [first] = calls;
			expect(first?.system).toContain('Commands run in an isolated Linux container');
			expect(first?.system).toContain('Nothing can be installed. Network: off.');
			expect(first?.tools.map(({ name }) => name)).toContain('execute_command');
		} finally {
			await close();
		}
	});
});
