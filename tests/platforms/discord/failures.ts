import { matchesRoute } from './ledger.ts';
import { refusal } from './wire.ts';

/** What goes wrong with a request. */
export type Failure =
	/** A refusal with the sentence of its JSON code: 50001, 50013, 10008, 10003, 50083, 30046, 160006, 10062, 40060 … */
	| { type: 'refuse'; code: number }
	/** A server error; `accept` does what was asked before it. */
	| { type: 'error'; status: number; accept?: boolean }
	/** A 429; `retryAfter` in seconds. */
	| { type: 'limit'; retryAfter: number; scope?: 'user' | 'global' | 'shared' }
	/**
	 * Does what was asked, unless `accept` is false, and cuts the connection before the answer: by a reset (ECONNRESET),
	 * after which discord.js sends the request again, or by a close ("other side closed"), which it hands to its caller.
	 */
	| { type: 'drop'; accept?: boolean; by?: 'reset' | 'close' }
	/** Keeps the request until `release`; then it is done and answered as usual. */
	| { type: 'hold' }
	/** Does and answers it after `ms` milliseconds of the world's clock. */
	| { type: 'slow'; ms: number };

export interface Matched {
	/** As in the ledger: `POST /channels/:channel/messages`, or a beginning with `*`. */
	route: string;
	/** Requests that fail; all that come, by default one. */
	times?: number;
	/** Looks at a request more closely. */
	where?: (request: { path: string; body: unknown }) => boolean;
}

export interface Switch {
	/** Requests that it struck. */
	used(): number;
	/** Lets go what is held and strikes no more. */
	release(): void;
}

export interface Failures {
	add(matched: Matched, failure: Failure): Switch;
	/** The failure for a request, which counts as used, and a promise that a held request waits for. */
	next(route: string, request: { path: string; body: unknown }): { failure: Failure; released: Promise<void> } | null;
	/** Lets go of everything. */
	close(): void;
}

export function createFailures(changed: () => void): Failures {
	const active: { matched: Matched; failure: Failure; used: number; left: number; gate: PromiseWithResolvers<void> }[] =
		[];
	return {
		add(matched, failure) {
			// A code that has no sentence here is told at once, not when it strikes.
			if (failure.type === 'refuse') refusal(failure.code);
			const one = { matched, failure, used: 0, left: matched.times ?? 1, gate: Promise.withResolvers<void>() };
			active.push(one);
			return {
				used: () => one.used,
				release() {
					one.left = 0;
					one.gate.resolve();
				},
			};
		},
		next(route, request) {
			const one = active.find(
				({ matched, left }) => left > 0 && matchesRoute(route, matched.route) && (matched.where?.(request) ?? true),
			);
			if (one === undefined) return null;
			one.left -= 1;
			one.used += 1;
			changed();
			return { failure: one.failure, released: one.gate.promise };
		},
		close() {
			for (const { gate } of active) gate.resolve();
		},
	};
}
