import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { onCore, usedSeconds } from './processes.ts';

/** A program that serves pages, in a process of its own on the client's core. */
export interface PageProcess {
	address: string;
	/** From the start of the process to the first page that was answered with 200, in milliseconds. */
	firstPageMs: number;
	/** Processor time so far, in milliseconds; NaN where the system does not say. */
	cpuMs(): number;
	/** Resident memory in MB; NaN where the system does not say. */
	residentMB(): number;
	/** Resolves when the process has ended. */
	stop(): Promise<void>;
}

/** Starts a program that prints its address when it listens. `cwd` is its working directory. */
export async function startPage(command: readonly string[], env: NodeJS.ProcessEnv, cwd: string): Promise<PageProcess> {
	const [program = '', ...args] = onCore(0, [process.execPath, ...command]);
	const startedAt = performance.now();
	const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env, cwd });
	const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
	const address = await new Promise<string>((resolve, reject) => {
		let shown = '';
		const read = (data: Buffer) => {
			shown += data;
			const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(shown) ?? [];
			if (found !== undefined) resolve(found);
		};
		child.stdout.on('data', read);
		child.stderr.on('data', read);
		child.once('error', reject);
		void ended.then(() => reject(new Error(`${command[0]} ended before it listened: ${shown.slice(-2_000)}`)));
	});
	const page = await fetch(address);
	await page.arrayBuffer();
	const firstPageMs = performance.now() - startedAt;
	if (page.status !== 200) throw new Error(`${command[0]} answers its page with ${page.status}`);
	return {
		address,
		firstPageMs,
		cpuMs: () => (usedSeconds(child.pid) ?? Number.NaN) * 1_000,
		residentMB: () => residentMB(child.pid),
		stop() {
			child.kill('SIGTERM');
			return ended;
		},
	};
}

function residentMB(pid: number | undefined): number {
	try {
		return Number(/VmRSS:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;
	} catch {
		return Number.NaN;
	}
}
