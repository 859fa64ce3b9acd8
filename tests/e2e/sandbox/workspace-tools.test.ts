import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { docker } from '../../support/docker.ts';
import { MIB, sandboxWorld } from '../../support/sandbox-world.ts';
import { requireService } from '../../support/services.ts';
import { workspaceWorld } from '../../support/workspace-world.ts';

const SLOW = { timeout: 5 * 60_000 };
const world = sandboxWorld();
const { sandbox } = world;
let runs = 0;

beforeEach((context) => requireService('docker', context));
afterAll(async () => sandbox.close(), 60_000);

/** An agent of a run of its own, and a shell in its folders. */
async function ada(limits = { bytes: 8 * MIB, files: 100 }) {
	runs += 1;
	const run = `run-${runs}`;
	const team = workspaceWorld({ sandbox, limits, run });
	const agent = await team.agent('ada');
	const bash = async (line: string) => {
		const mounts = await agent.folder.mounts();
		const { exit, stdout, stderr } = await world.bash(line, { run, mounts, cwd: '/workspace/work' });
		expect(exit.code, stderr).toBe(0);
		return stdout;
	};
	return { ...agent, team, run, bash };
}

const PLANTED = `
	echo mine > real; ln real hard; ln -s /etc/passwd link; ln -s /etc folder; ln -s . self
	python3 -c "import os; os.mkfifo('pipe'); open(b'bad\\xff', 'w')"
	python3 -c "import socket; socket.socket(socket.AF_UNIX).bind('socket')"
	truncate -s 1T hole`;

describe('the file tools in a container', SLOW, () => {
	it('give out and keep nothing that was planted: links, pipes, sockets, holes, names', async () => {
		const { bash, fails, does, toolset, team } = await ada();
		await bash(PLANTED);
		expect(
			await bash('python3 -c "import os; os.mknod(\'device\', 0o20666, os.makedev(1, 5))" 2>&1 || true'),
		).toContain('Operation not permitted');
		for (const path of ['link', 'pipe', 'socket']) expect(await fails('read_file', { path })).toMatch(/not touched/);
		for (const path of ['folder/passwd', 'self/real', 'folder/../folder/passwd']) {
			expect(await fails('read_file', { path }), path).toMatch(/links are not followed/);
		}
		expect(await fails('read_file', { path: 'hole' })).toMatch(/at most 4194304 can be read/);
		expect(await fails('copy_file', { from: 'hole', to: 'copy' })).toMatch(/too large/);
		expect(await does('search_text', { pattern: 'root:' })).toMatch(/^Nothing/);
		expect(await fails('read_file', { path: '/etc/passwd' })).toMatch(/in none of the folders/);
		const kept = await toolset.keepFiles?.();
		expect(kept?.listed.map(({ path }) => path)).toEqual(['hard', 'real']);
		const seen = [{ name: 'agent1', mine: false, files: kept?.id ?? '' }];
		const bob = await team.agent('bob', { kind: 'evaluate', seen });
		expect(await bob.does('list_files', { path: '/workspace/answers/agent1' })).toBe('hard  5\nreal  5');
	});

	it('stay in the folder while another process swaps it for a link', async () => {
		const { bash, result, run, folder } = await ada();
		await bash('mkdir a; echo inside > a/file');
		const mounts = await folder.mounts();
		const line = 'while :; do mv a b; ln -s /etc a; rm a; mv b a; done';
		const swapping = await world.spawn(['bash', '-c', line], { run, mounts, cwd: '/workspace/work' });
		const seen = new Set<string>();
		for (let n = 0; n < 150 || seen.size < 2; n += 1) {
			const { text, isError } = await result('read_file', { path: 'a/file' });
			seen.add(isError ? 'refused' : text);
			const found = await result('search_text', { pattern: 'root:x', path: 'a' });
			expect(found.text).not.toContain('passwd:1');
			expect((await result('read_file', { path: 'a/passwd' })).isError).toBe(true);
		}
		await swapping.dispose();
		expect([...seen].toSorted()).toEqual(['inside', 'refused']);
	});

	it('cannot write what another answer holds, whoever tries', async () => {
		const { does, toolset, team, run } = await ada();
		await does('write_file', { path: 'a', content: 'kept' });
		const files = (await toolset.keepFiles?.())?.id ?? '';
		const bob = await team.agent('bob', { kind: 'evaluate', seen: [{ name: 'agent1', mine: false, files }] });
		const mounts = await bob.folder.mounts();
		const line = 'echo changed > /workspace/answers/agent1/a; rm -r /workspace/answers/agent1; ls /workspace';
		const { stderr, stdout } = await world.bash(line, { run, mounts });
		expect(stderr.match(/Read-only file system/g)).toHaveLength(2);
		expect(stdout).toBe('answers\nwork\n');
		expect(await bob.does('read_file', { path: '/workspace/answers/agent1/a' })).toBe('kept');
	});

	it('say which limit is reached, of bytes or of files, and go on when there is room', async () => {
		const { does, fails, bash } = await ada({ bytes: 2 * MIB, files: 20 });
		const content = 'x'.repeat(1.5 * MIB);
		await does('write_file', { path: 'one', content });
		expect(await fails('write_file', { path: 'two', content })).toMatch(/holds at most 2 MiB/);
		expect(await does('list_files', {})).toBe(`one  ${1.5 * MIB}`);
		await does('delete_file', { path: 'one' });
		await bash('for n in {1..20}; do : > f$n; done');
		expect(await fails('write_file', { path: 'more', content: '' })).toMatch(/at most 20 files and folders/);
		await bash('rm f1 f2');
		await does('write_file', { path: 'more', content: '' });
	});

	it('have the golden configuration, and go with their run', async () => {
		const { does, run, toolset } = await ada();
		await does('write_file', { path: 'a', content: '' });
		const filter = `--filter=label=massgen.run=${run}`;
		const ids = (await docker(['ps', '--quiet', filter, '--filter=label=massgen.purpose=files'])).split('\n');
		expect(ids).toHaveLength(1);
		const [{ HostConfig: host, Config: config }] = JSON.parse(await docker(['inspect', ids[0] ?? '']));
		expect(host).toMatchObject({ NetworkMode: 'none', ReadonlyRootfs: true, CapDrop: ['ALL'], Binds: [] });
		expect(config.User).toBe('65532:65532');
		await toolset.close();
		await sandbox.release(run);
		expect(await docker(['ps', '--all', '--quiet', filter])).toBe('');
	});
});
