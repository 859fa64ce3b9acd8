import { expect, onTestFinished } from 'vitest';
import { createRateLimits } from '../../src/adapters/backends/shared/rate-limit.ts';
import type { BackendServices } from '../../src/adapters/backends/shared/resilient-stream.ts';
import type { Backend, BackendEvent, BackendRequest } from '../../src/core/backend.ts';
import type { BackendSettings } from '../../src/core/backend-settings.ts';
import type { ProviderCall, Reply } from '../platforms/model-provider/reply.ts';
import { type ModelProvider, startModelProvider } from '../platforms/model-provider/server.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';

/** What a test hands to the adapter's factory; an adapter's own test adds type, provider, model and path. */
export interface Injected {
	settings: BackendSettings;
	services: BackendServices;
}

export type MakeBackend = (baseUrl: string, injected: Injected) => Promise<Backend>;

/** Where providers differ by nature. */
export interface BackendTraits {
	/** The provider counts reasoning tokens. */
	reasoningTokens?: boolean;
	/** Arguments of a tool call travel as text, so a model can break them. */
	textArguments?: boolean;
	/** How the provider says that it is overloaded, inside a stream. */
	overloadedCode?: string;
	/** How the provider says that the conversation is too long. */
	tooLong?: { code: string; message: string };
}

/** What the fake provider answers: one reply for every call, or one after the other, the last one again and again. */
export type Replies = Reply | readonly Reply[] | ((call: ProviderCall) => Reply | Promise<Reply>);

export interface Bench {
	provider: ModelProvider;
	backend: Backend;
	clock: ManualClock;
	/** All events of one call. Waits between tries pass on the manual clock. */
	ask(request?: Partial<BackendRequest>, signal?: AbortSignal): Promise<BackendEvent[]>;
}

/** Looks like a real key, so that redaction is tested with something worth hiding. */
export const SECRET = 'sk-contract-0123456789abcdefSECRET';
export const IDLE_MS = 60_000;

export const request: BackendRequest = {
	system: 'You are terse.',
	messages: [{ role: 'user', text: 'What is the capital of Sweden?' }],
	tools: [],
	toolChoice: 'auto',
	run: 'run-1',
	agent: 'alpha',
	kind: 'answer',
};

export function injected(clock: ManualClock, changes: Partial<BackendSettings> = {}): Injected {
	const settings: BackendSettings = {
		type: 'openai',
		provider: 'openai',
		model: 'fake-model',
		apiKey: SECRET,
		baseUrl: null,
		headers: {},
		temperature: null,
		topP: null,
		maxOutputTokens: null,
		reasoning: { effort: null, summary: null },
		verbosity: null,
		webSearch: false,
		codeExecution: false,
		endpoint: { streamUsage: true, requiredToolChoice: true, strictTools: true, maxTokensField: 'max_tokens' },
		rateLimit: { requestsPerMinute: null, tokensPerMinute: null },
		tries: 3,
		idleTimeoutMs: IDLE_MS,
		extra: {},
		script: null,
		...changes,
	};
	return { settings, services: { clock, random: () => 0.5, limits: createRateLimits(clock) } };
}

/** Reads a stream to its end, moving the clock over the waits between tries, and checks how it ends. */
export async function collect(stream: AsyncIterable<BackendEvent>, clock: ManualClock): Promise<BackendEvent[]> {
	const events: BackendEvent[] = [];
	const iterator = stream[Symbol.asyncIterator]();
	for (;;) {
		const last = events.at(-1);
		const pending = iterator.next();
		if (last?.type === 'retried') await clock.advance(last.delayMs);
		const next = await pending;
		if (next.done) break;
		events.push(next.value);
	}
	const endings = events.filter((event) => event.type === 'finished' || event.type === 'failed');
	expect(endings, 'exactly one ending').toHaveLength(1);
	expect(events.at(-1), 'the ending is the last event').toBe(endings[0]);
	expect(JSON.stringify(events)).not.toContain(SECRET);
	return events;
}

function replier(replies: Replies): (call: ProviderCall) => Reply | Promise<Reply> {
	if (typeof replies === 'function') return replies;
	const list = Array.isArray(replies) ? replies : [replies];
	return (call) => list[Math.min(call.index, list.length - 1)] ?? {};
}

/** A backend, connected to a fake provider that lives until the test ends. */
export async function startBench(
	make: MakeBackend,
	replies: Replies,
	changes: Partial<BackendSettings> = {},
): Promise<Bench> {
	const provider = await startModelProvider({ reply: replier(replies) });
	onTestFinished(() => provider.close());
	const clock = createManualClock();
	const backend = await make(provider.url, injected(clock, { baseUrl: provider.url, ...changes }));
	return {
		provider,
		backend,
		clock,
		ask: (change = {}, signal = new AbortController().signal) =>
			collect(backend.stream({ ...request, ...change }, signal), clock),
	};
}

export function textOf(events: readonly BackendEvent[]): string {
	return events.map((event) => (event.type === 'text_delta' ? event.text : '')).join('');
}

/** The last event, which has to be of this type. */
export function ending<T extends 'finished' | 'failed'>(
	events: readonly BackendEvent[],
	type: T,
): Extract<BackendEvent, { type: T }> {
	const last = events.at(-1);
	expect(last).toMatchObject({ type });
	return last as Extract<BackendEvent, { type: T }>;
}

export function only<T extends BackendEvent['type']>(
	events: readonly BackendEvent[],
	type: T,
): Extract<BackendEvent, { type: T }>[] {
	return events.filter((event): event is Extract<BackendEvent, { type: T }> => event.type === type);
}
