import { describe, expect, it } from 'vitest';
import type { BackendEvent, ToolSpec } from '../../src/core/backend.ts';
import type { Message } from '../../src/core/message.ts';
import { type BackendTraits, ending, type MakeBackend, only, request, startBench, textOf } from './backend-bench.ts';
import { backendFailureContract } from './backend-failure-contract.ts';

const weather: ToolSpec = {
	name: 'get_weather',
	description: 'The weather of a city',
	parameters: {
		type: 'object',
		properties: { city: { type: 'string' }, days: { type: 'integer' } },
		required: ['city', 'days'],
		additionalProperties: false,
	},
};
const vote: ToolSpec = {
	name: 'vote',
	description: 'Votes',
	parameters: {
		type: 'object',
		properties: { agent: { type: 'string' }, note: { type: 'string' } },
		required: ['agent'],
		additionalProperties: false,
	},
};

const parsed = (events: readonly BackendEvent[]) =>
	only(events, 'tool_called').map(({ name, arguments: text }) => ({ name, input: JSON.parse(text) }));

function assistantMessage(events: readonly BackendEvent[], backend: string): Message {
	const { opaque } = ending(events, 'finished');
	return {
		role: 'assistant',
		text: textOf(events),
		toolCalls: only(events, 'tool_called').map(({ id, name, arguments: text }) => ({ id, name, arguments: text })),
		...(opaque === undefined ? {} : { opaque: { backend, items: opaque } }),
	};
}

const result = (call: { id: string; name: string }, text: string): Message => ({
	role: 'tool',
	callId: call.id,
	name: call.name,
	text,
	isError: false,
});

function textContract(make: MakeBackend, traits: BackendTraits): void {
	it('streams text in pieces and sends the system prompt and the question', async () => {
		const { ask, provider, backend } = await startBench(make, { text: 'The capital is Stockholm. 🇸🇪', chunkChars: 6 });
		const events = await ask();
		expect(textOf(events)).toBe('The capital is Stockholm. 🇸🇪');
		expect(only(events, 'text_delta').length).toBeGreaterThan(3);
		expect(ending(events, 'finished').reason).toBe('stop');
		expect(provider.calls).toMatchObject([
			{ system: request.system, messages: request.messages, model: backend.model, tools: [] },
		]);
	});

	it('streams reasoning apart from the text', async () => {
		const { ask } = await startBench(make, { reasoning: 'Sweden, so Stockholm.', text: 'Stockholm' });
		const events = await ask();
		const thought = only(events, 'reasoning_delta').map(({ text }) => text);
		expect(thought.join('')).toBe('Sweden, so Stockholm.');
		expect(textOf(events)).toBe('Stockholm');
	});

	it('says that an answer was cut at the output limit', async () => {
		const { ask } = await startBench(make, { text: 'The capital is', stop: 'length' });
		expect(ending(await ask(), 'finished').reason).toBe('length');
	});

	it('reports all four kinds of tokens', async () => {
		const usage = { input: 120, cached: 40, output: 30, reasoning: 12 };
		const { ask } = await startBench(make, { text: 'Hello', usage });
		expect(ending(await ask(), 'finished').usage).toEqual({
			inputTokens: 120,
			cachedInputTokens: 40,
			outputTokens: 30,
			reasoningTokens: traits.reasoningTokens === false ? null : 12,
		});
	});

	it('reports unknown usage as unknown, not as zero', async () => {
		const { ask } = await startBench(make, { text: 'Hello' });
		expect(ending(await ask(), 'finished').usage).toEqual({
			inputTokens: null,
			cachedInputTokens: null,
			outputTokens: null,
			reasoningTokens: null,
		});
	});

	it('keeps simultaneous calls apart', async () => {
		const { ask } = await startBench(make, ({ messages }) => ({ text: `echo ${JSON.stringify(messages)}` }));
		const questions = ['one', 'two', 'three', 'four'];
		const answers = await Promise.all(questions.map((text) => ask({ messages: [{ role: 'user', text }] })));
		for (const [at, events] of answers.entries()) expect(textOf(events)).toContain(`"${questions[at]}"`);
	});

	it('uses one connection for calls that follow each other', async () => {
		const { ask, provider } = await startBench(make, { text: 'Hello', usage: { input: 1, output: 1 } });
		for (let call = 0; call < 3; call++) {
			await ask();
			// The client's end of the connection needs a moment to become free.
			await new Promise((resolve) => setTimeout(resolve, 30));
		}
		expect(provider.connections()).toBe(1);
	});
}

function toolContract(make: MakeBackend, traits: BackendTraits): void {
	it('describes tools in the provider`s own format (massgen.md, case 7)', async () => {
		const { ask, provider } = await startBench(make, { text: 'No tool needed' });
		await ask({ tools: [weather, vote] });
		expect(provider.refusals).toEqual([]);
		const seen = provider.calls[0]?.tools.map(({ name, description, parameters }) => ({
			name,
			description,
			properties: Object.keys(parameters.properties ?? {}),
			required: parameters.required,
		}));
		expect(seen).toEqual([
			{
				name: 'get_weather',
				description: 'The weather of a city',
				properties: ['city', 'days'],
				required: ['city', 'days'],
			},
			{ name: 'vote', description: 'Votes', properties: ['agent', 'note'], required: ['agent'] },
		]);
	});

	it('announces a tool call and gives it whole when its arguments are complete', async () => {
		const toolCalls = [{ name: 'get_weather', arguments: { city: 'Malmö "south"', days: 3 } }];
		const { ask } = await startBench(make, { toolCalls, chunkChars: 4 });
		const events = await ask({ tools: [weather] });
		const [started] = only(events, 'tool_call_started');
		const [called] = only(events, 'tool_called');
		expect(started).toMatchObject({ name: 'get_weather', id: called?.id });
		expect(parsed(events)).toEqual([{ name: 'get_weather', input: { city: 'Malmö "south"', days: 3 } }]);
		expect(ending(events, 'finished').reason).toBe('tool_calls');
	});

	it('keeps parallel tool calls apart', async () => {
		const toolCalls = [
			{ name: 'get_weather', arguments: { city: 'Lund', days: 1 } },
			{ name: 'get_weather', arguments: { city: 'Umeå', days: 14 } },
		];
		const { ask } = await startBench(make, { text: 'Let me look.', toolCalls, chunkChars: 3 });
		const events = await ask({ tools: [weather] });
		expect(parsed(events)).toEqual(toolCalls.map(({ name, arguments: input }) => ({ name, input })));
		expect(new Set(only(events, 'tool_called').map(({ id }) => id)).size).toBe(2);
		expect(textOf(events)).toBe('Let me look.');
	});

	if (traits.textArguments !== false) {
		it('hands on broken JSON in arguments as the text it is', async () => {
			const { ask } = await startBench(make, { toolCalls: [{ name: 'get_weather', arguments: '{"city": "Lu' }] });
			const events = await ask({ tools: [weather] });
			expect(only(events, 'tool_called')).toMatchObject([{ name: 'get_weather', arguments: '{"city": "Lu' }]);
			ending(events, 'finished');
		});
	}

	it('asks for a tool call where one is required, and only there', async () => {
		const { ask, provider } = await startBench(make, { text: 'Fine' });
		await ask({ tools: [vote], toolChoice: 'required' });
		await ask({ tools: [vote], toolChoice: 'auto' });
		await ask({ tools: [], toolChoice: 'required' });
		expect(provider.refusals).toEqual([]);
		expect(provider.calls.map(({ toolChoice }) => toolChoice)).toEqual(['required', 'auto', 'auto']);
	});

	it('does not take a long tool call for silence', async () => {
		const bench = await startBench(make, () => ({
			toolCalls: [{ name: 'vote', arguments: { agent: 'x'.repeat(60) } }],
			chunkChars: 10,
			// The wire is real: what was written needs a moment to arrive before time moves on.
			async pace() {
				await new Promise((resolve) => setTimeout(resolve, 25));
				await bench.clock.advance(25_000);
			},
		}));
		ending(await bench.ask({ tools: [vote] }), 'finished');
		expect(bench.provider.calls).toHaveLength(1);
	});
}

function conversationContract(make: MakeBackend): void {
	const toolCalls = [
		{ name: 'get_weather', arguments: { city: 'Lund', days: 1 } },
		{ name: 'get_weather', arguments: { city: 'Umeå', days: 2 } },
	];
	const first = { reasoning: 'Two cities.', text: 'I look it up.', toolCalls };

	it('continues with tool results and gives back what the provider sealed', async () => {
		const { ask, backend, provider } = await startBench(make, [first, { text: 'Rain and snow.' }]);
		const events = await ask({ tools: [weather] });
		const calls = only(events, 'tool_called');
		const saved: Message[] = JSON.parse(
			JSON.stringify([
				...request.messages,
				assistantMessage(events, backend.name),
				...calls.map((call, at) => result(call, at === 0 ? 'rain' : 'snow')),
			]),
		);
		expect(textOf(await ask({ tools: [weather], messages: saved }))).toBe('Rain and snow.');
		expect(provider.refusals).toEqual([]);
		const [question, assistant, ...results] = provider.calls[1]?.messages ?? [];
		expect(question).toEqual(request.messages[0]);
		expect(assistant).toMatchObject({ role: 'assistant', text: 'I look it up.' });
		if (assistant?.role !== 'assistant') throw new Error('the second message is not the assistant`s');
		expect(assistant.toolCalls.map((call) => JSON.parse(call.arguments))).toEqual(
			toolCalls.map((call) => call.arguments),
		);
		expect(assistant.seals.length).toBeGreaterThan(0);
		expect(results).toMatchObject([
			{ role: 'tool', text: 'rain' },
			{ role: 'tool', text: 'snow' },
		]);
	});

	it('continues a conversation that another backend began, without its sealed parts', async () => {
		const { ask, provider } = await startBench(make, { text: 'Rain.' });
		const call = { id: 'other_1', name: 'get_weather', arguments: '{"city":"Lund","days":1}' };
		const opaque = { backend: 'another', items: [{ type: 'mystery' }] };
		const messages: Message[] = [
			...request.messages,
			{ role: 'assistant', text: '', toolCalls: [call], opaque },
			result(call, 'rain'),
			{ role: 'assistant', text: 'It rains.', toolCalls: [] },
			{ role: 'user', text: 'Call a tool.' },
		];
		ending(await ask({ tools: [weather], messages }), 'finished');
		expect(provider.refusals).toEqual([]);
		const roles = provider.calls[0]?.messages.map(({ role }) => role);
		expect(roles).toEqual(['user', 'assistant', 'tool', 'assistant', 'user']);
		expect(JSON.stringify(provider.calls[0]?.body)).not.toContain('mystery');
	});

	it('leaves out a reply that said nothing', async () => {
		const { ask, provider } = await startBench(make, { text: 'Now I do.' });
		const messages: Message[] = [
			...request.messages,
			{ role: 'assistant', text: '', toolCalls: [] },
			{ role: 'user', text: 'Say something.' },
		];
		ending(await ask({ messages }), 'finished');
		expect(provider.refusals).toEqual([]);
		expect(provider.calls[0]?.messages.every(({ role }) => role === 'user')).toBe(true);
	});

	it('takes broken arguments of an earlier call back into the conversation', async () => {
		const { ask, provider } = await startBench(make, { text: 'Sorry.' });
		const call = { id: 'call_1', name: 'get_weather', arguments: '{"city": "Lu' };
		const messages: Message[] = [
			...request.messages,
			{ role: 'assistant', text: '', toolCalls: [call] },
			{ ...result(call, 'The arguments were not JSON.'), isError: true } as Message,
		];
		ending(await ask({ tools: [weather], messages }), 'finished');
		expect(provider.refusals).toEqual([]);
	});
}

/** What every backend must do, over the real SDK and a fake provider's wire. `make` gets the provider's origin. */
export function backendContract(name: string, make: MakeBackend, traits: BackendTraits = {}): void {
	describe(`${name} as a backend`, () => {
		describe('text', () => textContract(make, traits));
		describe('tools', () => toolContract(make, traits));
		describe('conversations', () => conversationContract(make));
		describe('failures', () => backendFailureContract(make, traits));
	});
}
