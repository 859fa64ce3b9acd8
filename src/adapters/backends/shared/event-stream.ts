import { AttemptError } from './attempt-error.ts';
import { bodyOf } from './direct-fetch.ts';
import { createSseDecoder, type SseEvent } from './sse-decoder.ts';

/** Events that may wait for the reader before the connection is told to wait. */
const MOST_WAITING = 256;
/** Bytes of one reply: several times what the longest output of a model comes to, event by event. */
const MOST_BYTES = 64 * 2 ** 20;
/** Characters of one event: the longest hold a whole answer. */
const MOST_HELD = 8 * 2 ** 20;

/** Reads the server-sent events of one response. */
export interface EventStream {
	/**
	 * All events that have arrived since the last call, or the next to arrive; empty for a sign of life, null at the end.
	 * A reader that falls behind so catches up in larger steps. Rejects when the connection breaks, the signal aborts,
	 * or the reply is longer than any model's: what a run holds of it is bounded.
	 */
	next(): Promise<readonly SseEvent[] | null>;
	/** Ends the connection, unless the response has ended, and with it the stream. */
	stop(): void;
}

/** Opens the body of a response, at best one of `directFetch`. The signal's abort ends the connection at once. */
export function openEventStream(response: Response, signal: AbortSignal): EventStream {
	const body = bodyOf(response);
	const decoder = createSseDecoder();
	let waiting: SseEvent[] = [];
	let reader: PromiseWithResolvers<readonly SseEvent[] | null> | null = null;
	let failure: { error: unknown } | null = null;
	let ended = false;
	let bytes = 0;

	const hand = (events: readonly SseEvent[]) => {
		if (reader === null) {
			waiting.push(...events);
			if (waiting.length >= MOST_WAITING) body.pause();
			return;
		}
		reader.resolve(events);
		reader = null;
	};
	const end = () => {
		ended = true;
		signal.removeEventListener('abort', abort);
	};
	const finish = () => {
		if (ended) return;
		end();
		const rest = decoder.rest();
		if (rest !== null) hand([rest]);
		reader?.resolve(null);
		reader = null;
	};
	const fail = (error: unknown) => {
		if (ended) return;
		end();
		failure = { error };
		reader?.reject(error);
		reader = null;
	};
	const abort = () => {
		fail(signal.reason);
		body.destroy();
	};

	const take = (piece: Buffer) => {
		if (ended) return;
		bytes += piece.length;
		if (bytes <= MOST_BYTES && decoder.held() <= MOST_HELD) return hand(decoder.decode(piece));
		fail(new AttemptError('response_invalid', false, 'The reply was longer than any model writes and was cut off.'));
		body.destroy();
	};

	body.on('data', take);
	body.once('end', finish);
	body.on('error', fail);
	body.once('close', () => fail(new TypeError('terminated')));
	signal.addEventListener('abort', abort, { once: true });
	if (signal.aborted) abort();

	return {
		next() {
			if (waiting.length > 0) {
				const events = waiting;
				waiting = [];
				if (body.isPaused()) body.resume();
				return Promise.resolve(events);
			}
			if (failure !== null) return Promise.reject(failure.error);
			if (ended) return Promise.resolve(null);
			reader = Promise.withResolvers();
			return reader.promise;
		},
		stop() {
			if (ended) return;
			end();
			body.destroy();
			reader?.resolve(null);
		},
	};
}
