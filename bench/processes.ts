import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const TASKSET = 'taskset';

/** Whether programs can be kept on a core each, so that client and server do not take each other's time. */
export const canPin = availableParallelism() >= 2 && spawnSync(TASKSET, ['-V']).status === 0;

/** The command, kept on one core where that can be done. */
export const onCore = (core: 0 | 1, command: readonly string[]) =>
	canPin ? [TASKSET, '-c', String(core), ...command] : [...command];

/** Processor seconds since boot in which some process ran; null where the system does not say. */
function busySeconds(): number | null {
	try {
		const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (
			readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? ''
		)
			.split(/\s+/)
			.slice(1)
			.map(Number);
		return (user + nice + system + irq + softirq) / 100;
	} catch {
		return null;
	}
}

/** Processor seconds that a living process has used; null when it is gone. */
export function usedSeconds(pid: number | undefined): number | null {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		return (Number(fields[11]) + Number(fields[12])) / 100;
	} catch {
		return null;
	}
}

export interface Finished {
	output: string;
	errors: string;
	code: number | null;
	/** When it was started, in milliseconds since the epoch. */
	startedAt: number;
	/** Cores that other processes kept busy meanwhile; null where the system does not say. */
	foreign: number | null;
}

/** Runs a program on the client's core to its end. `server` is not counted as foreign. */
export function runClient(
	command: readonly string[],
	server: ChildProcess,
	env: NodeJS.ProcessEnv = process.env,
): Promise<Finished> {
	const [program = '', ...args] = onCore(0, command);
	const before = { busy: busySeconds(), server: usedSeconds(server.pid) ?? 0 };
	const startedAt = performance.timeOrigin + performance.now();
	const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
	let output = '';
	let errors = '';
	let used = 0;
	const polling = setInterval(() => {
		used = usedSeconds(child.pid) ?? used;
	}, 100);
	child.stdout.on('data', (data) => {
		output += data;
	});
	child.stderr.on('data', (data) => {
		errors += data;
	});
	return new Promise((resolve, reject) => {
		child.on('error', reject);
		child.on('close', (code) => {
			clearInterval(polling);
			const seconds = (performance.timeOrigin + performance.now() - startedAt) / 1000;
			const busy = busySeconds();
			const ours = used + (usedSeconds(server.pid) ?? 0) - before.server;
			const foreign = busy === null || before.busy === null ? null : Math.max(0, (busy - before.busy - ours) / seconds);
			resolve({ output, errors, code, startedAt, foreign });
		});
	});
}

export interface Server {
	url: string;
	process: ChildProcess;
	/** Asks or tells it something, as JSON. */
	ask<Answer>(path: string, body?: object): Promise<Answer>;
	stop(): void;
}

/** Starts the fake provider on the server's core. */
export async function startProvider(): Promise<Server> {
	const file = new URL('./provider.ts', import.meta.url).pathname;
	const [program = '', ...args] = onCore(1, [process.execPath, file]);
	// It ends with its standard input, so also when this process is killed.
	const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
	const line = await new Promise<string>((resolve, reject) => {
		child.on('error', reject);
		child.on('close', () => reject(new Error('the fake provider did not start')));
		child.stdout.once('data', (data) => resolve(String(data)));
	});
	const { url } = JSON.parse(line) as { url: string };
	return {
		url,
		process: child,
		async ask<Answer>(path: string, body?: object) {
			const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
			return (await (await fetch(url + path, init)).json()) as Answer;
		},
		stop: () => void child.kill(),
	};
}
