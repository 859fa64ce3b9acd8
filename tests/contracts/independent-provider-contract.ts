import { LLMock } from '@copilotkit/aimock';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { BackendRequest, ToolSpec } from '../../src/core/backend.ts';
import type { Message } from '../../src/core/message.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { collect, ending, injected, type MakeBackend, only, request, textOf } from './backend-bench.ts';

const weather: ToolSpec = {
	name: 'get_weather',
	description: 'The weather of a city',
	parameters: {
		type: 'object',
		properties: { city: { type: 'string' } },
		required: ['city'],
		additionalProperties: false,
	},
};

async function startIndependent(make: MakeBackend) {
	const mock = new LLMock({ port: 0 });
	await mock.start();
	onTestFinished(() => mock.stop());
	const clock = createManualClock();
	const backend = await make(mock.url, injected(clock));
	const ask = (change: Partial<BackendRequest>) =>
		collect(backend.stream({ ...request, ...change }, new AbortController().signal), clock);
	return { mock, ask, backend };
}

/** The main road once more, against a fake provider that nobody here wrote. `make` gets the provider's origin. */
export function independentProviderContract(name: string, make: MakeBackend): void {
	describe(`${name} against an independent fake provider`, () => {
		it('streams text', async () => {
			const { mock, ask } = await startIndependent(make);
			mock.onMessage('capital of Sweden', { content: 'The capital of Sweden is Stockholm.' });
			const events = await ask({});
			expect(textOf(events)).toBe('The capital of Sweden is Stockholm.');
			expect(ending(events, 'finished').reason).toBe('stop');
		});

		it('calls a tool and goes on with its result', async () => {
			const { mock, ask, backend } = await startIndependent(make);
			mock.on(
				{ userMessage: 'weather', hasToolResult: false },
				{ toolCalls: [{ name: 'get_weather', arguments: '{"city":"Lund"}' }] },
			);
			mock.on({ userMessage: 'weather', hasToolResult: true }, { content: 'It rains.' });
			const question: Message = { role: 'user', text: 'What is the weather in Lund?' };
			const events = await ask({ messages: [question], tools: [weather] });
			const [call] = only(events, 'tool_called');
			expect(call).toMatchObject({ name: 'get_weather', arguments: '{"city":"Lund"}' });
			expect(ending(events, 'finished').reason).toBe('tool_calls');
			if (call === undefined) throw new Error('no call');
			const { opaque } = ending(events, 'finished');
			const toolCalls = [{ id: call.id, name: call.name, arguments: call.arguments }];
			const sealed = opaque === undefined ? {} : { opaque: { backend: backend.name, items: opaque } };
			const said: Message = { role: 'assistant', text: textOf(events), toolCalls, ...sealed };
			const result: Message = { role: 'tool', callId: call.id, name: call.name, text: 'rain', isError: false };
			expect(textOf(await ask({ messages: [question, said, result], tools: [weather] }))).toBe('It rains.');
		});

		it('tries again after an overload', async () => {
			const { mock, ask } = await startIndependent(make);
			mock.onMessage('capital of Sweden', { content: 'Stockholm.' });
			mock.nextRequestError(503, { message: 'overloaded', type: 'server_error' });
			const events = await ask({});
			expect(events[0]).toMatchObject({ type: 'retried', failure: 'overloaded' });
			expect(textOf(events)).toBe('Stockholm.');
		});
	});
}
