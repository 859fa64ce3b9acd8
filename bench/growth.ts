import type { Contest } from './by-program.ts';
import { type Finding, markdownTable } from './findings.ts';
import { measureHistory, type WithHistory } from './history.ts';
import { type Load, measure } from './measure.ts';
import { inMemory, openai, type Program } from './programs.ts';
import { said } from './said.ts';
import { growthExponent } from './statistics.ts';

/** One line of the plot: CPU of a run in milliseconds, by what grows. */
export interface Curve {
	what: string;
	program: string;
	points: readonly { x: number; y: number }[];
}

export interface Growth {
	findings: Finding[];
	curves: readonly Curve[];
	/** Markdown. */
	table: string;
}

interface Axis {
	what: string;
	option: 'agents' | 'history' | 'rounds';
	sizes: readonly number[];
	/** What the cost is set against, for a size; `calls`: model calls that a run was found to make. */
	per(size: number, calls: number): number;
	limit: number;
	/** Not what the hand-rolled program does. */
	oursAlone?: true;
}

/** CPU of a run with more agents and with longer threads, ours and the plain SDK's. */
export async function measureGrowth({ server, sizes, note }: Contest): Promise<Growth> {
	const axes: Axis[] = [
		{ what: 'agents', option: 'agents', sizes: sizes.teams, per: (agents) => 2 * agents + 1, limit: 1.25 },
		{
			what: 'answers of each agent',
			option: 'rounds',
			sizes: sizes.rounds,
			// Turns that an answer makes moot are begun again, so they are counted.
			per: (_, calls) => calls,
			limit: 1.25,
			oursAlone: true,
		},
		{ what: 'messages before', option: 'history', sizes: sizes.messages, per: (messages) => messages, limit: 1 },
	];
	const findings: Finding[] = [];
	const rows: string[][] = [];
	const curves: Curve[] = [];
	for (const { what, option, sizes: steps, per, limit, oursAlone = false } of axes) {
		note(`growth with ${what}`);
		const exponentOf = async (program: Program) => {
			const points: { x: number; y: number }[] = [];
			for (const size of steps) {
				const load = grown(sizes.growth, option, size);
				const { report, callsPerRun } = await measure(server, program, load, 0);
				points.push({ x: per(size, callsPerRun), y: report.cpuMsPerSession });
			}
			curves.push({ what, program: program.name, points: points.map(({ y }, at) => ({ x: steps[at] ?? 0, y })) });
			rows.push([what, program.name, points.map(({ y }, at) => `${steps[at]}: ${said(y, 1)}`).join(', ')]);
			return growthExponent(points);
		};
		const sdk = oursAlone ? null : await exponentOf(openai);
		findings.push({
			what: `growth of CPU a run with ${option === 'history' ? 'the thread' : `its model calls, by ${what}`}`,
			value: await exponentOf(inMemory),
			unit: `exponent (1: linear), ${steps[0]} to ${steps.at(-1)}`,
			goal: { limit },
			...(sdk === null ? {} : { beside: `${openai.name}: ${said(sdk)}` }),
		});
	}
	return { findings, curves, table: markdownTable(['CPU ms a run, by', 'program', 'at'], rows) };
}

/** Rounds are up to the provider, everything else to the programs. */
function grown(load: Load, option: Axis['option'], size: number): Load {
	if (option === 'rounds') return { ...load, behaviour: { ...load.behaviour, rounds: size } };
	return { ...load, options: { ...load.options, [option]: size } };
}

/** A figure may be so many times what it is with the shortest history: what differs from one measurement to the next. */
const SAME = 1.3;

interface Aspect {
	title: string;
	pick(seen: WithHistory): number;
	digits: number;
}

/** Shown and not judged: what else the machine does is most of it. */
const firstPage: Aspect = { title: 'first page ms', pick: (seen) => seen.firstPage, digits: 0 };
const judged: readonly Aspect[] = [
	{ title: 'CPU ms of the start', pick: ({ startCpu }) => startCpu, digits: 0 },
	{ title: 'list of threads ms', pick: ({ list }) => list, digits: 1 },
	{ title: 'open a thread ms', pick: ({ thread }) => thread, digits: 1 },
	{ title: 'CPU ms of a run', pick: ({ run }) => run, digits: 1 },
	{ title: 'memory MB', pick: ({ memory }) => memory, digits: 0 },
	{ title: 'disk KB/run', pick: ({ disk }) => disk, digits: 0 },
];

/** The page with more and more runs in its data folder. */
export async function measureWithHistory({ server, sizes, note }: Contest): Promise<Growth> {
	const { histories, requests, repetitions } = sizes;
	note(`history of ${histories.join(', ')} runs`);
	const found = await measureHistory(server, histories, requests, repetitions.cold);
	const [shortest] = found;
	const longest = found.at(-1);
	if (shortest === undefined || longest === undefined) return { findings: [], curves: [], table: '' };
	const shown = [firstPage, ...judged];
	const rows = found.map((seen) => [String(seen.runs), ...shown.map(({ pick, digits }) => said(pick(seen), digits))]);
	const ratios = judged.map(({ title, pick }) => ({ title, ratio: pick(longest) / pick(shortest) }));
	const worst = ratios.filter(({ ratio }) => Number.isFinite(ratio)).toSorted((a, b) => b.ratio - a.ratio)[0];
	const finding: Finding = {
		what: `${longest.runs} runs in the data folder instead of ${shortest.runs}: what grew most`,
		value: worst?.ratio ?? Number.NaN,
		unit: `x (${worst?.title})`,
		goal: { limit: SAME },
		beside: ratios.map(({ title, ratio }) => `${title}: ${said(ratio)}`).join(', '),
	};
	return {
		findings: [finding],
		curves: [],
		table: markdownTable(['runs', ...shown.map(({ title }) => title)], rows),
	};
}
