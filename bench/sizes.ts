import type { Load } from './measure.ts';
import type { RelayLoad } from './relay.ts';

/** How much of everything is measured. */
export interface Sizes {
	/** No latency, one run at a time: what a run costs. */
	alone: Load;
	/** No latency, as many at once as keep a core busy. */
	saturated: Load;
	/** A model's pace, many runs at once. */
	realistic: Load;
	relay: RelayLoad;
	teams: readonly number[];
	/** Messages of 400 characters before the question. */
	messages: readonly number[];
	growth: Load;
	/** Runs in the data folder. */
	histories: readonly number[];
	/** Requests of each kind with such a history; the page takes 60 questions a minute. */
	requests: number;
	repetitions: { alone: number; saturated: number; realistic: number; cold: number; relay: number };
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
	relay: { readers: 20, long: 460, short: 60, warmup: 10 },
	teams: [2, 4, 8, 16, 32],
	messages: [1, 25, 100, 200],
	growth: { behaviour: {}, options: { sessions: 25, concurrency: 1, warmup: 10 } },
	histories: [10, 100, 1_000],
	requests: 15,
	repetitions: { alone: 5, saturated: 3, realistic: 2, cold: 7, relay: 3 },
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
	relay: { readers: 2, long: 20, short: 5, warmup: 1 },
	teams: [1, 2],
	messages: [1, 2],
	growth: { behaviour: {}, options: { sessions: 1, concurrency: 1 }, onlyOnce: true },
	histories: [1, 3],
	requests: 2,
	repetitions: { alone: 1, saturated: 1, realistic: 1, cold: 1, relay: 1 },
};

/** The same, every measurement made so many times. */
export function repeated(sizes: Sizes, times: number): Sizes {
	return {
		...sizes,
		repetitions: { alone: times, saturated: times, realistic: times, cold: times, relay: times },
	};
}
