import type { Clock } from '../../../src/core/clock.ts';
import type { JsonObject } from './json.ts';

/** Something Slack would refuse, or would let pass to the harm of people. */
export interface Violation {
	/** Slack's error code, or ours for what Slack lets pass: `no_text_fallback`, `live_mention`, `operation_timeout`. */
	code: string;
	/** Web API method, or the kind of delivery. */
	where: string;
	detail: string;
	/** By the clock of the fake, in milliseconds since the epoch. */
	at: number;
}

export interface ApiRequest {
	method: string;
	/** Null when the token names no team. */
	team: string | null;
	args: JsonObject;
	at: number;
	/** HTTP status of the answer, 0 while there is none or when the socket was dropped. */
	status: number;
	/** Error code of a refusal, null when it was done. */
	error: string | null;
}

export interface Ledger {
	requests: ApiRequest[];
	violations: Violation[];
	violate(code: string, where: string, detail: string): void;
	/** Says that something may have changed that somebody waits for. */
	changed(): void;
	/**
	 * The first truthy value of `probe`, asked again after every change in the fake; for what a listener of the app
	 * did, use `vi.waitFor`. Rejects after 10 s of real time with `what` and the violations so far.
	 */
	waitFor<T>(probe: () => T, what?: string): Promise<Exclude<T, null | undefined | false | 0 | ''>>;
}

/** How long a test waits for something that does not come, in milliseconds of real time. */
const PATIENCE_MS = 10_000;

export function createLedger(clock: Clock): Ledger {
	const waiting = new Set<() => void>();
	const ledger: Ledger = {
		requests: [],
		violations: [],
		violate(code, where, detail) {
			ledger.violations.push({ code, where, detail, at: clock.now() });
			ledger.changed();
		},
		changed() {
			for (const look of [...waiting]) look();
		},
		waitFor: (probe, what = 'a condition') =>
			new Promise((resolve, reject) => {
				const end = () => {
					waiting.delete(look);
					clearTimeout(patience);
				};
				const look = () => {
					try {
						const value = probe();
						if (!value) return;
						end();
						resolve(value as Exclude<typeof value, null | undefined | false | 0 | ''>);
					} catch (error) {
						end();
						reject(error);
					}
				};
				const patience = setTimeout(() => {
					waiting.delete(look);
					reject(new Error(`waited in vain for ${what}; violations: ${JSON.stringify(ledger.violations)}`));
				}, PATIENCE_MS);
				waiting.add(look);
				look();
			}),
	};
	return ledger;
}
