import { setTimeout as wait } from 'node:timers/promises';
import type { PeerReport } from './peer-main.ts';
import { runClient, type Server } from './processes.ts';
import type { Program } from './programs.ts';
import { atOnce, type Behaviour } from './provider-script.ts';

export interface Load {
	behaviour: Partial<Behaviour>;
	/** Options of the programs, without their dashes. */
	options: Readonly<Record<string, number>>;
	/** Not made again, however busy the machine was. */
	onlyOnce?: true;
}

export interface Measurement {
	repetition: number;
	report: PeerReport;
	callsPerRun: number;
	/** Mean time by which the server itself was behind its pace, in milliseconds. */
	serverLateMs: number;
	foreign: number | null;
}

/** A measurement during which others used more than this many cores is made once more. */
const NOISY_CORES = 0.25;
/** With more than this much of others' work, the next moment will hardly be quieter. */
const BUSY_CORES = 0.8;
const TRIES = 2;

async function once(server: Server, program: Program, load: Load, repetition: number): Promise<Measurement> {
	const behaviour: Behaviour = { ...atOnce, ...load.behaviour };
	await server.ask('/config', behaviour);
	await server.ask('/reset', {});
	const options = Object.entries(load.options).flatMap(([name, value]) => [`--${name}`, String(value)]);
	const flags = load.options.heap === 1 ? ['--expose-gc'] : [];
	const command = [process.execPath, ...flags, ...program.command, '--url', server.url, ...options];
	const done = await runClient(command, server.process);
	const line = done.output.trim().split('\n').at(-1) ?? '';
	if (done.code !== 0 || !line.startsWith('{')) {
		throw new Error(`${program.name} ended with ${done.code}: ${(done.errors + done.output).slice(-2_000)}`);
	}
	const report = JSON.parse(line) as PeerReport;
	if (report.errors > 0)
		throw new Error(`${program.name}: ${report.errors} runs failed; the first: ${report.firstError}`);
	const { calls, lateMs } = await server.ask<{ calls: number; lateMs: number }>('/stats');
	const callsPerRun = calls / (load.options.sessions ?? 1);
	return { repetition, report, callsPerRun, serverLateMs: lateMs, foreign: done.foreign };
}

const isWorthAnother = ({ foreign }: Measurement) => foreign !== null && foreign > NOISY_CORES && foreign < BUSY_CORES;

/** One program under one load. The quieter of two tries, when the machine was busy during the first. */
export async function measure(server: Server, program: Program, load: Load, repetition: number): Promise<Measurement> {
	let best = await once(server, program, load, repetition);
	const most = load.onlyOnce ? 1 : TRIES;
	for (let tries = 1; tries < most && isWorthAnother(best); tries += 1) {
		await wait(1_000);
		const again = await once(server, program, load, repetition);
		if ((again.foreign ?? 0) < (best.foreign ?? 0)) best = again;
	}
	return best;
}

/** Every program, `repetitions` times, in turns that begin with another program each time. */
export async function measureAll(
	server: Server,
	programs: readonly Program[],
	load: Load,
	repetitions: number,
	note: (text: string) => void,
): Promise<Map<Program, Measurement[]>> {
	const found = new Map<Program, Measurement[]>(programs.map((program) => [program, []]));
	for (let repetition = 0; repetition < repetitions; repetition += 1) {
		for (let at = 0; at < programs.length; at += 1) {
			const program = programs[(at + repetition) % programs.length];
			if (program === undefined) continue;
			const one = await measure(server, program, load, repetition);
			found.get(program)?.push(one);
			const { cpuMsPerSession, wallMs } = one.report;
			note(`${program.name}: ${cpuMsPerSession.toFixed(2)} ms CPU a run, ${(wallMs / 1000).toFixed(2)} s`);
		}
	}
	return found;
}
