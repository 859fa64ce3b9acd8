import type { BackendSettings } from '../../../core/backend-settings.ts';
import type { Clock } from '../../../core/clock.ts';

const MINUTE = 60_000;

type Limit = BackendSettings['rateLimit'];

/** Client-side limits of a process, over a rolling minute. Calls of one key are let through in the order they came. */
export interface RateLimits {
	/**
	 * Resolves when the call may start and counts it. A call larger than the whole limit waits for an empty minute.
	 * Rejects with the signal's reason as soon as it aborts.
	 */
	acquire(key: string, limit: Limit, estimatedTokens: number, signal: AbortSignal): Promise<void>;
	/** Replaces the estimate of a call let through earlier by what it really used. */
	settle(key: string, estimated: number, actual: number): void;
}

interface Admission {
	at: number;
	estimated: number;
	tokens: number;
	settled: boolean;
}

interface Waiter {
	limit: Limit;
	tokens: number;
	start: () => void;
}

interface Window {
	/** Calls of the last minute, oldest first. */
	admitted: Admission[];
	waiting: Waiter[];
	cancel: (() => void) | null;
}

/** When the waiter may start, in the clock's time; a time that is not in the future means now. */
function startOf(admitted: readonly Admission[], { limit, tokens }: Waiter): number {
	let start = 0;
	const requests = limit.requestsPerMinute;
	if (requests !== null) {
		const blocking = admitted[admitted.length - Math.max(1, Math.floor(requests))];
		if (blocking !== undefined) start = blocking.at + MINUTE;
	}
	if (limit.tokensPerMinute !== null) {
		const room = limit.tokensPerMinute - Math.min(tokens, limit.tokensPerMinute);
		let used = admitted.reduce((sum, admission) => sum + admission.tokens, 0);
		for (const admission of admitted) {
			if (used <= room) break;
			used -= admission.tokens;
			start = Math.max(start, admission.at + MINUTE);
		}
	}
	return start;
}

export function createRateLimits(clock: Clock): RateLimits {
	const windows = new Map<string, Window>();

	const windowOf = (key: string) => {
		const window = windows.get(key) ?? { admitted: [], waiting: [], cancel: null };
		windows.set(key, window);
		return window;
	};

	const pump = (window: Window) => {
		window.cancel?.();
		window.cancel = null;
		const now = clock.now();
		window.admitted = window.admitted.filter((admission) => admission.at + MINUTE > now);
		for (let head = window.waiting[0]; head !== undefined; head = window.waiting[0]) {
			const start = startOf(window.admitted, head);
			if (start > now) {
				window.cancel = clock.after(start - now, () => pump(window));
				return;
			}
			window.waiting.shift();
			window.admitted.push({ at: now, estimated: head.tokens, tokens: head.tokens, settled: false });
			head.start();
		}
	};

	return {
		acquire(key, limit, estimatedTokens, signal) {
			if (signal.aborted) return Promise.reject(signal.reason);
			if (limit.requestsPerMinute === null && limit.tokensPerMinute === null) return Promise.resolve();
			const window = windowOf(key);
			return new Promise((resolve, reject) => {
				const start = () => {
					signal.removeEventListener('abort', leave);
					resolve();
				};
				const waiter: Waiter = { limit, tokens: estimatedTokens, start };
				const leave = () => {
					window.waiting.splice(window.waiting.indexOf(waiter), 1);
					reject(signal.reason);
					pump(window);
				};
				signal.addEventListener('abort', leave, { once: true });
				window.waiting.push(waiter);
				pump(window);
			});
		},
		settle(key, estimated, actual) {
			const window = windows.get(key);
			const admission = window?.admitted.find((one) => !one.settled && one.estimated === estimated);
			if (window === undefined || admission === undefined) return;
			admission.settled = true;
			admission.tokens = actual;
			pump(window);
		},
	};
}
