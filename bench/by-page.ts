import type { Contest } from './by-program.ts';
import { coldStartOfAsk, coldStartOfPage } from './cold-start.ts';
import type { Finding } from './findings.ts';
import { measureRelay, type Relayed } from './relay.ts';
import { said } from './said.ts';
import { median } from './statistics.ts';

/** From the start of the process to the first page, and to the first model call. */
export async function measureColdStart({ server, sizes, note }: Contest): Promise<Finding[]> {
	note('cold start');
	const pages: Awaited<ReturnType<typeof coldStartOfPage>>[] = [];
	const asks: number[] = [];
	for (let repetition = 0; repetition < sizes.repetitions.cold; repetition += 1) {
		pages.push(await coldStartOfPage(server));
		asks.push(await coldStartOfAsk(server));
	}
	const wall = (who: 'ours' | 'uncached' | 'floor') => median(pages.map((page) => page[who].wall));
	const cpu = median(pages.map(({ ours }) => ours.cpu));
	const uncached = `${said(wall('uncached'), 0)} ms without what earlier starts compiled`;
	const goal = { limit: 700 };
	return [
		{
			what: '`npm start`: process start to the first page',
			value: wall('ours'),
			unit: 'ms',
			digits: 0,
			goal,
			beside: `${said(cpu, 0)} ms of CPU; ${uncached}; floor, fastify alone: ${said(wall('floor'), 0)} ms`,
		},
		{
			what: '`npm run ask`: process start to the first model call',
			value: median(asks),
			unit: 'ms',
			digits: 0,
			goal,
		},
	];
}

/** The page holds a passing event back this long, so that one edit carries several tokens; in milliseconds. */
const COALESCED_MS = 50;
/** What people do not notice, in milliseconds. */
const UNNOTICED_MS = 100;

/** A provider's tokens on the page, and how the page is edited for them. */
export async function measurePage({ server, sizes, note }: Contest): Promise<Finding[]> {
	note(`relay: ${sizes.relay.readers} threads are written and read at once`);
	const found = await measureRelay(server, sizes.relay, sizes.repetitions.relay);
	const of = (who: 'ours' | 'floor', pick: (relayed: Relayed) => number) => median(found.map((one) => pick(one[who])));
	const floor = (pick: (relayed: Relayed) => number, digits: number) => `floor: ${said(of('floor', pick), digits)}`;
	const cost = ({ cpuPerToken }: Relayed) => cpuPerToken;
	const p50 = ({ p50: value }: Relayed) => value;
	const p99 = ({ p99: value }: Relayed) => value;
	const longestEnd = Math.max(...found.map(({ ours }) => ours.longestEnd));
	return [
		{
			what: 'CPU for a token, from the provider to the page',
			value: median(found.map(({ ours, floor: other }) => ours.cpuPerToken / other.cpuPerToken)),
			unit: 'x the floor (a direct relay)',
			goal: { limit: 2 },
			beside: `${said(of('ours', cost), 0)} µs; ${floor(cost, 0)}`,
		},
		{
			what: `token on the provider's wire to its event on the page, p50 (${COALESCED_MS} ms are coalesced)`,
			value: of('ours', p50),
			unit: 'ms',
			digits: 1,
			goal: null,
			beside: floor(p50, 1),
		},
		{
			what: 'the same, p99',
			value: of('ours', p99),
			unit: 'ms',
			digits: 1,
			goal: { limit: UNNOTICED_MS },
			beside: floor(p99, 1),
		},
		{
			what: 'edits of one message on the page, most in a second',
			value: of('ours', ({ editsPerSecond }) => editsPerSecond),
			unit: '',
			digits: 0,
			goal: { limit: 1_000 / COALESCED_MS + 1 },
			beside: floor(({ editsPerSecond }) => editsPerSecond, 0),
		},
		{
			what: 'end of the answer on the wire to the finished answer on the page, longest',
			value: longestEnd,
			unit: 'ms',
			digits: 1,
			goal: { limit: UNNOTICED_MS },
			beside: `floor: ${said(Math.max(...found.map((one) => one.floor.longestEnd)), 1)}`,
		},
	];
}
