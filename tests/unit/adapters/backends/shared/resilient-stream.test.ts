import { describe, expect, it } from 'vitest';
import { AttemptError } from '../../../../../src/adapters/backends/shared/attempt-error.ts';
import {
	type AttemptEvent,
	type Failure,
	resilientStream,
} from '../../../../../src/adapters/backends/shared/resilient-stream.ts';
import type { BackendEvent } from '../../../../../src/core/backend.ts';
import type { BackendSettings } from '../../../../../src/core/backend-settings.ts';
import { type Usage, unknownUsage } from '../../../../../src/core/usage.ts';
import { collect, IDLE_MS, injected, request, SECRET } from '../../../../contracts/backend-bench.ts';
import { createManualClock } from '../../../../support/manual-clock.ts';

const text = (value: string): AttemptEvent => ({ type: 'text_delta', text: value });
const usage: Usage = { inputTokens: 300, cachedInputTokens: 0, outputTokens: 100, reasoningTokens: 0 };
const finished: AttemptEvent = { type: 'finished', reason: 'stop', usage };
const broken: Failure = { failure: 'overloaded', retryable: true, message: 'Busy.', retryAfterMs: null };

type Try = (signal: AbortSignal, alive: () => void) => AsyncIterable<AttemptEvent>;

/** Runs the tries one after the other. */
function setUp(tries: readonly Try[], changes: Partial<BackendSettings> = {}, more: { usageSoFar?(): Usage } = {}) {
	const clock = createManualClock();
	const { settings, services } = injected(clock, changes);
	let opened = 0;
	const stream = (signal = new AbortController().signal) =>
		resilientStream(request, signal, {
			settings,
			services,
			open(_, trySignal, alive) {
				const run = tries[opened++];
				if (run === undefined) throw new Error('one try too many');
				return run(trySignal, alive);
			},
			classify: (error) => ({ ...broken, message: error instanceof Error ? error.message : 'Busy.' }),
			...more,
		});
	return { clock, services, stream, run: () => collect(stream(), clock), opened: () => opened };
}

async function* says(...events: AttemptEvent[]) {
	yield* events;
}
// biome-ignore lint/correctness/useYield: it fails before it has anything to say
async function* fails(): AsyncGenerator<AttemptEvent> {
	throw new Error('Busy.');
}
/** An iterator that never answers, not even to `return`. */
const stuck = (): AsyncIterable<AttemptEvent> => ({
	[Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}), return: () => new Promise(() => {}) }),
});

describe('a resilient stream', () => {
	it('hands on every event and ends with the last', async () => {
		const { run } = setUp([() => says(text('a'), { type: 'reasoning_delta', text: 'b' }, finished)]);
		expect(await run()).toEqual([text('a'), { type: 'reasoning_delta', text: 'b' }, finished]);
	});

	it('tries again with growing, jittered waits while nothing was output', async () => {
		const { run, opened } = setUp([fails, fails, () => says(text('a'), finished)]);
		expect((await run()).slice(0, 2)).toEqual([
			{ type: 'retried', failure: 'overloaded', delayMs: 250, message: 'Busy.' },
			{ type: 'retried', failure: 'overloaded', delayMs: 500, message: 'Busy.' },
		]);
		expect(opened()).toBe(3);
	});

	it.each<AttemptEvent>([
		text('a'),
		{ type: 'reasoning_delta', text: 'a' },
		{ type: 'tool_call_started', id: '1', name: 'vote' },
		{ type: 'provider_tool_started', name: 'web_search' },
	])('counts $type as output, after which nothing is tried again', async (event) => {
		const { run, opened } = setUp([
			async function* () {
				yield event;
				throw new Error('Busy.');
			},
		]);
		expect(await run()).toEqual([
			event,
			{ type: 'failed', failure: 'overloaded', retryable: true, message: 'Busy.', usage: unknownUsage },
		]);
		expect(opened()).toBe(1);
	});

	it('reports what a broken call had used', async () => {
		const { run } = setUp([fails], { tries: 1 }, { usageSoFar: () => usage });
		expect(await run()).toMatchObject([{ type: 'failed', usage }]);
	});

	it('does not try again what a try calls hopeless', async () => {
		const { run } = setUp([
			() => {
				throw new AttemptError('content_refused', false, 'No.');
			},
		]);
		expect(await run()).toMatchObject([{ type: 'failed', failure: 'content_refused', message: 'No.' }]);
	});

	it('never throws, even when its own parts do', async () => {
		const clock = createManualClock();
		const { settings, services } = injected(clock);
		const bug = () => {
			throw new TypeError(`bug with ${SECRET}`);
		};
		const stream = resilientStream(request, new AbortController().signal, {
			settings,
			services,
			open: bug,
			classify: bug,
		});
		expect(await collect(stream, clock)).toMatchObject([
			{ type: 'failed', failure: 'response_invalid', retryable: false },
		]);
	});

	it('hides the key in whatever it says', async () => {
		const leak = (): AsyncIterable<AttemptEvent> => {
			throw new Error(`Busy with ${SECRET}`);
		};
		const { run } = setUp([leak, leak], { tries: 2 });
		expect(await run()).toMatchObject([{ message: 'Busy with [key]' }, { message: 'Busy with [key]' }]);
	});

	it('leaves nothing behind: no timer, no listener', async () => {
		const { clock, run } = setUp([fails, () => says(text('a'), finished)]);
		await run();
		await clock.advance(0);
		expect(clock.pending()).toBe(0);
	});
});

describe('stopping a resilient stream', () => {
	it('ends within 100 ms although the SDK never answers again', async () => {
		const signals: AbortSignal[] = [];
		const { stream } = setUp([
			(signal) => {
				signals.push(signal);
				return stuck();
			},
		]);
		const control = new AbortController();
		const waiting = stream(control.signal).next();
		await new Promise((resolve) => setImmediate(resolve));
		const at = performance.now();
		control.abort();
		expect((await waiting).value).toMatchObject({ type: 'failed', failure: 'aborted', retryable: false });
		expect(performance.now() - at).toBeLessThan(100);
		expect(signals[0]?.aborted).toBe(true);
	});

	it('makes no try when the abort comes at the very moment the rate limit lets it through', async () => {
		const control = new AbortController();
		const { services, stream, clock, opened } = setUp([() => says(text('a'), finished)]);
		services.limits.acquire = async () => control.abort();
		expect(await collect(stream(control.signal), clock)).toMatchObject([{ type: 'failed', failure: 'aborted' }]);
		expect(opened()).toBe(0);
		expect(clock.pending()).toBe(0);
	});

	it('says stopped, whatever the SDK made of the abort', async () => {
		const control = new AbortController();
		const { stream, clock } = setUp([
			async function* () {
				yield text('a');
				control.abort();
				throw new Error('socket closed');
			},
		]);
		expect((await collect(stream(control.signal), clock)).at(-1)).toMatchObject({ failure: 'aborted' });
	});

	it('closes the try when its reader stops reading', async () => {
		let closed = false;
		const { stream } = setUp([
			async function* () {
				try {
					yield text('a');
					yield text('b');
				} finally {
					closed = true;
				}
			},
		]);
		for await (const _ of stream()) break;
		expect(closed).toBe(true);
	});
});

describe('silence in a resilient stream', () => {
	it('is a timeout before any output, and tried again', async () => {
		const { clock, stream } = setUp([stuck, () => says(text('a'), finished)]);
		const iterator = stream();
		const waiting = iterator.next();
		await clock.advance(IDLE_MS - 1);
		expect(clock.pending()).toBe(1);
		await clock.advance(1);
		expect((await waiting).value).toMatchObject({ type: 'retried', failure: 'timeout' });
	});

	it('does not count the time in which nobody asks for an event', async () => {
		const { clock, stream } = setUp([() => says(text('a'), text('b'), finished)]);
		const iterator = stream();
		const events: BackendEvent[] = [];
		for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
			events.push(next.value);
			await clock.advance(10 * IDLE_MS);
		}
		expect(events).toEqual([text('a'), text('b'), finished]);
	});

	it('is broken by signs of life that are no events', async () => {
		const clockHolder: { advance?: (ms: number) => Promise<void> } = {};
		const { clock, run, opened } = setUp([
			async function* (_, alive) {
				for (let piece = 0; piece < 5; piece++) {
					await clockHolder.advance?.(IDLE_MS * 0.8);
					alive();
				}
				yield finished;
			},
		]);
		clockHolder.advance = clock.advance;
		expect(await run()).toEqual([finished]);
		expect(opened()).toBe(1);
	});
});

describe('the end of a resilient stream', () => {
	it('lets the source end by itself, so that its connection can be used again', async () => {
		const seen: string[] = [];
		const { run, clock } = setUp([
			async function* (signal) {
				signal.addEventListener('abort', () => seen.push('aborted'));
				yield finished;
				seen.push('ended');
			},
		]);
		await run();
		await clock.advance(60_000);
		expect(seen).toEqual(['ended']);
	});

	it('closes a source that does not end within a second', async () => {
		const signals: AbortSignal[] = [];
		const { run, clock } = setUp([
			async function* (signal) {
				signals.push(signal);
				yield finished;
				await new Promise(() => {});
			},
		]);
		await run();
		await clock.advance(999);
		expect(signals[0]?.aborted).toBe(false);
		await clock.advance(1);
		expect(signals[0]?.aborted).toBe(true);
	});
});

describe('rate limits of a resilient stream', () => {
	it('count every try, and make it wait', async () => {
		const limit = { requestsPerMinute: 1, tokensPerMinute: null };
		const { clock, stream, opened } = setUp([fails, () => says(text('a'), finished)], { rateLimit: limit });
		const iterator = stream();
		expect((await iterator.next()).value).toMatchObject({ type: 'retried', delayMs: 250 });
		const waiting = iterator.next();
		await clock.advance(59_000);
		expect(opened()).toBe(1);
		await clock.advance(1_000);
		expect((await waiting).value).toEqual(text('a'));
	});

	it('are corrected by the real usage', async () => {
		const limit = { requestsPerMinute: null, tokensPerMinute: 1_100 };
		const again = () => says(text('a'), finished);
		const { clock, run, opened } = setUp([again, again], { rateLimit: limit, maxOutputTokens: 1_000 });
		await run();
		const second = run();
		await clock.advance(0);
		// 400 tokens used leave no room for an estimate of more than 1,000.
		expect(opened()).toBe(1);
		await clock.advance(60_000);
		await second;
		expect(opened()).toBe(2);
	});

	it('end at once when the call is stopped while it waits', async () => {
		const limit = { requestsPerMinute: 1, tokensPerMinute: null };
		const { stream, run, opened } = setUp([() => says(finished)], { rateLimit: limit });
		await run();
		const control = new AbortController();
		const waiting = stream(control.signal).next();
		control.abort();
		expect((await waiting).value).toMatchObject({ type: 'failed', failure: 'aborted' });
		expect(opened()).toBe(1);
	});
});
