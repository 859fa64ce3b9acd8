import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import type { BackendEvent } from '../../src/core/backend.ts';
import type { Fault } from '../platforms/model-provider/reply.ts';
import { createManualClock } from '../support/manual-clock.ts';
import {
	type BackendTraits,
	collect,
	ending,
	IDLE_MS,
	injected,
	type MakeBackend,
	only,
	request,
	SECRET,
	startBench,
	textOf,
} from './backend-bench.ts';

const fine = { text: 'Stockholm it is, and has been for long.', chunkChars: 5 };
const faulty = (fault: Fault) => ({ ...fine, fault });

/** Takes events until one is of this type. */
async function until(iterator: AsyncIterator<BackendEvent>, type: BackendEvent['type']): Promise<BackendEvent> {
	for (;;) {
		const next = await iterator.next();
		if (next.done) throw new Error(`the stream ended without ${type}`);
		if (next.value.type === type) return next.value;
	}
}

/** Takes events until this much text has come, in however many pieces. */
async function untilText(iterator: AsyncIterator<BackendEvent>, chars: number): Promise<void> {
	for (let seen = 0; seen < chars; ) {
		const event = await until(iterator, 'text_delta');
		if (event.type === 'text_delta') seen += event.text.length;
	}
}

async function closedPort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	await new Promise((resolve) => server.close(resolve));
	return port;
}

function abortContract(make: MakeBackend): void {
	it('ends within 100 ms of an abort in mid-stream, and the provider sees the client go', async () => {
		const { backend, provider } = await startBench(make, faulty({ type: 'hang', afterFrames: 2 }));
		const control = new AbortController();
		const iterator = backend.stream(request, control.signal)[Symbol.asyncIterator]();
		await untilText(iterator, 2 * fine.chunkChars);
		const waiting = iterator.next();
		const abortedAt = performance.now();
		control.abort();
		expect((await waiting).value).toMatchObject({ type: 'failed', failure: 'aborted', retryable: false });
		expect(performance.now() - abortedAt).toBeLessThan(100);
		expect((await iterator.next()).done).toBe(true);
		await provider.calls[0]?.closed;
		expect(provider.calls[0]).toMatchObject({ aborted: true });
		expect((provider.calls[0]?.abortedAt ?? Infinity) - abortedAt).toBeLessThan(100);
	});

	it('closes the HTTP stream at once even when nobody asks for the next event', async () => {
		const { backend, provider } = await startBench(make, faulty({ type: 'hang', afterFrames: 2 }));
		const control = new AbortController();
		const iterator = backend.stream(request, control.signal)[Symbol.asyncIterator]();
		await until(iterator, 'text_delta');
		control.abort();
		await provider.calls[0]?.closed;
		expect(provider.calls[0]).toMatchObject({ aborted: true });
		expect((await iterator.next()).value).toMatchObject({ type: 'failed', failure: 'aborted' });
	});

	it('ends an abort while it waits for the first byte', async () => {
		const { backend, provider } = await startBench(make, { text: 'Late', delayMs: 30_000 });
		const control = new AbortController();
		const waiting = backend.stream(request, control.signal)[Symbol.asyncIterator]().next();
		while (provider.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
		control.abort();
		expect((await waiting).value).toMatchObject({ type: 'failed', failure: 'aborted' });
	});

	it('makes no call when it is aborted before it starts', async () => {
		const { ask, provider } = await startBench(make, fine);
		expect(await ask({}, AbortSignal.abort())).toMatchObject([
			{ type: 'failed', failure: 'aborted', retryable: false },
		]);
		expect(provider.calls).toHaveLength(0);
	});

	it('ends an abort during the wait before the next try', async () => {
		const { backend, provider } = await startBench(make, faulty({ type: 'status', status: 500 }));
		const control = new AbortController();
		const iterator = backend.stream(request, control.signal)[Symbol.asyncIterator]();
		await until(iterator, 'retried');
		const waiting = iterator.next();
		control.abort();
		expect((await waiting).value).toMatchObject({ type: 'failed', failure: 'aborted' });
		expect(provider.calls).toHaveLength(1);
	});

	it('ends the HTTP stream when its reader stops reading', async () => {
		const { backend, provider } = await startBench(make, faulty({ type: 'hang', afterFrames: 2 }));
		for await (const event of backend.stream(request, new AbortController().signal)) {
			if (event.type === 'text_delta') break;
		}
		await provider.calls[0]?.closed;
		expect(provider.calls[0]).toMatchObject({ aborted: true });
	});
}

function retryContract(make: MakeBackend, traits: BackendTraits): void {
	it('waits as long as a 429 asks and tries again', async () => {
		const limited = faulty({ type: 'status', status: 429, headers: { 'retry-after': '7' } });
		const { ask, provider } = await startBench(make, [limited, fine]);
		const events = await ask();
		expect(events[0]).toMatchObject({ type: 'retried', failure: 'rate_limited', delayMs: 7_000 });
		expect(textOf(events)).toBe(fine.text);
		expect(provider.calls).toHaveLength(2);
	});

	it('does not wait for minutes: it says when to try again', async () => {
		const { ask, provider } = await startBench(
			make,
			faulty({ type: 'status', status: 429, headers: { 'retry-after': '600' } }),
		);
		const failed = ending(await ask(), 'failed');
		expect(failed).toMatchObject({ failure: 'rate_limited', retryable: true });
		expect(failed.message).toContain('10 minutes');
		expect(provider.calls).toHaveLength(1);
	});

	it.each([500, 503, 529])('tries again after a %i, with backoff, up to the limit', async (status) => {
		const { ask, provider } = await startBench(make, faulty({ type: 'status', status }));
		const events = await ask();
		expect(only(events, 'retried').map(({ failure, delayMs }) => ({ failure, delayMs }))).toEqual([
			{ failure: 'overloaded', delayMs: 250 },
			{ failure: 'overloaded', delayMs: 500 },
		]);
		expect(ending(events, 'failed')).toMatchObject({ failure: 'overloaded', retryable: true });
		expect(provider.calls).toHaveLength(3);
	});

	it.each<Fault>([{ type: 'reset' }, { type: 'drop' }, { type: 'truncate' }])(
		'tries again when the connection fails before any output: $type',
		async (fault) => {
			const { ask, provider } = await startBench(make, [faulty(fault), fine]);
			const events = await ask();
			expect(events[0]).toMatchObject({ type: 'retried', failure: 'stream_broken' });
			expect(textOf(events)).toBe(fine.text);
			expect(provider.calls).toHaveLength(2);
		},
	);

	it('tries again when the provider reports an overload inside the stream', async () => {
		const code = traits.overloadedCode ?? 'server_error';
		const { ask } = await startBench(make, [faulty({ type: 'error_event', code, message: 'Too busy' }), fine]);
		const events = await ask();
		expect(events[0]).toMatchObject({ type: 'retried', failure: 'overloaded' });
		expect(textOf(events)).toBe(fine.text);
	});

	it.each<Fault>([
		{ type: 'drop', afterFrames: 2 },
		{ type: 'truncate', afterFrames: 2 },
	])('never tries again after output: $type', async (fault) => {
		const { ask, provider } = await startBench(make, [faulty(fault), fine]);
		const events = await ask();
		expect(textOf(events)).toBe(fine.text.slice(0, 10));
		expect(ending(events, 'failed')).toMatchObject({ failure: 'stream_broken', retryable: true });
		expect(provider.calls).toHaveLength(1);
	});
}

function silenceContract(make: MakeBackend): void {
	it('gives up a stream that never ends', async () => {
		const { backend, provider, clock } = await startBench(make, faulty({ type: 'hang', afterFrames: 2 }));
		const iterator = backend.stream(request, new AbortController().signal)[Symbol.asyncIterator]();
		await untilText(iterator, 2 * fine.chunkChars);
		const waiting = iterator.next();
		await clock.advance(2 * IDLE_MS);
		expect((await waiting).value).toMatchObject({ type: 'failed', failure: 'stream_broken', retryable: true });
		await provider.calls[0]?.closed;
		expect(provider.calls[0]).toMatchObject({ aborted: true });
		expect(clock.pending()).toBe(0);
	});

	it('tries again when nothing ever came', async () => {
		const { backend, provider, clock } = await startBench(make, [faulty({ type: 'hang' }), fine]);
		const iterator = backend.stream(request, new AbortController().signal)[Symbol.asyncIterator]();
		const waiting = iterator.next();
		while (provider.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
		await clock.advance(2 * IDLE_MS);
		expect((await waiting).value).toMatchObject({ type: 'retried', failure: 'timeout' });
		const rest = iterator.next();
		await clock.advance(10_000);
		expect((await rest).value).toMatchObject({ type: expect.stringMatching(/_delta$/) });
	});
}

function refusalContract(make: MakeBackend, traits: BackendTraits): void {
	it.each<Fault>([{ type: 'garbage' }, { type: 'html' }])('says that a reply cannot be read: $type', async (fault) => {
		const { ask, provider } = await startBench(make, faulty(fault));
		const failed = ending(await ask(), 'failed');
		expect(failed).toMatchObject({ failure: 'response_invalid', retryable: false });
		expect(failed.message).toContain('base_url');
		expect(provider.calls).toHaveLength(1);
	});

	it('fails on garbage after output', async () => {
		const { ask } = await startBench(make, faulty({ type: 'garbage', afterFrames: 2 }));
		expect(ending(await ask(), 'failed')).toMatchObject({ failure: 'response_invalid' });
	});

	it('says which server cannot be reached', async () => {
		const origin = `http://127.0.0.1:${await closedPort()}`;
		const clock = createManualClock();
		const backend = await make(origin, injected(clock, { baseUrl: origin }));
		const failed = ending(await collect(backend.stream(request, new AbortController().signal), clock), 'failed');
		expect(failed).toMatchObject({ failure: 'unreachable', retryable: true });
		expect(failed.message).toContain(`is the server running at ${origin}?`);
	});

	it('says which key was refused, without the key', async () => {
		const message = `Incorrect API key provided: ${SECRET}.`;
		const { ask, provider } = await startBench(make, faulty({ type: 'status', status: 401, message }));
		const failed = ending(await ask(), 'failed');
		expect(failed).toMatchObject({ failure: 'authentication', retryable: false });
		expect(failed.message).toMatch(/Check [A-Z_]+_API_KEY/);
		expect(provider.calls).toHaveLength(1);
	});

	it('hides a key that the provider repeats in another error', async () => {
		const { ask } = await startBench(make, faulty({ type: 'status', status: 400, message: `Bad header ${SECRET}` }));
		const failed = ending(await ask(), 'failed');
		expect(failed).toMatchObject({ failure: 'request_invalid', retryable: false });
		expect(failed.message).toContain('Bad header');
	});

	it('says that the conversation is too long', async () => {
		const { code, message } = traits.tooLong ?? {
			code: 'context_length_exceeded',
			message: "This model's maximum context length is 8192 tokens. Your messages have 9000.",
		};
		const { ask, provider } = await startBench(make, faulty({ type: 'status', status: 400, code, message }));
		expect(ending(await ask(), 'failed')).toMatchObject({ failure: 'context_too_long', retryable: false });
		expect(provider.calls).toHaveLength(1);
	});

	it('says that the model is unknown', async () => {
		const { ask, backend } = await startBench(make, faulty({ type: 'status', status: 404, message: 'no such model' }));
		const failed = ending(await ask(), 'failed');
		expect(failed).toMatchObject({ failure: 'model_unknown', retryable: false });
		expect(failed.message).toContain(backend.model);
	});

	it('says that the provider refused to answer', async () => {
		const { ask } = await startBench(make, { stop: 'refused' });
		expect(ending(await ask(), 'failed')).toMatchObject({ failure: 'content_refused', retryable: false });
	});
}

/** How every backend fails. Part of `backendContract`. */
export function backendFailureContract(make: MakeBackend, traits: BackendTraits): void {
	abortContract(make);
	retryContract(make, traits);
	silenceContract(make);
	refusalContract(make, traits);
}
