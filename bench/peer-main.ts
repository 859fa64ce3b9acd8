import { parseArgs } from 'node:util';
import { ANSWER_MARK, type Expected } from './provider-script.ts';
import { quantile } from './statistics.ts';

/** What a program makes of one run, to be checked. */
export interface RunResult {
	/** Each agent's latest answer. */
	answers: readonly string[];
	/** For whom each agent voted. */
	votes: readonly string[];
	winner: string;
	final: string;
}

export interface PeerSetup {
	/** The provider's address, with `/v1`. */
	baseUrl: string;
	/** Number of agents; the model of the first is `sim-a1`. */
	agents: number;
	/** Has the same meaning everywhere: something was shown to people. */
	posted(): void;
	/** The board of a thread was edited. */
	boardEdited(): void;
	variant: string;
}

/** One run: answers, votes, presentation. Rejects when it failed. */
export type PeerRun = (question: string) => Promise<RunResult>;

export const modelOf = (index: number) => `sim-a${index + 1}`;

/** The one line of JSON that a program prints. Names are those of the shared bench, whose programs run here too. */
export interface PeerReport {
	wallMs: number;
	latMs: { p50: number; p99: number };
	cpuMsPerSession: number;
	errors: number;
	firstError?: string;
	posts: number;
	/** Of our own programs. */
	boardEdits?: number;
	peakInflight: number;
	rssMB: { peak: number };
	liveHeapMB?: { perSessionKB: number; inflight: number };
}

const MB = 1_048_576;

/** Live bytes after a full collection; needs `--expose-gc`. */
function liveBytes(): number {
	globalThis.gc?.();
	globalThis.gc?.();
	const { heapUsed, external } = process.memoryUsage();
	return heapUsed + external;
}

function readOptions() {
	const text = { type: 'string' } as const;
	const { values } = parseArgs({
		options: {
			url: text,
			sessions: text,
			concurrency: text,
			warmup: text,
			agents: text,
			history: text,
			heap: text,
			'heap-at': text,
			variant: text,
		},
	});
	const number = (name: Exclude<keyof typeof values, 'url' | 'variant'>, otherwise: number) =>
		Number(values[name] ?? otherwise);
	return {
		url: values.url ?? '',
		variant: values.variant ?? '',
		sessions: number('sessions', 1),
		concurrency: number('concurrency', 1),
		warmup: number('warmup', 0),
		agents: number('agents', 3),
		history: number('history', 0),
		heap: number('heap', 0) === 1,
		heapAt: number('heap-at', 9_000),
	};
}

/** Throws unless a run came to what the provider's script makes of it. */
function check({ answers, votes, winner, final }: RunResult, agents: number, expected: Expected): void {
	const right =
		answers.length === agents * expected.answerRounds &&
		answers.every((answer) => answer.startsWith(ANSWER_MARK)) &&
		votes.length === agents &&
		votes.every((vote) => vote === winner) &&
		final.length === expected.finalChars;
	if (right) return;
	throw new Error(
		`wrong result: ${answers.length} answers instead of ${agents * expected.answerRounds}, votes for ${votes.join(', ')}, ${winner} won, ${final.length} of ${expected.finalChars} characters`,
	);
}

async function json<Body>(url: string, body?: object): Promise<Body> {
	const response = await fetch(url, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
	return (await response.json()) as Body;
}

/** Runs a program's sessions as the command line asks, checks each, prints the report and ends the process. */
export async function peerMain(setup: (setup: PeerSetup) => Promise<PeerRun>): Promise<void> {
	const options = readOptions();
	const { url, agents, concurrency } = options;
	let posts = 0;
	let boardEdits = 0;
	let inFlight = 0;
	let peakInflight = 0;
	let firstError: string | null = null;
	let errors = 0;
	const run = await setup({
		baseUrl: `${url}/v1`,
		agents,
		variant: options.variant,
		posted: () => {
			posts += 1;
		},
		boardEdited: () => {
			boardEdits += 1;
		},
	});
	const expected = await json<Expected>(`${url}/expected`);
	const history = Array.from({ length: options.history }, (_, at) =>
		`<user${at % 7}> message ${at}, `.padEnd(399, 'as was said before ').concat('\n'),
	).join('');

	const session = async (): Promise<number> => {
		inFlight += 1;
		peakInflight = Math.max(peakInflight, inFlight);
		const startedAt = performance.now();
		try {
			check(await run(`${history}What limits the speed of a parallel program?`), agents, expected);
		} catch (error) {
			errors += 1;
			firstError ??= String(error instanceof Error ? error.stack : error).slice(0, 1_500);
		}
		inFlight -= 1;
		return performance.now() - startedAt;
	};
	const batch = async (count: number, atATime: number): Promise<number[]> => {
		const latencies: number[] = [];
		let left = count;
		const lane = async () => {
			while (left > 0) {
				left -= 1;
				latencies.push(await session());
			}
		};
		await Promise.all(Array.from({ length: Math.min(atATime, count) }, lane));
		return latencies;
	};

	if (options.warmup > 0) {
		const paced = await json<object>(`${url}/config`);
		await json(`${url}/config`, { ttftMs: 0, tokensPerSec: 0 });
		await batch(options.warmup, Math.min(concurrency, 16));
		await json(`${url}/config`, paced);
		await json(`${url}/reset`, {});
	}
	posts = 0;
	boardEdits = 0;
	peakInflight = 0;
	const heapBefore = options.heap ? liveBytes() : 0;
	const heap: { perSessionKB: number; inflight: number }[] = [];
	const look = () => {
		heap.push({ inflight: inFlight, perSessionKB: (liveBytes() - heapBefore) / 1024 / inFlight });
	};
	const looking = options.heap ? setTimeout(look, options.heapAt) : undefined;
	const cpuBefore = process.cpuUsage();
	const startedAt = performance.now();
	const latencies = await batch(options.sessions, concurrency);
	const wallMs = performance.now() - startedAt;
	const { user, system } = process.cpuUsage(cpuBefore);
	clearTimeout(looking);
	const report: PeerReport = {
		wallMs,
		latMs: { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) },
		cpuMsPerSession: (user + system) / 1000 / options.sessions,
		errors,
		...(firstError === null ? {} : { firstError }),
		posts,
		boardEdits,
		peakInflight,
		rssMB: { peak: (process.resourceUsage().maxRSS * 1024) / MB },
		...(heap[0] === undefined ? {} : { liveHeapMB: heap[0] }),
	};
	console.log(JSON.stringify(report));
	process.exit(0);
}
