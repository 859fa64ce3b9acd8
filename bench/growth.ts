import type { Contest } from './by-program.ts';
import { type Finding, markdownTable } from './findings.ts';
import { measureHistory, type WithHistory } from './history.ts';
import { measure } from './measure.ts';
import { inMemory, openai, type Program } from './programs.ts';
import { said } from './said.ts';
import { growthExponent } from './statistics.ts';

export interface Growth {
	findings: Finding[];
	/** Markdown. */
	table: string;
}

interface Axis {
	what: string;
	option: 'agents' | 'history';
	sizes: readonly number[];
	/** What the cost is set against, for a size. */
	per(size: number): number;
	limit: number;
}

/** CPU of a run with more agents and with longer threads, ours and the plain SDK's. */
export async function measureGrowth({ server, sizes, note }: Contest): Promise<Growth> {
	const axes: Axis[] = [
		{ what: 'agents', option: 'agents', sizes: sizes.teams, per: (agents) => 2 * agents + 1, limit: 1.25 },
		{ what: 'messages before', option: 'history', sizes: sizes.messages, per: (messages) => messages, limit: 1 },
	];
	const findings: Finding[] = [];
	const rows: string[][] = [];
	for (const { what, option, sizes: steps, per, limit } of axes) {
		note(`growth with ${what}`);
		const exponentOf = async (program: Program) => {
			const points: { x: number; y: number }[] = [];
			for (const size of steps) {
				const load = { ...sizes.growth, options: { ...sizes.growth.options, [option]: size } };
				points.push({ x: per(size), y: (await measure(server, program, load, 0)).report.cpuMsPerSession });
			}
			rows.push([what, program.name, points.map(({ y }, at) => `${steps[at]}: ${said(y, 1)}`).join(', ')]);
			return growthExponent(points);
		};
		const sdk = await exponentOf(openai);
		findings.push({
			what: option === 'agents' ? 'growth of CPU a run with its model calls' : 'growth of CPU a run with the thread',
			value: await exponentOf(inMemory),
			unit: `exponent (1: linear), ${what} ${steps[0]} to ${steps.at(-1)}`,
			goal: { limit },
			beside: `${openai.name}: ${said(sdk)}`,
		});
	}
	return { findings, table: markdownTable(['CPU ms a run, by', 'program', 'at'], rows) };
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
	if (shortest === undefined || longest === undefined) return { findings: [], table: '' };
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
		table: markdownTable(['runs', ...shown.map(({ title }) => title)], rows),
	};
}
