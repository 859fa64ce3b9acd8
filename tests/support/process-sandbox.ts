import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Sandbox, SandboxExit, SandboxProcess, SandboxRequest } from '../../src/core/sandbox.ts';

/** The programs that a test sandbox was asked for. */
export interface ProcessSandbox extends Sandbox {
	readonly requests: readonly SandboxRequest[];
	/** Processes that run now. */
	running(): number;
	/** What `image` answers. */
	mcpImage: string | null;
	/** Where a workspace is on this machine. */
	folder(workspace: string): string;
}

/** A sandbox that isolates nothing: children of this process. For what is beside the isolation, where no engine is. */
export function createProcessSandbox(): ProcessSandbox {
	const requests: SandboxRequest[] = [];
	const processes = new Set<SandboxProcess>();
	const folders = new Map<string, string>();
	const refuse = () => Promise.reject(new Error('nothing is read out of this sandbox'));
	return {
		requests,
		mcpImage: 'sha256:test',
		folder: (workspace) => folders.get(workspace) ?? '',
		running: () => processes.size,
		problem: async () => null,
		async spawn(request, signal) {
			requests.push(request);
			const inside = (text: string) =>
				request.mounts
					.toSorted((a, b) => b.at.length - a.at.length)
					// The place of a checkout may begin with the same letters.
					.reduce((shown, { at, workspace }) => {
						return shown.replaceAll(new RegExp(`${at}(?![\\w-])`, 'g'), folders.get(workspace) ?? '');
					}, text);
			const [program = '', ...args] = request.command.map(inside);
			const child = spawn(program === 'node' ? process.execPath : program, args, {
				env: request.env,
				cwd: inside(request.cwd),
			});
			await once(child, 'spawn');
			const started = processOf(child, request.limits.outputBytes);
			processes.add(started);
			void started.exit.then(() => processes.delete(started));
			signal.addEventListener('abort', () => void started.dispose());
			return started;
		},
		async workspace(run, name) {
			const key = `${run}/${name}`;
			folders.set(key, folders.get(key) ?? (await mkdtemp(join(tmpdir(), 'massgen-sandbox-'))));
			return key;
		},
		readFiles: () => ({ [Symbol.asyncIterator]: () => ({ next: refuse }) }),
		async writeFiles(workspace, files) {
			for (const { path, content, executable } of files) {
				const at = join(folders.get(workspace) ?? '', path);
				await mkdir(dirname(at), { recursive: true });
				await writeFile(at, content, { mode: executable ? 0o755 : 0o644 });
			}
		},
		async image() {
			return this.mcpImage;
		},
		release: async () => {},
		reap: async () => 0,
		async close() {
			await Promise.all([...processes].map((one) => one.dispose()));
			await Promise.all([...folders.values()].map((folder) => rm(folder, { recursive: true, force: true })));
		},
	};
}

function processOf(child: ChildProcess, most: number): SandboxProcess {
	const { stdin, stdout, stderr } = child;
	if (stdin === null || stdout === null || stderr === null) throw new Error('no streams');
	let killed: SandboxExit['killed'] = null;
	const exit = new Promise<SandboxExit>((resolve) => child.on('close', (code) => resolve({ code, killed })));
	const kill = (why: SandboxExit['killed']) => {
		if (child.exitCode === null) killed ??= why;
		child.kill('SIGKILL');
	};
	stdin.on('error', () => {});
	let read = 0;
	stdout.on('data', (chunk: Buffer) => {
		read += chunk.length;
		if (read > most) kill('output');
	});
	stdout.pause();
	return {
		write: (bytes) =>
			new Promise((resolve, reject) => stdin.write(bytes, (error) => (error ? reject(error) : resolve()))),
		end: () => void stdin.end(),
		stdout,
		stderr,
		exit,
		async dispose() {
			kill('disposed');
			await exit;
		},
	};
}
