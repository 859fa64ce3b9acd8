import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { WorkspaceEntry, WorkspaceFile } from '../../../src/core/sandbox.ts';
import { docker } from '../../support/docker.ts';
import { LIMITS, MIB, type Ran, sandboxWorld } from '../../support/sandbox-world.ts';
import { requireService } from '../../support/services.ts';

const SLOW = { timeout: 5 * 60_000 };
const world = sandboxWorld();
const { sandbox, run } = world;
let count = 0;

beforeEach((context) => requireService('docker', context));
afterAll(async () => sandbox.close(), 60_000);

const newWorkspace = (limits = { bytes: 8 * MIB, files: 50 }) => {
	count += 1;
	return sandbox.workspace(run, `workspace-${count}`, limits);
};

const bashIn = (workspace: string, line: string, writable = true): Promise<Ran> =>
	world.bash(line, { mounts: [{ workspace, at: '/workspace', writable }], cwd: '/workspace' });

const file = (path: string, text: string, executable = false): WorkspaceFile => ({
	path,
	content: Buffer.from(text),
	executable,
});

/** What is read, as text by path; refused things with their reason. */
async function readAll(workspace: string, path = '', bytes = MIB): Promise<Record<string, string>> {
	const found: [string, string][] = [];
	for await (const entry of sandbox.readFiles(workspace, path, bytes)) found.push([entry.path, shown(entry)]);
	return Object.fromEntries(found.toSorted());
}

const shown = (entry: WorkspaceEntry) =>
	entry.type === 'file' ? Buffer.from(entry.content).toString() : `refused: ${entry.reason}`;

describe('a workspace', SLOW, () => {
	it('takes files in, is used by one process after the other, and gives files out', async () => {
		const workspace = await newWorkspace();
		expect(await readAll(workspace)).toEqual({});
		const long = `${'deep/'.repeat(40)}file.txt`;
		await sandbox.writeFiles(workspace, [file('a.sh', '#!/bin/sh\necho "$1" > out/b\n', true), file(long, 'ü')]);
		const first = await bashIn(workspace, 'mkdir out && ./a.sh one && stat -c "%U %a" a.sh deep');
		expect(first).toMatchObject({ stdout: 'agent 755\nagent 755\n', exit: { code: 0, killed: null } });
		expect((await bashIn(workspace, 'cat out/b')).stdout).toBe('one\n');
		expect(await readAll(workspace)).toEqual({ 'a.sh': expect.any(String), [long]: 'ü', 'out/b': 'one\n' });
		expect(await readAll(workspace, 'out')).toEqual({ 'out/b': 'one\n' });
		expect(await readAll(workspace, 'out/b')).toEqual({ 'out/b': 'one\n' });
		expect(await sandbox.workspace(run, 'workspace-1', { bytes: 8 * MIB, files: 50 })).toBe(workspace);
		expect((await bashIn(workspace, 'cat out/b')).stdout).toBe('one\n');
	});

	it('cannot be written by whom it is read-only to', async () => {
		const workspace = await newWorkspace();
		await sandbox.writeFiles(workspace, [file('a', 'kept')]);
		const { stderr } = await bashIn(workspace, 'echo changed > a; rm a; ln -s /etc b', false);
		expect(stderr.match(/Read-only file system/g)).toHaveLength(3);
		expect(await readAll(workspace)).toEqual({ a: 'kept' });
	});

	it('is full at its size and at its number of files, from inside and from outside', async () => {
		const workspace = await newWorkspace();
		const filled = await bashIn(workspace, 'head -c 20M /dev/zero > big; stat -c %s big; rm big');
		expect(filled.stdout).toBe(`${8 * MIB}\n`);
		expect(filled.stderr).toContain('No space left on device');
		const many = await bashIn(workspace, 'for n in {1..99}; do : > f$n || break; done 2>/dev/null; ls | wc -l; rm f*');
		expect(many.stdout).toBe('50\n');
		const big = { path: 'big', content: new Uint8Array(9 * MIB), executable: false };
		await expect(sandbox.writeFiles(workspace, [big])).rejects.toThrow(/it is full.*Make room/);
	});

	it('counts what a process writes there beside its memory', async () => {
		const workspace = await newWorkspace({ bytes: 2 * LIMITS.memoryBytes, files: 5 });
		const { exit } = await bashIn(workspace, `head -c ${2 * LIMITS.memoryBytes} /dev/zero > big`);
		expect(exit).toEqual({ code: 0, killed: null });
	});

	it('gives nothing out that is planted in it: links, pipes, devices, names', async () => {
		const workspace = await newWorkspace();
		const plant = [
			'echo real > real; ln -s /etc/passwd link; ln -s /etc folder; ln real hard',
			`python3 -c "import os; os.mkfifo('pipe'); open(b'bad\\xff', 'w')"`,
			`python3 -c "import os; os.mknod('device', 0o20666, os.makedev(1, 5))" 2>&1 | tail -n 1`,
			`python3 -c "import socket; socket.socket(socket.AF_UNIX).bind('socket')"`,
		].join('\n');
		expect((await bashIn(workspace, plant)).stdout).toContain('Operation not permitted');
		const found = await readAll(workspace);
		const hard = ['real', 'hard'].map((name) => found[name]).toSorted();
		expect(hard).toEqual(['real\n', 'refused: hardlink']);
		expect(found).toMatchObject({ link: 'refused: symlink', folder: 'refused: symlink', pipe: 'refused: fifo' });
		expect(Object.entries(found).filter(([name]) => name.startsWith('bad'))).toEqual([['bad\ufffd', 'refused: name']]);
		expect(JSON.stringify(found)).not.toContain('root:x');
		await expect(readAll(workspace, 'folder/passwd')).rejects.toThrow(/folder in the workspace is a link/);
		expect(await readAll(workspace, 'link')).toEqual({ link: 'refused: symlink' });
		await expect(sandbox.writeFiles(workspace, [file('folder/new', '')])).rejects.toThrow(/is a link/);
		// A link in the place of the file itself is replaced, not followed.
		await sandbox.writeFiles(workspace, [file('link', 'mine')]);
		expect((await readAll(workspace)).link).toBe('mine');
	});

	it('gives out no more than is asked for, were it a file with an endless hole', async () => {
		const workspace = await newWorkspace();
		await bashIn(workspace, 'truncate -s 1T hole; echo small > small');
		await expect(readAll(workspace)).rejects.toThrow(/has more than 1048576 bytes/);
		expect(await readAll(workspace, 'small')).toEqual({ small: 'small\n' });
		await expect(readAll(workspace, 'small', 5)).rejects.toThrow(/has more than 5 bytes/);
	});

	it('has no path that leads out', async () => {
		const workspace = await newWorkspace();
		for (const path of ['../x', '/etc/passwd', 'a/../../x', 'a//b', './a', 'a\0b', '', 'a/', `${'x'.repeat(256)}`]) {
			await expect(sandbox.writeFiles(workspace, [file(path, '')]), path).rejects.toThrow(/is no path in a workspace/);
			if (path !== '') await expect(readAll(workspace, path), path).rejects.toThrow(/is no path in a workspace/);
		}
		await expect(readAll(workspace, 'nothing/here')).rejects.toThrow('There is nothing at nothing/here to read.');
	});

	it('that was lost with its holder is not taken for an empty one', async () => {
		const workspace = await newWorkspace();
		await sandbox.writeFiles(workspace, [file('a', 'lost')]);
		await docker(['kill', workspace]);
		await expect(bashIn(workspace, 'ls')).rejects.toThrow(/its workspace was lost/);
	});

	it('belongs to its run', async () => {
		const workspace = await newWorkspace();
		const mounts = [{ workspace, at: '/workspace', writable: true }];
		await expect(world.bash('true', { run: 'run-2', mounts })).rejects.toThrow(/the run has no workspace/);
		await expect(
			world.bash('true', { mounts: [{ workspace: 'somebodys', at: '/workspace', writable: true }] }),
		).rejects.toThrow(/the run has no workspace/);
		await sandbox.release(run);
		expect(await world.left()).toEqual([]);
		await expect(world.bash('true', { mounts })).rejects.toThrow(/the run has no workspace/);
	});
});
