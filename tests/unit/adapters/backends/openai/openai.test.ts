import { describe, expect, it } from 'vitest';
import { createOpenAIBackend } from '../../../../../src/adapters/backends/openai.ts';
import type { ToolSpec } from '../../../../../src/core/backend.ts';
import type { Message } from '../../../../../src/core/message.ts';
import { ending, type MakeBackend, only, startBench, textOf } from '../../../../contracts/backend-bench.ts';
import { backendContract } from '../../../../contracts/backend-contract.ts';
import { independentProviderContract } from '../../../../contracts/independent-provider-contract.ts';

const make: MakeBackend = (origin, { settings, services }) =>
	createOpenAIBackend({ ...settings, baseUrl: `${origin}/v1` }, services);

backendContract('openai', make);
independentProviderContract('openai', make);

const closed: ToolSpec = {
	name: 'vote',
	description: 'Votes',
	parameters: {
		type: 'object',
		properties: { agent: { type: 'string' } },
		required: ['agent'],
		additionalProperties: false,
	},
};
const open: ToolSpec = {
	name: 'search',
	description: 'Searches',
	parameters: {
		type: 'object',
		properties: { query: { type: 'string' }, limit: { type: 'integer' } },
		required: ['query'],
		additionalProperties: false,
	},
};

describe('what goes over the wire to OpenAI', () => {
	it('describes functions as type function, strict only where the schema allows it (massgen.md, case 7)', async () => {
		const { ask, provider } = await startBench(make, { text: 'Hello' });
		await ask({ tools: [closed, open] });
		expect(provider.calls[0]?.body).toMatchObject({
			tools: [
				{ type: 'function', name: 'vote', strict: true, parameters: closed.parameters },
				{ type: 'function', name: 'search', strict: false, parameters: open.parameters },
			],
		});
	});

	it('stores nothing and asks for sealed reasoning', async () => {
		const { ask, provider } = await startBench(make, { text: 'Hello' }, { model: 'gpt-6-astra' });
		await ask();
		expect(provider.calls[0]?.body).toMatchObject({ store: false, include: ['reasoning.encrypted_content'] });
	});

	it.each(['gpt-4o', 'gpt-4.1-mini', 'gpt-5-chat-latest'])(
		'asks %s, which has none, for no reasoning',
		async (model) => {
			const { ask, provider } = await startBench(make, { text: 'Hello' }, { model });
			ending(await ask(), 'finished');
			expect(provider.calls[0]?.body).not.toHaveProperty('include');
		},
	);

	it('sends every setting that is set, and none that is not', async () => {
		const { ask, provider } = await startBench(
			make,
			{ text: 'Hello' },
			{
				temperature: 0,
				topP: 0.5,
				maxOutputTokens: 900,
				reasoning: { effort: 'high', summary: 'auto' },
				verbosity: 'low',
				extra: { service_tier: 'flex' },
				headers: { 'X-Team': 'blue' },
			},
		);
		await ask();
		expect(provider.calls[0]?.body).toMatchObject({
			temperature: 0,
			top_p: 0.5,
			max_output_tokens: 900,
			reasoning: { effort: 'high', summary: 'auto' },
			text: { verbosity: 'low' },
			service_tier: 'flex',
		});
		expect(provider.calls[0]?.headers).toMatchObject({ 'x-team': 'blue', authorization: '[key]' });

		const bare = await startBench(make, { text: 'Hello' });
		await bare.ask();
		const sent = Object.keys(bare.provider.calls[0]?.body ?? {}).sort();
		expect(sent).toEqual(['include', 'input', 'instructions', 'model', 'prompt_cache_key', 'store', 'stream']);
	});

	it('names a cache key per agent and run that tells the provider neither', async () => {
		const { ask, provider } = await startBench(make, { text: 'Hello' });
		const run = 'a-run-with-a-very-long-name-'.repeat(4);
		await ask({ run, agent: 'alpha' });
		await ask({ run, agent: 'alpha' });
		await ask({ run, agent: 'beta' });
		const keys = provider.calls.map(({ body }) => Reflect.get(Object(body), 'prompt_cache_key'));
		expect(keys[1]).toBe(keys[0]);
		expect(keys[2]).not.toBe(keys[0]);
		expect(JSON.stringify(keys)).not.toMatch(/alpha|a-run/);
	});

	it('asks for an API key when there is none, and sends no header in its place', async () => {
		const { ask, provider } = await startBench(make, { text: 'Hello' }, { apiKey: null });
		const failed = ending(await ask(), 'failed');
		expect(failed).toMatchObject({ failure: 'authentication' });
		expect(failed.message).toBe('OpenAI asks for an API key and none is set. Set OPENAI_API_KEY and try again.');
		expect(provider.refusals).toEqual(["You didn't provide an API key."]);
	});
});

describe('tools that OpenAI runs itself', () => {
	it('are offered when the settings say so', async () => {
		const { ask, provider } = await startBench(make, { text: 'Hello' }, { webSearch: true, codeExecution: true });
		await ask();
		expect(provider.calls[0]?.providerTools).toEqual(['web_search', 'code_execution']);
	});

	it('are shown while they run, and given back in the next call', async () => {
		const used = { reasoning: 'Look it up.', providerTools: ['web_search', 'code_execution'], text: 'It is 7.' };
		const { ask, provider, backend } = await startBench(make, [used, { text: 'Yes.' }], { webSearch: true });
		const events = await ask();
		const shown = events.flatMap((event) =>
			event.type === 'provider_tool_started' || event.type === 'provider_tool_finished'
				? [[event.type, event.name]]
				: [],
		);
		expect(shown).toEqual([
			['provider_tool_started', 'web_search'],
			['provider_tool_finished', 'web_search'],
			['provider_tool_started', 'code_execution'],
			['provider_tool_finished', 'code_execution'],
		]);
		const items = ending(events, 'finished').opaque;
		const messages: Message[] = [
			{ role: 'user', text: 'How many?' },
			{ role: 'assistant', text: textOf(events), toolCalls: [], opaque: { backend: backend.name, items } },
			{ role: 'user', text: 'Sure?' },
		];
		await ask({ messages });
		const sent: { type?: string }[] = Reflect.get(Object(provider.calls[1]?.body), 'input');
		expect(sent.map(({ type }) => type)).toEqual([
			undefined,
			'reasoning',
			'web_search_call',
			'code_interpreter_call',
			'message',
			undefined,
		]);
	});
});

describe('giving an earlier reply back', () => {
	const call = { name: 'vote', arguments: { agent: 'a' } };
	const first = { reasoning: 'Hm.', text: 'I vote.', toolCalls: [call, call] };

	async function secondCall(change: (message: Extract<Message, { role: 'assistant' }>) => Message[], model?: string) {
		const bench = await startBench(make, [first, { text: 'Done.' }]);
		const events = await bench.ask({ tools: [closed] });
		const toolCalls = only(events, 'tool_called').map(({ id, name, arguments: text }) => ({
			id,
			name,
			arguments: text,
		}));
		const items = JSON.parse(JSON.stringify(ending(events, 'finished').opaque));
		if (model !== undefined) items.model = model;
		const messages = change({ role: 'assistant', text: 'I vote.', toolCalls, opaque: { backend: 'openai', items } });
		await bench.ask({ tools: [closed], messages: [{ role: 'user', text: 'Vote.' }, ...messages] });
		expect(bench.provider.refusals).toEqual([]);
		return bench.provider.calls[1]?.messages[1];
	}
	const results = (calls: readonly { id: string; name: string }[]): Message[] =>
		calls.map(({ id, name }) => ({ role: 'tool', callId: id, name, text: 'ok', isError: false }));

	it('drops what another model sealed', async () => {
		const message = await secondCall((said) => [said, ...results(said.toolCalls)], 'another-model');
		expect(message).toMatchObject({ text: 'I vote.', seals: [] });
	});

	it('rebuilds a message from which the agent took a call away', async () => {
		const message = await secondCall((said) => {
			const kept = said.toolCalls.slice(0, 1);
			return [{ ...said, toolCalls: kept }, ...results(kept)];
		});
		expect(message).toMatchObject({ toolCalls: [{ name: 'vote' }], seals: [] });
	});

	it('has nothing to keep when text and calls say everything', async () => {
		const { ask } = await startBench(make, { text: 'I vote.', toolCalls: [call] });
		expect(ending(await ask({ tools: [closed] }), 'finished')).not.toHaveProperty('opaque');
	});
});

describe('failures of OpenAI', () => {
	it('does not wait for an account without credit', async () => {
		const message = 'You exceeded your current quota, please check your plan and billing details.';
		const fault = { type: 'status', status: 429, code: 'insufficient_quota', message } as const;
		const { ask, provider } = await startBench(make, { fault });
		expect(ending(await ask(), 'failed')).toMatchObject({ failure: 'quota_exhausted', retryable: false });
		expect(provider.calls).toHaveLength(1);
	});

	it('shows the words of a refusal', async () => {
		const { ask } = await startBench(make, { stop: 'refused', text: 'I do not write that.' });
		expect(ending(await ask(), 'failed').message).toContain('I do not write that');
	});
});
