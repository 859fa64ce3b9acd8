import type { Clock } from '../core/clock.ts';

/** How long work may go on after an abort before the turn ends without it, in milliseconds. */
const GRACE_MS = 500;

/** Settles like `work`, or resolves with null when it has not settled `GRACE_MS` after the signal's abort. */
export function orAbandoned<T>(work: Promise<T>, signal: AbortSignal, clock: Clock): Promise<T | null> {
	return new Promise((resolve, reject) => {
		let stopWaiting = () => {};
		const abandon = () => {
			stopWaiting = clock.after(GRACE_MS, () => resolve(null));
		};
		if (signal.aborted) abandon();
		else signal.addEventListener('abort', abandon, { once: true });
		work.then(resolve, reject).finally(() => {
			signal.removeEventListener('abort', abandon);
			stopWaiting();
		});
	});
}
