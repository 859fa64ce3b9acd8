import type { JsonObject } from './json.ts';

/** What goes wrong with one call of the Web API. */
export type Fault =
	/** `ok: false` with this code; nothing is done. */
	| { type: 'error'; error: string }
	/** An HTTP status with a page of text; nothing is done. */
	| { type: 'status'; status: number }
	/** 429; nothing is done. `retryAfter` in seconds. */
	| { type: 'rate_limit'; retryAfter: number }
	/** No answer, the socket stays open; nothing is done. */
	| { type: 'hang' }
	/** Done, and answered after `ms` of the fake's clock. */
	| { type: 'slow'; ms: number }
	/** Done, then the socket is dropped before the answer: the caller cannot know. */
	| { type: 'drop_after_accept' }
	/** The socket is dropped; nothing is done. */
	| { type: 'drop_before_accept' };

export interface Faults {
	/** The next `times` calls of `method` (default 1) for which `when` holds meet this fault. */
	next(method: string, fault: Fault, times?: number, when?: (args: JsonObject) => boolean): void;
	/** Takes the fault that this call meets. */
	take(method: string, args: JsonObject): Fault | null;
	/** Faults that no call has met yet: a test that sets one wants it to happen. */
	left(): number;
}

export function createFaults(): Faults {
	const waiting: { method: string; fault: Fault; times: number; when: (args: JsonObject) => boolean }[] = [];
	return {
		next(method, fault, times = 1, when = () => true) {
			waiting.push({ method, fault, times, when });
		},
		take(method, args) {
			const found = waiting.find((one) => one.times > 0 && one.method === method && one.when(args));
			if (found === undefined) return null;
			found.times -= 1;
			return found.fault;
		},
		left: () => waiting.reduce((sum, { times }) => sum + times, 0),
	};
}
