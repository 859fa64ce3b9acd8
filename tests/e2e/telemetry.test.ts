import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/adapters/stores/memory.ts';
import { createApp } from '../../src/app.ts';
import { telemetrySettings } from '../../src/config/telemetry-settings.ts';
import type { RunEvent } from '../../src/core/run-event.ts';
import { systemClock } from '../../src/system-clock.ts';
import { type CollectedSpan, type Collector, startCollector } from '../platforms/otlp-collector.ts';
import { temporaryFolder } from '../support/command.ts';

const QUESTION = 'What is the secret plan?';
let collector: Collector;

beforeEach(async () => {
	collector = await startCollector();
	return async () => {
		await collector.stop();
	};
});
afterEach(() => {
	for (const name of Object.keys(process.env)) if (name.startsWith('OTEL_')) delete process.env[name];
});

/** Answers a question in a program that sends what it does to the collector. Returns the run's id. */
async function answered(env: Record<string, string>): Promise<string> {
	const wanted = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.address, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', ...env };
	Object.assign(process.env, wanted);
	const { path, remove } = await temporaryFolder();
	const finished = Promise.withResolvers<RunEvent>();
	const app = await createApp({
		...{ file: 'tests/e2e/fixtures/page.yaml', flags: { dataDir: join(path, 'data') }, cwd: process.cwd() },
		...{ env: wanted, terminal: null, web: false, chats: false, clock: systemClock },
		...{ observe: (event) => void (event.type === 'run_finished' && finished.resolve(event)), onProblem: () => {} },
		openStore: async () => createMemoryStore(),
	});
	const principal = { platform: 'test', tenant: 't', user: 'ada', roles: [], kind: 'member' as const };
	const wish = {
		question: QUESTION,
		team: 'calm',
		quick: false,
		verbosity: 'normal',
		locale: null,
		files: [],
	} as const;
	await app.bot.ask({ id: 'one', session: 'test:t:c:1', principal, ...wish });
	const { run } = await finished.promise;
	await app.close();
	await remove();
	return run;
}

const named = (name: string) => collector.spans().filter((span) => span.name === name);
const nanoseconds = ({ startTimeUnixNano: start, endTimeUnixNano: end }: CollectedSpan) =>
	Number(BigInt(end) - BigInt(start));

it('a run is one trace of turns and model calls by the GenAI conventions, without what was said in it', async () => {
	const run = await answered({ OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20abc' });
	const [root, ...others] = named('invoke_workflow calm');
	expect(others).toEqual([]);
	expect(root).toMatchObject({
		kind: 1,
		attributes: {
			'gen_ai.operation.name': 'invoke_workflow',
			'gen_ai.conversation.id': 'test:t:c:1',
			'massgen.run.id': run,
			'massgen.run.outcome': 'answered',
		},
	});
	const turns = [...named('invoke_agent ann'), ...named('invoke_agent bob')];
	expect(turns.map(({ attributes }) => attributes['massgen.turn.outcome']).toSorted()).toEqual([
		'answered',
		'answered',
		'presented',
		'voted',
		'voted',
	]);
	expect(new Set(turns.map((turn) => turn.parentSpanId))).toEqual(new Set([root?.spanId]));
	const calls = named('chat scripted');
	expect(calls).toHaveLength(5);
	expect(calls.map((call) => call.parentSpanId).toSorted()).toEqual(turns.map((turn) => turn.spanId).toSorted());
	for (const call of calls) {
		expect(call).toMatchObject({ kind: 3, traceId: root?.traceId });
		expect(call.attributes).toMatchObject({
			'gen_ai.operation.name': 'chat',
			'gen_ai.provider.name': 'scripted',
			'gen_ai.request.model': 'scripted',
			'gen_ai.usage.output_tokens': expect.anything(),
			'gen_ai.response.time_to_first_chunk': expect.any(Number),
		});
	}
	// The presentation is written at 60 tokens a second.
	expect(Math.max(...calls.map(nanoseconds))).toBeGreaterThan(50e6);
	expect(collector.resource()).toMatchObject({ 'service.name': 'massgen-chat' });
	expect(collector.resource()).not.toHaveProperty('process.command_args');
	expect(collector.requests.map(({ authorization }) => authorization)).toContain('Bearer abc');
	expect(Buffer.concat(collector.requests.map(({ body }) => body)).toString()).not.toMatch(/secret plan|several words/);

	const durations = collector.points('gen_ai.client.inference.duration');
	expect(durations.map(({ count, attributes }) => [Number(count), attributes['gen_ai.request.model']])).toEqual([
		[5, 'scripted'],
	]);
	expect(
		collector
			.points('gen_ai.invoke_agent.duration')
			.map(({ count }) => Number(count))
			.toSorted(),
	).toEqual([1, 2, 3]);
	// The scripted model counts no tokens; that it counted them is told.
	expect(collector.points('gen_ai.client.inference.usage.output_tokens')).toMatchObject([{ asDouble: 0 }]);
});

it('what was said is in the trace when the variable asks for it', async () => {
	await answered({
		OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true',
		OTEL_SERVICE_NAME: 'panel',
		OTEL_METRICS_EXPORTER: 'none',
	});
	const [root] = named('invoke_workflow calm');
	expect(JSON.parse(String(root?.attributes['gen_ai.input.messages']))).toEqual([
		{ role: 'user', parts: [{ type: 'text', content: QUESTION }] },
	]);
	expect(String(root?.attributes['gen_ai.output.messages'])).toContain('several words');
	expect(collector.resource()).toMatchObject({ 'service.name': 'panel' });
	expect(collector.requests.map(({ path }) => path)).not.toContain('/v1/metrics');
});

it('goes as protobuf where nothing else is said', async () => {
	await answered({ OTEL_EXPORTER_OTLP_PROTOCOL: '' });
	const traces = collector.requests.filter(({ path }) => path === '/v1/traces');
	expect(traces.map(({ type }) => type)).toContain('application/x-protobuf');
	expect(Buffer.concat(traces.map(({ body }) => body)).toString('latin1')).toContain('invoke_workflow calm');
});

it('is on when a variable says where to send, and off by OTEL_SDK_DISABLED', () => {
	expect(telemetrySettings({})).toBeNull();
	expect(telemetrySettings({ OTEL_SERVICE_NAME: 'panel' })).toBeNull();
	expect(telemetrySettings({ OTEL_TRACES_EXPORTER: 'none' })).toBeNull();
	for (const name of ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_METRICS_EXPORTER']) {
		expect(telemetrySettings({ [name]: 'otlp' }), name).toEqual({ captureContent: false });
		expect(telemetrySettings({ [name]: 'otlp', OTEL_SDK_DISABLED: 'true' }), name).toBeNull();
	}
});
