import { describe, expect, it } from 'vitest';
import { createAgentToolset } from '../../../src/agents/agent-toolset.ts';
import { createExternalParticipant } from '../../../src/agents/external.ts';
import { createModelAgent } from '../../../src/agents/loop.ts';
import type { ExternalEvent } from '../../../src/core/external-agent.ts';
import type { Gate, GatedCall } from '../../../src/core/gate.ts';
import { systemClock } from '../../../src/system-clock.ts';
import { openGate } from '../../support/open-gate.ts';
import { actingExternal, said } from './acting-external.ts';
import { callsFor, createFakeBackend, says } from './fake-backend.ts';
import { answerTurn, eventsOf, presentTurn } from './turns.ts';

const usage = { inputTokens: 11, cachedInputTokens: null, outputTokens: 5, reasoningTokens: null };
const refusing: Gate = { check: async () => ({ type: 'refuse', text: 'Nobody can be asked.', isError: true }) };

/** One of our agents, whose model puts `agent` to work with the input `input` and then says "Done.". */
function world(
	agent: ReturnType<typeof actingExternal>,
	{ acts = false, input = { task: 'Find sources.' } as object } = {},
) {
	const common = { metered: <Backend>(backend: Backend) => backend, prices: { cost: () => 3 }, clock: systemClock };
	const expert = createExternalParticipant({
		...{ ...common, id: 'research', systemMessage: '', agent, provider: 'p', model: 'm', gate: refusing },
	});
	const backend = createFakeBackend(callsFor(['research', input]), says('Done.'));
	const asked: GatedCall[] = [];
	const gate: Gate = {
		async check(call, signal) {
			asked.push(call);
			return openGate.check(call, signal);
		},
	};
	const toolset = createAgentToolset({
		...{ run: 'run-1', clock: systemClock, limits: { replies: 3, steps: 10, tools: 30 } },
		agents: [{ name: 'research', description: 'Finds sources.', agent: expert, acts }],
	});
	const asking = createModelAgent({ ...common, id: 'ada', systemMessage: '', backend, toolsets: [toolset], gate });
	return { asked, backend, run: () => eventsOf(asking.run(presentTurn(), new AbortController().signal)), asking };
}

describe('an agent as a tool of another', () => {
	it('shows people how far it is, gives the model its last word, and its use is counted', async () => {
		const agent = actingExternal(() => [
			{ type: 'tool_started', tool: 'web_search' },
			{ type: 'text_delta', text: 'I look at the first page.\nThen' },
			{ type: 'finished', text: 'Two sources: A and B.', usage },
		]);
		const { asked, backend, run } = world(agent);
		const events = await run();
		expect(events.filter(({ type }) => type === 'tool_progressed')).toEqual([
			{ type: 'tool_progressed', tool: 'research', text: 'web search' },
			{ type: 'tool_progressed', tool: 'research', text: 'I look at the first page.' },
		]);
		const result = backend.requests[1]?.messages.at(-1);
		expect(result?.text).toContain('Two sources: A and B.');
		expect(result?.text).not.toContain('first page');
		expect(asked).toMatchObject([{ tool: { name: 'research', effects: 'none', openWorld: true } }]);
		expect(agent.asked[0]?.messages[0]?.text).toContain('Find sources.');
		const calls = events.flatMap((event) => ('calls' in event ? event.calls : []));
		expect(calls).toContainEqual(expect.objectContaining({ backend: 'acting', model: 'm', usage, costMicroUsd: 3 }));
		expect(calls).toHaveLength(3);
	});

	it('acts only when people approve the call, and is not asked about what it interrupts for', async () => {
		const interrupt: ExternalEvent = {
			...{ type: 'interrupted', state: 's', usage },
			actions: [{ id: 'a', name: 'send_mail', input: {} }],
		};
		const agent = actingExternal(({ resume }) => [resume === null ? interrupt : said('I would send it.')]);
		const { asked, backend, run } = world(agent, { acts: true });
		await run();
		expect(asked).toMatchObject([{ tool: { name: 'research', effects: 'external' } }]);
		expect(agent.asked[1]?.resume?.decisions).toMatchObject([{ isApproved: false, text: 'Nobody can be asked.' }]);
		expect(backend.requests[1]?.messages.at(-1)?.text).toContain('I would send it.');
	});

	it.each([
		['a call without a task', { what: 'x' }, 'Say in `task`'],
		['an agent that fails', { task: 'x' }, 'out of order'],
	])('%s is a result that says so', async (_, input, text) => {
		const agent = actingExternal(() => {
			throw new Error('out of order');
		});
		const { backend, run } = world(agent, { input });
		expect((await run()).at(-1)).toMatchObject({ type: 'answered', content: 'Done.' });
		expect(backend.requests[1]?.messages.at(-1)).toMatchObject({ isError: true, text: expect.stringContaining(text) });
	});

	it('is closed with the agent that has it', async () => {
		let closed = 0;
		const close = async () => {
			closed += 1;
		};
		const { asking } = world(actingExternal(() => [said('x')], { close }));
		await eventsOf(asking.run(answerTurn(), AbortSignal.abort()));
		await asking.close();
		expect(closed).toBe(1);
	});
});
