/**
 * `npm run bench`: the claims of the README, measured. One job (three agents answer, vote, the winner presents), done by
 * us, by the plain SDK with coordination written by hand, and by the floor, against one fake provider, in turns.
 *
 *   node bench/bench.ts [S1] [S3] [cold] [growth] [--reps N]
 *
 * BENCH_PEERS=FOLDER adds the programs `FOLDER/NAME/peer.mjs` whose packages are installed.
 */
import { parseArgs } from 'node:util';
import { coldStartOf, coldStartOfAsk } from './cold-start.ts';
import { type Load, type Measurement, measure, measureAll } from './measure.ts';
import type { PeerReport } from './peer-main.ts';
import { canPin, type Server, startProvider } from './processes.ts';
import { floor, inMemory, onDisk, openai, otherPrograms, type Program } from './programs.ts';
import type { Expected } from './provider-script.ts';
import { growthExponent, median } from './statistics.ts';

const S1: Load = { behaviour: {}, options: { sessions: 200, concurrency: 1, warmup: 100 } };
const S3: Load = {
	behaviour: { ttftMs: 300, tokensPerSec: 60, tokensPerChunk: 1, skew: [1, 1.1, 0.9] },
	// Enough warming up that what is compiled once does not count as the heap of a run.
	options: { sessions: 200, concurrency: 200, warmup: 150, heap: 1, 'heap-at': 9_000 },
};
const TEAM_SIZES = [2, 4, 8, 16, 32];
/** Messages of 400 characters before the question. */
const HISTORIES = [1, 25, 100, 200];

type Found = ReadonlyMap<Program, readonly Measurement[]>;
type Pick = (report: PeerReport) => number;

const cpu: Pick = (report) => report.cpuMsPerSession;
const p50: Pick = (report) => report.latMs.p50;

/** A column: what is said of each program. */
interface Column {
	title: string;
	cell(program: Program): string;
}

const said = (value: number, digits = 2) => (Number.isFinite(value) ? value.toFixed(digits) : '');
const medianOf = (found: Found, program: Program, pick: Pick) =>
	median((found.get(program) ?? []).map(({ report }) => pick(report)));

/** The median of the ratios within one repetition: a busy machine slows both. */
function ratioOf(found: Found, program: Program, other: Program, pick: Pick): number {
	const others = found.get(other) ?? [];
	return median(
		(found.get(program) ?? []).map(({ report, repetition }) => {
			const same = others.find((one) => one.repetition === repetition);
			return same === undefined ? Number.NaN : pick(report) / pick(same.report);
		}),
	);
}

const goals: string[] = [];
function goal(what: string, value: number, limit: number, unit = 'x'): void {
	goals.push(`${value <= limit ? 'met    ' : 'NOT MET'}  ${what}: ${said(value)} ${unit} (goal: at most ${limit})`);
}

const noise: number[] = [];
function listen(found: Found): Found {
	for (const measurements of found.values()) for (const { foreign } of measurements) noise.push(foreign ?? 0);
	return found;
}

const note = (text: string) => process.stderr.write(`  ${text}\n`);

async function overhead(server: Server, programs: readonly Program[], repetitions: number): Promise<Column[]> {
	process.stderr.write('S1: no latency, one run at a time\n');
	const found = listen(await measureAll(server, programs, S1, repetitions, note));
	goal('S1, CPU a run, journal in memory, against the openai peer', ratioOf(found, inMemory, openai, cpu), 1);
	goal('S1, CPU a run, journal in sqlite, against the openai peer', ratioOf(found, onDisk, openai, cpu), 1.5);
	const calls = (program: Program) => median((found.get(program) ?? []).map(({ callsPerRun }) => callsPerRun));
	goal('model calls a run of three agents (2N + 1)', calls(inMemory), 7, 'calls');
	return [
		{ title: 'S1 p50 ms', cell: (program) => said(medianOf(found, program, p50)) },
		{ title: 'x floor', cell: (program) => said(ratioOf(found, program, floor, p50)) },
		{ title: 'S1 CPU ms/run', cell: (program) => said(medianOf(found, program, cpu)) },
		{ title: 'x floor', cell: (program) => said(ratioOf(found, program, floor, cpu)) },
		{ title: 'x openai', cell: (program) => said(ratioOf(found, program, openai, cpu)) },
		{ title: 'calls/run', cell: (program) => said(calls(program), 1) },
	];
}

async function realistic(server: Server, programs: readonly Program[], repetitions: number): Promise<Column[]> {
	process.stderr.write('S3: 300 ms to the first token, 60 tokens/s, 200 runs at once\n');
	const found = listen(await measureAll(server, programs, S3, repetitions, note));
	await server.ask('/config', S3.behaviour);
	const { criticalPathMs } = await server.ask<Expected>('/expected');
	const wall: Pick = ({ wallMs }) => wallMs / criticalPathMs;
	const p99: Pick = ({ latMs }) => latMs.p99 / criticalPathMs;
	const heap: Pick = ({ liveHeapMB }) => liveHeapMB?.perSessionKB ?? Number.NaN;
	for (const program of [inMemory, onDisk]) {
		goal(`S3, wall against the critical path, ${program.name}`, medianOf(found, program, wall), 1.05);
		goal(`S3, live heap a run in flight, ${program.name}`, medianOf(found, program, heap), 100, 'KB');
	}
	return [
		{ title: 'S3 wall x path', cell: (program) => said(medianOf(found, program, wall), 3) },
		{ title: 'p99 x path', cell: (program) => said(medianOf(found, program, p99), 3) },
		{ title: 'S3 CPU ms/run', cell: (program) => said(medianOf(found, program, cpu), 1) },
		{ title: 'x openai', cell: (program) => said(ratioOf(found, program, openai, cpu)) },
		{ title: 'live KB/run', cell: (program) => said(medianOf(found, program, heap), 0) },
	];
}

async function coldStart(server: Server, programs: readonly Program[], repetitions: number): Promise<Column[]> {
	process.stderr.write('cold start to the first model call\n');
	const times = new Map<Program, number[]>(programs.map((program) => [program, []]));
	const whole: number[] = [];
	for (let repetition = 0; repetition < repetitions; repetition += 1) {
		for (const program of programs) times.get(program)?.push(await coldStartOf(server, program));
		whole.push(await coldStartOfAsk(server));
	}
	goal('cold start of `npm run ask` to its first model call', median(whole), 700, 'ms');
	return [{ title: 'cold start ms', cell: (program) => said(median(times.get(program) ?? []), 0) }];
}

async function growth(server: Server): Promise<string[]> {
	const options = { sessions: 25, concurrency: 1, warmup: 10 };
	const lines: string[] = [];
	const grow = async (
		what: string,
		name: 'agents' | 'history',
		sizes: readonly number[],
		per: (x: number) => number,
	) => {
		process.stderr.write(`growth with ${what}\n`);
		for (const program of [openai, inMemory]) {
			const points: { x: number; y: number }[] = [];
			for (const x of sizes) {
				const { report } = await measure(server, program, { behaviour: {}, options: { ...options, [name]: x } }, 0);
				points.push({ x: per(x), y: report.cpuMsPerSession });
			}
			const shown = points.map(({ y }, at) => `${sizes[at]}: ${said(y, 1)}`).join(', ');
			lines.push(`${what}, ${program.name}: CPU ms a run at ${shown}; exponent ${said(growthExponent(points))}`);
		}
	};
	await grow('agents (exponent over model calls)', 'agents', TEAM_SIZES, (agents) => 2 * agents + 1);
	await grow('messages before the question', 'history', HISTORIES, (messages) => messages);
	return lines;
}

function table(programs: readonly Program[], columns: readonly Column[]): string {
	const rows = [
		['program', ...columns.map(({ title }) => title)],
		['---', ...columns.map(() => '---')],
		...programs.map((program) => [program.name, ...columns.map(({ cell }) => cell(program))]),
	];
	return rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

async function main(): Promise<void> {
	const { values, positionals } = parseArgs({ allowPositionals: true, options: { reps: { type: 'string' } } });
	const wants = (name: string) => positionals.length === 0 || positionals.includes(name);
	const times = (usual: number) => Number(values.reps ?? usual);
	const programs = [floor, openai, inMemory, onDisk, ...otherPrograms(process.env.BENCH_PEERS)];
	const server = await startProvider();
	try {
		const columns: Column[] = [];
		if (wants('S1')) columns.push(...(await overhead(server, programs, times(5))));
		if (wants('S3')) columns.push(...(await realistic(server, programs, times(2))));
		if (wants('cold')) columns.push(...(await coldStart(server, programs, times(5))));
		if (columns.length > 0) console.log(`${table(programs, columns)}\n`);
		if (wants('growth')) console.log(`${(await growth(server)).join('\n')}\n`);
	} finally {
		server.stop();
	}
	if (goals.length > 0) console.log(`${goals.join('\n')}\n`);
	const pinned = canPin ? 'Client and server were pinned to a core each.' : 'Client and server shared the cores.';
	const foreign = median(noise);
	const verdict = foreign > 0.2 ? 'the machine was busy, so quote ratios and run it again' : 'a quiet machine';
	console.log(`${pinned} Other processes used ${said(foreign)} cores in the median: ${verdict}.`);
}

await main();
