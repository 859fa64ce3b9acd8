import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createShell } from '../../../src/adapters/tools/shell.ts';
import { type AgentFolder, OWN_FOLDER } from '../../../src/core/agent-folder.ts';
import type { ShellSettings } from '../../../src/core/shell-settings.ts';
import type { Toolset } from '../../../src/core/tool.ts';
import { toolsetContract } from '../../contracts/toolset-contract.ts';
import { docker } from '../../support/docker.ts';
import { MIB, sandboxWorld, toolchain } from '../../support/sandbox-world.ts';
import { requireService } from '../../support/services.ts';

const SLOW = { timeout: 5 * 60_000 };
const world = sandboxWorld();
const SETTINGS: ShellSettings = {
	image: null,
	limits: { memoryBytes: 64 * MIB, cpus: 1, pids: 64, tmpBytes: 4 * MIB },
	longestMs: 60_000,
	egress: [],
	allowed: null,
	blocked: [],
};
const TURN = { kind: 'answer', question: 'Q', seen: [], files: null, attachments: [], plan: [] } as const;

beforeEach((context) => requireService('docker', context));
afterAll(async () => {
	await world.sandbox.close();
	expect(await world.left()).toEqual([]);
}, 60_000);

let agents = 0;

/** The commands of an agent that no other test has. */
async function shell(given: Partial<ShellSettings> = {}): Promise<Toolset> {
	agents += 1;
	const { sandbox, run } = world;
	const settings = { ...SETTINGS, image: await toolchain(), ...given };
	const workspace = await sandbox.workspace(run, `agent-${agents}`, { bytes: 16 * MIB, files: 1_000 });
	const mounts = [{ workspace, at: OWN_FOLDER, writable: true }];
	const folder: AgentFolder = { open() {}, mounts: async () => mounts, settled: async () => {} };
	const toolset = createShell({ run, sandbox, folder, settings });
	onTestFinished(() => toolset.close());
	return toolset;
}

const options = (signal = new AbortController().signal) => ({ signal, effectKey: 'test', progress() {} });

/** One with its tools opened, and how to call it. */
async function opened(given: Partial<ShellSettings> = {}) {
	const toolset = await shell(given);
	const tools = await toolset.tools(TURN);
	const call = (name: string, input: unknown, signal?: AbortSignal) => toolset.call(name, input, options(signal));
	const run = (command: string, more: object = {}) => call('execute_command', { command, ...more });
	return { toolset, tools, call, run };
}

const shells = async () =>
	(
		await docker([
			'ps',
			'--quiet',
			'--filter=label=massgen.purpose=shell',
			`--filter=label=massgen.instance=${world.instance}`,
		])
	)
		.split('\n')
		.filter((id) => id !== '');

/** Resolves when it is so. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
	while (!(await isSo())) await new Promise(setImmediate);
}

/** Resolves when there are so many containers of commands. */
const untilShells = (count: number) => until(async () => (await shells()).length === count);

toolsetContract('shell', async () => ({
	toolset: await shell(),
	echo: 'execute_command',
	failing: 'execute_command',
	endless: 'execute_command',
	inputs: {
		echo: (text) => ({ command: `echo "${text}"` }),
		failing: { command: 'exit 3' },
		endless: { command: 'sleep infinity' },
	},
	started: () => untilShells(1),
	stopped: () => untilShells(0),
}));

describe('a command', SLOW, () => {
	it('runs bash in the folder of its agent, and what it leaves there is there for the next one', async () => {
		const { run } = await opened();
		expect(await run('pwd; mkdir -p a/b; echo kept > a/b/note; echo gone > /tmp/x')).toEqual({
			text: '[exit code 0]\n/workspace/work',
			isError: false,
		});
		expect(await run('cat note; cat /tmp/x; ls -A', { work_dir: 'a/b' })).toEqual({
			text: '[exit code 0]\nkept\ncat: /tmp/x: No such file or directory\nnote',
			isError: false,
		});
	});

	it('has both streams in their order, its exit code, no input and no network', async () => {
		const { run } = await opened();
		const line = 'for i in 1 2 3; do echo out$i; echo err$i >&2; done; cat; ls /sys/class/net; exit 7';
		expect(await run(line)).toEqual({
			text: '[exit code 7]\nout1\nerr1\nout2\nerr2\nout3\nerr3\nlo',
			isError: true,
		});
		expect((await run('if true; then')).text).toMatch(/^\[exit code 2\]\nbash: .*syntax error/);
		expect(await run('true')).toEqual({ text: '[exit code 0]\n(nothing was written)', isError: false });
	});

	it('finds git, Python, Node and ripgrep, and first what is installed in its folder', async () => {
		const { run } = await opened();
		const { text } = await run('git --version; python3 --version; node --version; rg --version | head -1');
		expect(text).toMatch(/^\[exit code 0\]\ngit version .*\nPython 3.*\nv2\d.*\nripgrep /);
		await run('mkdir -p .venv/bin; printf "#!/bin/sh\\necho mine" > .venv/bin/tool; chmod +x .venv/bin/tool');
		expect((await run('tool; echo $VIRTUAL_ENV')).text).toBe('[exit code 0]\nmine\n/workspace/work/.venv');
	});

	it('is killed at its timeout with everything it started, and says so', async () => {
		const { run } = await opened();
		const { text, isError } = await run('trap "" TERM; (sleep infinity &); echo begun; sleep infinity', { timeout: 1 });
		expect([text, isError]).toEqual(['[killed: it took longer than 1 seconds]\nbegun', true]);
		expect(await shells()).toEqual([]);
	});

	it('that takes too much memory or writes too much is told so', async () => {
		const { run } = await opened();
		const hog = await run('head -c 600M /dev/zero | tail -n 1 | wc -c; echo end');
		expect(hog.text).toContain('processes were killed because together they took more than 64 MiB of memory');
		expect(hog.isError).toBe(true);
		const flood = await run('echo first; yes');
		expect(flood.text).toMatch(/^\[killed: it wrote more than 64 MiB\]\nfirst\ny\n/);
		expect(flood.text).toMatch(/\n\[\d+ bytes left out here\]\n/);
		expect(flood.text.length).toBeLessThan(30_000);
	});

	it('ends when the call is cancelled, also while it waits for its turn', async () => {
		const { call } = await opened();
		const stop = new AbortController();
		const reason = new Error('stopped by the person');
		const calls = Array.from({ length: 6 }, () => call('execute_command', { command: 'sleep infinity' }, stop.signal));
		await untilShells(4);
		stop.abort(reason);
		const ends = await Promise.allSettled(calls);
		expect(ends.map((end) => end.status === 'rejected' && end.reason === reason)).toEqual(Array(6).fill(true));
		expect(await shells()).toEqual([]);
	});

	it('cannot start elsewhere by a link that it has planted', async () => {
		const { run } = await opened();
		await run('ln -s /proc/self/fd links; ln -s /etc there');
		for (const folder of ['links/7', 'links/8', 'nowhere', 'a\nb', '-x']) {
			expect(await run('pwd', { work_dir: folder }), folder).toMatchObject({
				text: expect.stringMatching(/^\[exit code 126\]\nbash: line 1: cd: /),
			});
		}
		// Its own /etc, which it may read as it is.
		expect((await run('pwd -P', { work_dir: 'there' })).text).toBe('[exit code 0]\n/etc');
	});

	it('whose arguments are not right is refused with what is wrong', async () => {
		const { call, run } = await opened();
		expect((await run('true', { timeout: 61 })).text).toMatch(/^The arguments are not right: timeout: /);
		expect((await run('a\0b')).text).toMatch(/command: no NUL character/);
		expect((await call('execute_command', {})).text).toMatch(/command: /);
	});

	it('that is blocked does not run, in the background either', async () => {
		const { call, run } = await opened({ blocked: ['rm\\b'] });
		expect(await run('cd /tmp && rm x')).toEqual({
			text: 'The command was not run: "rm x" is blocked here (rm\\b).',
			isError: true,
		});
		expect(await call('start_background_shell', { command: 'rm x' })).toMatchObject({ isError: true });
		expect((await run('echo rm')).isError).toBe(false);
	});

	it('is declared as what it is: bound to the folder without a network, external with one', async () => {
		const plain = await opened();
		const effects = (tools: typeof plain.tools) => Object.fromEntries(tools.map((tool) => [tool.name, tool.effects]));
		expect(effects(plain.tools)).toEqual({
			execute_command: 'workspace',
			start_background_shell: 'workspace',
			get_background_shell_output: 'none',
			get_background_shell_status: 'none',
			kill_background_shell: 'workspace',
			list_background_shells: 'none',
		});
		const connected = await opened({ egress: ['example.com:443'] });
		expect(effects(connected.tools)).toMatchObject({ execute_command: 'external', start_background_shell: 'external' });
		expect(connected.tools[0]).toMatchObject({ openWorld: true, idempotent: false, source: 'shell' });
		expect(connected.tools[0]?.description).toContain('only example.com:443');
		const again = await opened();
		expect(again.tools[0]?.fingerprint).toBe(plain.tools[0]?.fingerprint);
		const larger = await opened({ limits: { ...SETTINGS.limits, memoryBytes: 65 * MIB } });
		const prints = [plain, connected, larger].map(({ tools }) => tools[0]?.fingerprint);
		expect(new Set(prints).size).toBe(3);
	});
});

describe('a background shell', SLOW, () => {
	it('goes on between calls, gives what is new, and ends when it is killed', async () => {
		const { call, run } = await opened();
		const line = 'echo one; echo two; while [ ! -e go ]; do sleep 0.1; done; echo three; sleep infinity';
		expect(await call('start_background_shell', { command: line })).toEqual({
			text: 'Started as shell_1.',
			isError: false,
		});
		const output = async (more = {}) =>
			(await call('get_background_shell_output', { shell_id: 'shell_1', ...more })).text;
		let seen = '';
		await until(async () => {
			seen += await output();
			return seen.includes('two');
		});
		expect(seen).toContain('one');
		expect(await output()).toBe('[shell_1: running]\n(nothing was written)');
		await run('touch go');
		let late = '';
		await until(async () => {
			late = await output({ filter: 'THR' });
			return late.includes('three');
		});
		expect(late).toBe('[shell_1: running]\nthree');
		expect((await call('list_background_shells', {})).text).toMatch(/^shell_1: running · echo one; echo two; .*…$/);
		expect(await call('kill_background_shell', { shell_id: 'shell_1' })).toEqual({
			text: 'shell_1: stopped',
			isError: false,
		});
		expect((await call('get_background_shell_status', { shell_id: 'shell_1' })).text).toBe('shell_1: stopped');
		expect(await shells()).toEqual([]);
	});

	it('that ends says how, also when it is killed after that', async () => {
		const { call } = await opened();
		await call('start_background_shell', { command: 'echo broken >&2; exit 1' });
		const status = async () => (await call('get_background_shell_status', { shell_id: 'shell_1' })).text;
		await until(async () => !(await status()).endsWith('running'));
		expect(await status()).toBe('shell_1: exit code 1');
		expect((await call('kill_background_shell', { shell_id: 'shell_1' })).text).toBe('shell_1: exit code 1');
		const output = await call('get_background_shell_output', { shell_id: 'shell_1', filter: 'nothing' });
		expect(output.text).toBe('[shell_1: exit code 1]\n(nothing was written)');
		expect((await call('get_background_shell_output', { shell_id: 'shell_9' })).text).toBe(
			'There is no background shell shell_9. Known: shell_1.',
		);
	});

	it('beyond the limit is refused until another one has ended; all of them end with the agent', async () => {
		const { toolset, call } = await opened();
		const begin = () => call('start_background_shell', { command: 'sleep infinity' });
		const began = await Promise.all(Array.from({ length: 7 }, begin));
		expect(began.filter(({ isError }) => isError)).toHaveLength(2);
		expect(began.find(({ isError }) => isError)?.text).toMatch(/^5 background shells are running already/);
		await call('kill_background_shell', { shell_id: 'shell_2' });
		expect(await begin()).toEqual({ text: 'Started as shell_6.', isError: false });
		await toolset.close();
		expect(await shells()).toEqual([]);
		expect(await begin()).toMatchObject({ isError: true });
	});
});
