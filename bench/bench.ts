/**
 * `npm run bench`: the claims of the README, measured. One job (three agents answer, vote, the winner presents), done by
 * us, by the plain SDK with coordination written by hand, and by the floor, against one fake provider, in turns; and our
 * page over HTTP beside a floor of its own.
 *
 *   node bench/bench.ts [alone] [saturated] [realistic] [crowd] [carried] [pacing] [cold] [page] [growth] [history]
 *                       [workers] [--reps N] [--tiny] [--plot FILE]
 *
 * BENCH_PEERS=FOLDER adds the programs `FOLDER/NAME/peer.mjs` whose packages are installed. `--reps N` makes every
 * measurement N times; `--plot FILE` draws how a run grows; `--tiny` only shows that everything can be measured.
 */
import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { measureCarried, measureCrowd } from './by-crowd.ts';
import { measurePacing } from './by-pacing.ts';
import { measureColdStart, measurePage } from './by-page.ts';
import { type ByProgram, type Contest, measureAlone, measureRealistic, measureSaturated } from './by-program.ts';
import { measureWorkers } from './by-workers.ts';
import { type Finding, findingsTable, markdownTable } from './findings.ts';
import { measureGrowth, measureWithHistory } from './growth.ts';
import { growthPlot } from './plot.ts';
import { canPin, startProvider } from './processes.ts';
import { floor, inMemory, onDisk, openai, otherPrograms } from './programs.ts';
import { said } from './said.ts';
import { full, repeated, tiny } from './sizes.ts';
import { median } from './statistics.ts';
import { whatRuns } from './what-runs.ts';

const contests: Readonly<Record<string, (contest: Contest) => Promise<ByProgram>>> = {
	alone: measureAlone,
	saturated: measureSaturated,
	realistic: measureRealistic,
	crowd: measureCrowd,
	carried: measureCarried,
};

async function measureEverything(contest: Contest, wants: (name: string) => boolean) {
	const findings: Finding[] = [];
	const tables: string[] = [];
	const results: ByProgram[] = [];
	for (const [name, contestOf] of Object.entries(contests)) if (wants(name)) results.push(await contestOf(contest));
	const columns = results.flatMap((result) => result.columns);
	findings.push(...results.flatMap((result) => result.findings));
	if (columns.length > 0) {
		const rows = contest.programs.map((program) => [program.name, ...columns.map(({ cell }) => cell(program))]);
		tables.push(markdownTable(['program', ...columns.map(({ title }) => title)], rows));
	}
	if (wants('pacing')) findings.push(...(await measurePacing(contest)).findings);
	if (wants('cold')) findings.push(...(await measureColdStart(contest)));
	if (wants('page')) findings.push(...(await measurePage(contest)));
	if (wants('workers')) {
		const byWorkers = await measureWorkers(contest);
		findings.push(...byWorkers.findings);
		if (byWorkers.table !== '') tables.push(byWorkers.table);
	}
	const grown = [
		...(wants('growth') ? [await measureGrowth(contest)] : []),
		...(wants('history') ? [await measureWithHistory(contest)] : []),
	];
	findings.push(...grown.flatMap((growth) => growth.findings));
	tables.push(...grown.map(({ table }) => table));
	const curves = grown.flatMap((growth) => growth.curves);
	return { findings, tables, curves, foreign: results.flatMap((result) => result.foreign) };
}

async function main(): Promise<void> {
	const options = { tiny: { type: 'boolean' }, reps: { type: 'string' }, plot: { type: 'string' } } as const;
	const { values, positionals } = parseArgs({ allowPositionals: true, options });
	const note = (text: string) => process.stderr.write(`  ${text}\n`);
	const server = await startProvider();
	try {
		const others = await whatRuns(server, otherPrograms(process.env.BENCH_PEERS));
		const programs = [floor, openai, inMemory, onDisk, ...others.running];
		const sizes = values.tiny === true ? tiny : full;
		const contest = {
			server,
			programs,
			sizes: values.reps === undefined ? sizes : repeated(sizes, Number(values.reps)),
			note,
		};
		const wants = (name: string) => positionals.length === 0 || positionals.includes(name);
		const { findings, tables, curves, foreign } = await measureEverything(contest, wants);
		console.log([findingsTable(findings), ...tables].join('\n\n'));
		if (values.plot !== undefined) writeFileSync(values.plot, growthPlot(curves));
		if (values.tiny === true)
			console.log('\nTiny: these figures show that everything can be measured, and mean nothing.');
		console.log(`\n${[...others.refusals, circumstances(foreign)].join('\n')}`);
	} finally {
		server.stop();
	}
}

function circumstances(foreign: readonly number[]): string {
	const pinned = canPin ? 'Client and server were pinned to a core each.' : 'Client and server shared the cores.';
	const load = `Node ${process.versions.node}; load average ${loadavg()
		.map((one) => said(one, 1))
		.join(' ')}.`;
	if (foreign.length === 0) return `${pinned} ${load}`;
	const others = median(foreign);
	const verdict = others > 0.2 ? 'the machine was busy, so quote ratios and run it again' : 'a quiet machine';
	return `${pinned} ${load} Other processes used ${said(others)} cores in the median: ${verdict}.`;
}

await main();
