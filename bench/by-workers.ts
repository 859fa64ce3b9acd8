import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import type { Contest } from './by-program.ts';
import { type Finding, markdownTable } from './findings.ts';
import { said } from './said.ts';
import { median } from './statistics.ts';
import { type ByWorkers, measureWorkersOnce } from './workers.ts';

/** Whether this machine has what the part needs. */
export const hasRedis = () => spawnSync('redis-server', ['--version']).status === 0;

/** Runs a second of one gateway with more and more workers, on one Redis, without the provider's latency. */
export async function measureWorkers({
	server,
	sizes,
	note,
}: Contest): Promise<{ findings: Finding[]; table: string }> {
	if (!hasRedis()) {
		note('workers: not measured, there is no redis-server');
		return { findings: [], table: '' };
	}
	const { workers } = sizes.workers;
	note(`one gateway, ${workers.join(', ')} workers, one Redis: ${sizes.workers.runs} runs at once, no latency`);
	const rounds: ByWorkers[][] = [];
	for (let round = 0; round < sizes.repetitions.workers; round += 1) {
		const found: ByWorkers[] = [];
		for (const count of workers) {
			const one = await measureWorkersOnce(server, sizes.workers, count);
			note(`${count} workers: ${said(one.runsPerSecond, 1)} runs/s, ${said(one.cpuMs.workers, 1)} ms CPU a run`);
			found.push(one);
		}
		rounds.push(found);
	}
	const of = (at: number, pick: (one: ByWorkers, first: ByWorkers) => number) =>
		median(rounds.map((found) => pick(found[at] ?? missing(), found[0] ?? missing())));
	const rate = ({ runsPerSecond }: ByWorkers) => runsPerSecond;
	const cost = ({ cpuMs }: ByWorkers) => cpuMs.workers;
	const titles = ['workers', 'runs/s', 'x one worker', 'CPU ms a run: workers', 'gateway', 'Redis'];
	const rows = workers.map((count, at) => [
		String(count),
		said(of(at, rate), 1),
		said(of(at, (one, first) => rate(one) / rate(first))),
		said(of(at, cost), 1),
		said(
			of(at, ({ cpuMs }) => cpuMs.gateway),
			1,
		),
		said(
			of(at, ({ cpuMs }) => cpuMs.redis),
			1,
		),
	]);
	const findings = workers.slice(1).map((count, index): Finding => {
		const at = index + 1;
		return {
			...{ what: `runs a second with ${count} workers`, unit: 'x one worker', goal: null },
			value: of(at, (one, first) => rate(one) / rate(first)),
			beside: `${availableParallelism()} cores for all; CPU a run ${said(of(at, (one, first) => cost(one) / cost(first)))} x`,
		};
	});
	return { findings, table: markdownTable(titles, rows) };
}

function missing(): never {
	throw new Error('a round has a measurement for every number of workers');
}
