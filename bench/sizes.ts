import type { Load } from './measure.ts';
import type { RelayLoad } from './relay.ts';
import type { WorkersLoad } from './workers.ts';

/** How much of everything is measured. */
export interface Sizes {
	/** No latency, one run at a time: what a run costs. */
	alone: Load;
	/** No latency, as many at once as keep a core busy. */
	saturated: Load;
	/** A model's pace, many runs at once. */
	realistic: Load;
	/** A model's pace in events of 32 tokens, as many runs at once as one process is to carry. */
	crowd: Load;
	/** A model's pace: how many runs at once are tried first, and how finely their number is found, as a part of it. */
	carried: { load: Load; first: number; precision: number };
	/** Places that are posted to and posts to each, as fast as they go; and seconds of posting in a platform's pace. */
	pacing: { places: number; posts: number; seconds: number };
	relay: RelayLoad;
	/** Worker processes on one Redis. */
	workers: WorkersLoad;
	teams: readonly number[];
	/** Answers that each agent gives, one after the other. */
	rounds: readonly number[];
	/** Messages of 400 characters before the question. */
	messages: readonly number[];
	growth: Load;
	/** Runs in the data folder. */
	histories: readonly number[];
	/** Requests of each kind with such a history; the page takes 60 questions a minute. */
	requests: number;
	repetitions: Readonly<Record<'alone' | 'saturated' | 'realistic' | 'cold' | 'relay' | 'crowd' | 'workers', number>>;
}

const PACE = { ttftMs: 300, tokensPerSec: 60, tokensPerChunk: 1, skew: [1, 1.1, 0.9] };

export const full: Sizes = {
	alone: { behaviour: {}, options: { sessions: 200, concurrency: 1, warmup: 100 } },
	saturated: { behaviour: {}, options: { sessions: 600, concurrency: 64, warmup: 100 } },
	realistic: {
		behaviour: PACE,
		// Enough warming up that what is compiled once does not count as the heap of a run.
		options: { sessions: 200, concurrency: 200, warmup: 150, heap: 1, 'heap-at': 9_000 },
	},
	crowd: {
		behaviour: { ...PACE, tokensPerChunk: 32 },
		options: { sessions: 2_000, concurrency: 2_000, warmup: 150, heap: 1, 'heap-at': 6_000 },
	},
	carried: { load: { behaviour: PACE, options: { warmup: 150 }, onlyOnce: true }, first: 200, precision: 0.1 },
	pacing: { places: 200, posts: 50, seconds: 20 },
	relay: { readers: 20, long: 460, short: 60, warmup: 10 },
	workers: { workers: [1, 2, 4], runs: 400, warmup: 40 },
	teams: [2, 4, 8, 16, 32],
	rounds: [1, 2, 4, 8],
	messages: [1, 25, 100, 200],
	growth: { behaviour: {}, options: { sessions: 25, concurrency: 1, warmup: 10 } },
	histories: [10, 100, 1_000],
	requests: 15,
	repetitions: { alone: 5, saturated: 3, realistic: 2, cold: 7, relay: 3, crowd: 2, workers: 3 },
};

/** Shows that everything can be measured; the figures mean nothing. */
export const tiny: Sizes = {
	alone: { behaviour: {}, options: { sessions: 2, concurrency: 1 }, onlyOnce: true },
	saturated: { behaviour: {}, options: { sessions: 4, concurrency: 2 }, onlyOnce: true },
	realistic: {
		behaviour: { ...PACE, ttftMs: 50, tokensPerSec: 200, answerTokens: 20, voteTokens: 5, finalTokens: 20 },
		options: { sessions: 2, concurrency: 2, heap: 1, 'heap-at': 100 },
		onlyOnce: true,
	},
	crowd: {
		behaviour: { ...PACE, ttftMs: 50, tokensPerSec: 200, tokensPerChunk: 32, answerTokens: 64, finalTokens: 64 },
		options: { sessions: 3, concurrency: 3, heap: 1, 'heap-at': 100 },
		onlyOnce: true,
	},
	carried: {
		load: {
			behaviour: { ...PACE, ttftMs: 50, tokensPerSec: 200, answerTokens: 20, voteTokens: 5, finalTokens: 20 },
			options: {},
			onlyOnce: true,
		},
		...{ first: 1, precision: 1 },
	},
	pacing: { places: 2, posts: 3, seconds: 1 },
	relay: { readers: 2, long: 20, short: 5, warmup: 1 },
	workers: { workers: [1, 2], runs: 2, warmup: 1 },
	teams: [1, 2],
	rounds: [1, 2],
	messages: [1, 2],
	growth: { behaviour: {}, options: { sessions: 1, concurrency: 1 }, onlyOnce: true },
	histories: [1, 3],
	requests: 2,
	repetitions: { alone: 1, saturated: 1, realistic: 1, cold: 1, relay: 1, crowd: 1, workers: 1 },
};

/** The same, every measurement made so many times. */
export function repeated(sizes: Sizes, times: number): Sizes {
	const names = Object.keys(sizes.repetitions) as (keyof Sizes['repetitions'])[];
	const repetitions = Object.fromEntries(names.map((name) => [name, times])) as Sizes['repetitions'];
	return { ...sizes, repetitions };
}
