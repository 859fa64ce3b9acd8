import type { Finding } from './findings.ts';
import { type Measurement, measureAll } from './measure.ts';
import type { PeerReport } from './peer-main.ts';
import type { Server } from './processes.ts';
import { floor, inMemory, onDisk, openai, type Program } from './programs.ts';
import type { Expected } from './provider-script.ts';
import { said } from './said.ts';
import type { Sizes } from './sizes.ts';
import { median } from './statistics.ts';

/** A column of the table of programs. */
export interface Column {
	title: string;
	cell(program: Program): string;
}

export interface ByProgram {
	findings: Finding[];
	columns: Column[];
	/** Cores that other processes used during each measurement. */
	foreign: number[];
}

/** What measures programs against each other, and says how far it is. */
export interface Contest {
	server: Server;
	programs: readonly Program[];
	sizes: Sizes;
	note(text: string): void;
}

type Pick = (report: PeerReport) => number;
type Found = ReadonlyMap<Program, readonly Measurement[]>;

const cpu: Pick = ({ cpuMsPerSession }) => cpuMsPerSession;
const p50: Pick = ({ latMs }) => latMs.p50;

/** The figures of one scenario, by program. */
function figuresOf(found: Found) {
	const measured = (program: Program) => found.get(program) ?? [];
	const medianOf = (program: Program, pick: Pick) => median(measured(program).map(({ report }) => pick(report)));
	/** The median of the ratios within one repetition: a busy machine slows both. */
	const ratioOf = (program: Program, other: Program, pick: Pick) =>
		median(
			measured(program).map(({ report, repetition }) => {
				const same = measured(other).find((one) => one.repetition === repetition);
				return same === undefined ? Number.NaN : pick(report) / pick(same.report);
			}),
		);
	return {
		medianOf,
		ratioOf,
		calls: (program: Program) => median(measured(program).map(({ callsPerRun }) => callsPerRun)),
		column: (title: string, pick: Pick, digits?: number): Column => ({
			title,
			cell: (program) => said(medianOf(program, pick), digits),
		}),
		ratioColumn: (title: string, other: Program, pick: Pick): Column => ({
			title,
			cell: (program) => said(ratioOf(program, other, pick)),
		}),
		foreign: [...found.values()].flat().map(({ foreign }) => foreign ?? 0),
	};
}

const ours = [
	{ program: inMemory, journal: 'journal in memory', limit: 1 },
	{ program: onDisk, journal: 'journal in SQLite', limit: 1.5 },
];

/** No latency, one run at a time: what a run costs. */
export async function measureAlone({ server, programs, sizes, note }: Contest): Promise<ByProgram> {
	note('S1: no latency, one run at a time');
	const found = figuresOf(await measureAll(server, programs, sizes.alone, sizes.repetitions.alone, note));
	const besides = `floor: ${said(found.ratioOf(floor, openai, cpu))} x`;
	const costs = ours.map(({ program, journal, limit }) => ({
		what: `CPU a run, no latency, ${journal}`,
		value: found.ratioOf(program, openai, cpu),
		unit: 'x the openai SDK by hand',
		goal: { limit },
		beside: `${said(found.medianOf(program, cpu))} ms; ${besides}`,
	}));
	const calls = {
		what: 'model calls of a run of 3 agents (2N + 1)',
		value: found.calls(inMemory),
		unit: '',
		digits: 1,
		goal: { limit: 7 },
	};
	const columns = [
		found.column('S1 p50 ms', p50),
		found.column('S1 CPU ms', cpu),
		found.ratioColumn('x floor', floor, cpu),
		found.ratioColumn('x openai', openai, cpu),
		{ title: 'calls', cell: (program: Program) => said(found.calls(program), 1) },
	];
	return { findings: [...costs, calls], columns, foreign: found.foreign };
}

/** No latency, a core kept busy: how many runs it carries to their end. */
export async function measureSaturated({ server, programs, sizes, note }: Contest): Promise<ByProgram> {
	const { options } = sizes.saturated;
	note(`S2: no latency, ${options.concurrency} runs at once`);
	const found = figuresOf(await measureAll(server, programs, sizes.saturated, sizes.repetitions.saturated, note));
	/** By processor time: others on the machine, and a disk that is waited for, do not count. */
	const rate: Pick = ({ cpuMsPerSession }) => 1_000 / cpuMsPerSession;
	const wallRate: Pick = ({ wallMs }) => ((options.sessions ?? 0) * 1_000) / wallMs;
	const besides = [openai, floor].map((other) => `${other.name}: ${said(found.medianOf(other, rate), 0)}`).join('; ');
	const findings = ours.map(({ program, journal, limit }) => ({
		what: `runs a second of CPU, saturated, ${journal}`,
		value: found.ratioOf(program, openai, rate),
		unit: 'x the openai SDK by hand',
		goal: { limit: Math.round(100 / limit) / 100, atLeast: true },
		beside: `${said(found.medianOf(program, rate), 0)}; ${besides}`,
	}));
	const columns = [
		found.column('S2 runs/s CPU', rate, 0),
		found.ratioColumn('x openai', openai, rate),
		found.column('S2 runs/s wall', wallRate, 0),
	];
	return { findings, columns, foreign: found.foreign };
}

/** What a chat platform lets a bot do: one edit of a message in two seconds. */
const EDITS_PER_SECOND = 0.5;
const MOST_POSTS = 8;

/** A model's pace, many runs at once. */
export async function measureRealistic({ server, programs, sizes, note }: Contest): Promise<ByProgram> {
	const { behaviour, options } = sizes.realistic;
	const { sessions = 1 } = options;
	note(`S3: a model's pace, ${sessions} runs at once`);
	const found = figuresOf(await measureAll(server, programs, sizes.realistic, sizes.repetitions.realistic, note));
	await server.ask('/config', behaviour);
	const { criticalPathMs } = await server.ask<Expected>('/expected');
	const wall: Pick = ({ wallMs }) => wallMs / criticalPathMs;
	const heap: Pick = ({ liveHeapMB }) => liveHeapMB?.perSessionKB ?? Number.NaN;
	const edits: Pick = ({ boardEdits = Number.NaN, wallMs }) => (boardEdits * 1_000) / sessions / wallMs;
	const beside = (pick: Pick, digits: number) => `${openai.name}: ${said(found.medianOf(openai, pick), digits)}`;
	const findings = ours.flatMap(({ program, journal }): Finding[] => [
		{
			what: `wall time of ${sessions} runs at once, ${journal}`,
			value: found.medianOf(program, wall),
			unit: 'x the critical path',
			digits: 3,
			goal: { limit: 1.05 },
			beside: beside(wall, 3),
		},
		{
			what: `live heap of a run, ${journal}`,
			value: found.medianOf(program, heap),
			unit: 'KB',
			digits: 0,
			goal: { limit: 100 },
			beside: beside(heap, 0),
		},
	]);
	findings.push(
		{
			what: 'messages posted for a run',
			value: found.medianOf(inMemory, ({ posts }) => posts / sessions),
			unit: '',
			digits: 1,
			goal: { limit: MOST_POSTS },
		},
		{
			what: 'edits of a board where a platform allows one in 2 s',
			value: found.medianOf(inMemory, edits),
			unit: 'a second',
			goal: { limit: EDITS_PER_SECOND },
		},
	);
	const columns = [
		found.column('S3 wall x path', wall, 3),
		found.column('p99 x path', ({ latMs }) => latMs.p99 / criticalPathMs, 3),
		found.column('S3 CPU ms', cpu, 1),
		found.ratioColumn('x openai', openai, cpu),
		found.column('live KB/run', heap, 0),
	];
	return { findings, columns, foreign: found.foreign };
}
