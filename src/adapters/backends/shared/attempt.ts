import type { Clock } from '../../../core/clock.ts';
import { AttemptError } from './attempt-error.ts';

/** How long a finished stream may take to close itself, in milliseconds, so that its connection can be used again. */
const CLOSING_MS = 1_000;

export interface Attempt<Event> {
	next(): Promise<IteratorResult<Event>>;
	/** The source is at work on something that is no event yet. */
	alive(): void;
	/** Ends the HTTP stream at once. */
	cancel(): void;
	/** Nothing more is wanted; the stream gets a moment to end by itself. */
	finish(): void;
}

interface AttemptOptions<Event> {
	open(signal: AbortSignal): AsyncIterable<Event>;
	signal: AbortSignal;
	clock: Clock;
	/** Longest time `next` waits without `alive`, in milliseconds. */
	idleTimeoutMs: number;
	/** What `next` rejects with after that time. */
	onSilence(): AttemptError;
}

/**
 * One try, whose `next` rejects at once when the signal aborts and when the source is silent for too long, even if the
 * source never settles. Per event it costs one promise: silence is judged by one timer for the whole try, which
 * compares times, and the abort is one listener.
 */
export function startAttempt<Event>(options: AttemptOptions<Event>): Attempt<Event> {
	const { signal, clock, idleTimeoutMs } = options;
	const control = new AbortController();
	const waiter = createWaiter<IteratorResult<Event>>();
	let waitingSince = 0;
	let interruption: AttemptError | null = null;
	let over = false;

	const release = () => {
		over = true;
		stopWatching();
		signal.removeEventListener('abort', onAbort);
	};
	const cancel = () => {
		if (over) return;
		release();
		control.abort();
		// The source may be stuck in a promise that never settles: it is told, and not waited for.
		source.return?.().then(undefined, () => undefined);
	};
	const interrupt = (error: AttemptError) => {
		interruption = error;
		cancel();
		waiter.fail(error);
	};
	const onAbort = () => interrupt(new AttemptError('aborted', false, 'The call was stopped.'));
	const watch = (ms: number) =>
		clock.after(ms, () => {
			const silence = waiter.isWaiting() ? clock.now() - waitingSince : 0;
			if (silence >= idleTimeoutMs) interrupt(options.onSilence());
			else stopWatching = watch(idleTimeoutMs - silence);
		});

	const source = options.open(control.signal)[Symbol.asyncIterator]();
	let stopWatching = watch(idleTimeoutMs);
	signal.addEventListener('abort', onAbort, { once: true });

	return {
		alive() {
			waitingSince = clock.now();
		},
		next() {
			if (interruption !== null) return Promise.reject(interruption);
			const result = waiter.wait();
			waitingSince = clock.now();
			source.next().then(waiter.settle, waiter.fail);
			return result;
		},
		cancel,
		finish() {
			if (over) return;
			release();
			drain(source, clock, () => control.abort());
		},
	};
}

/** The one reader that may be waiting for something; whatever comes second finds nobody waiting. */
function createWaiter<Value>() {
	let waiting: PromiseWithResolvers<Value> | null = null;
	const take = () => {
		const waiter = waiting;
		waiting = null;
		return waiter;
	};
	return {
		wait() {
			waiting = Promise.withResolvers<Value>();
			return waiting.promise;
		},
		isWaiting: () => waiting !== null,
		settle: (value: Value) => take()?.resolve(value),
		fail: (error: unknown) => take()?.reject(error),
	};
}

/** Reads a source that has said its last word to its end, and stops it when that takes too long. */
function drain<Event>(source: AsyncIterator<Event>, clock: Clock, stop: () => void): void {
	const cancelStop = clock.after(CLOSING_MS, stop);
	const read = (result: IteratorResult<Event>): unknown =>
		result.done ? cancelStop() : source.next().then(read, cancelStop);
	source.next().then(read, cancelStop);
}
