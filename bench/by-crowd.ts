import type { ByProgram, Contest } from './by-program.ts';
import type { Finding } from './findings.ts';
import { measure, measureAll } from './measure.ts';
import type { PeerReport } from './peer-main.ts';
import { inMemory, onDisk, openai, type Program } from './programs.ts';
import type { Expected } from './provider-script.ts';
import { said } from './said.ts';
import { median } from './statistics.ts';

/** Runs count as carried while they take at most so many times their critical path. */
const CARRIED = 1.15;
/** What a core carries of ours is to be so many times what it carries of the plain SDK. */
const MORE_THAN_SDK = 1.3;
const MOST_TRIES = 8;

/** A model's pace in events of 32 tokens, thousands of runs at once in one process. */
export async function measureCrowd({ server, sizes, note }: Contest): Promise<ByProgram> {
	const { behaviour, options } = sizes.crowd;
	const { sessions = 1 } = options;
	note(`S5: a model's pace in events of 32 tokens, ${sessions} runs at once`);
	const programs = [inMemory, onDisk, openai];
	const found = await measureAll(server, programs, sizes.crowd, sizes.repetitions.crowd, note);
	await server.ask('/config', behaviour);
	const { criticalPathMs } = await server.ask<Expected>('/expected');
	const of = (program: Program, pick: (report: PeerReport) => number) =>
		median((found.get(program) ?? []).map(({ report }) => pick(report)));
	const wall = ({ wallMs }: PeerReport) => wallMs / criticalPathMs;
	const heap = ({ liveHeapMB }: PeerReport) => liveHeapMB?.perSessionKB ?? Number.NaN;
	const resident = ({ rssMB }: PeerReport) => (rssMB.peak * 1_024) / sessions;
	const findings = [inMemory, onDisk].flatMap((program): Finding[] => [
		{
			...{ what: `wall time of ${sessions} runs at once, events of 32 tokens, ${program.name}`, digits: 3 },
			...{ value: of(program, wall), unit: 'x the critical path', goal: { limit: CARRIED } },
			beside: `${openai.name}: ${said(of(openai, wall), 3)}`,
		},
		{
			...{ what: `live heap of each of ${sessions} runs, ${program.name}`, digits: 0 },
			...{ value: of(program, heap), unit: 'KB', goal: { limit: 100 } },
			beside: `${openai.name}: ${said(of(openai, heap), 0)}; resident at the peak ${said(of(program, resident), 0)} and ${said(of(openai, resident), 0)} KB a run`,
		},
	]);
	const all = [...found.values()].flat();
	note(`the provider itself was behind its pace by ${said(median(all.map(({ serverLateMs }) => serverLateMs)), 1)} ms`);
	return { findings, columns: [], foreign: all.map(({ foreign }) => foreign ?? 0) };
}

/** How many runs at once a core carries, each token an event of its own: ours against the plain SDK. */
export async function measureCarried(contest: Contest): Promise<ByProgram> {
	contest.note(`S6: a model's pace, as many runs as end within ${CARRIED} x the critical path`);
	const sdk = await carriedBy(openai, contest);
	const findings: Finding[] = [];
	for (const program of [inMemory, onDisk]) {
		const runs = await carriedBy(program, contest);
		findings.push({
			...{ what: `runs a core carries at ${CARRIED} x the critical path, ${program.name}`, value: runs / sdk },
			...{ unit: `x ${openai.name}`, goal: { limit: MORE_THAN_SDK, atLeast: true } },
			beside: `${runs}; ${openai.name}: ${sdk}`,
		});
	}
	return { findings, columns: [], foreign: [] };
}

/** The largest number of runs that was carried, found by doubling and then halving what is between. */
async function carriedBy(program: Program, { server, sizes, note }: Contest): Promise<number> {
	const { load, first, precision } = sizes.carried;
	await server.ask('/config', load.behaviour);
	let carried = 0;
	let tooMany = Number.POSITIVE_INFINITY;
	for (let runs = first, tries = 0; tries < MOST_TRIES; tries += 1) {
		const options = { ...load.options, sessions: runs, concurrency: runs };
		const { report } = await measure(server, program, { ...load, options }, 0);
		const { criticalPathMs } = await server.ask<Expected>('/expected');
		const ratio = report.wallMs / criticalPathMs;
		note(`${program.name}: ${runs} runs in ${said(ratio, 3)} x the critical path`);
		if (ratio <= CARRIED) carried = runs;
		else tooMany = runs;
		if (tooMany - carried <= precision * tooMany) break;
		runs = tooMany === Number.POSITIVE_INFINITY ? carried * 2 : Math.round((carried + tooMany) / 2);
	}
	return carried;
}
