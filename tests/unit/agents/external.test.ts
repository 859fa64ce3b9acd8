import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createExternalParticipant } from '../../../src/agents/external.ts';
import type { AgentEvent, Turn } from '../../../src/core/agent.ts';
import type { ExternalAgent, ExternalEvent, ExternalRequest } from '../../../src/core/external-agent.ts';
import type { Gate, GatedCall } from '../../../src/core/gate.ts';
import { unknownUsage } from '../../../src/core/usage.ts';
import { systemClock } from '../../../src/system-clock.ts';
import type { ContractReply } from '../../contracts/agent-contract.ts';
import { externalContract } from '../../contracts/external-contract.ts';
import { openGate } from '../../support/open-gate.ts';
import { actingExternal, said } from './acting-external.ts';
import { itemOf } from './approval-item.ts';
import { answerTurn, evaluateTurn, eventsOf, presentTurn } from './turns.ts';

const written = ({ text, calls = [] }: ContractReply) =>
	[text ?? '', ...calls.map((call) => `{"call": "${call.name}", "arguments": ${call.arguments}}`)]
		.filter((part) => part !== '')
		.join('\n');

externalContract(
	'an agent of another system',
	async (replies) => {
		const sent: unknown[] = [];
		const agent = actingExternal(async function* (request, _, signal): AsyncGenerator<ExternalEvent> {
			const before = request.messages.filter(({ role }) => role === 'assistant').length;
			const reply = replies[before + (request.resume === null || before > 0 ? 0 : 1)] ?? {};
			const [decision] = request.resume?.decisions ?? [];
			if (decision?.isApproved) sent.push(decision.input);
			const usage = { inputTokens: 7, cachedInputTokens: null, outputTokens: 3, reasoningTokens: null };
			if (reply.action !== undefined) {
				yield { type: 'interrupted', state: 'waiting', actions: [{ id: 'a', ...reply.action }], usage };
				return;
			}
			if (reply.text !== undefined) yield { type: 'text_delta', text: reply.text };
			if (reply.hang) await once(signal, 'abort');
			if (reply.failure !== undefined) {
				throw Object.assign(new Error('broken'), { status: reply.failure.retryable ? 529 : 401 });
			}
			yield { type: 'finished', text: written(reply), usage };
		});
		return { agent, modelCalls: () => agent.asked.length, sent: () => sent };
	},
	{ usage: 'of_whole_replies', interrupts: true },
);

function seat(agent: ExternalAgent, gate: Gate = openGate) {
	const participant = createExternalParticipant({
		...{ id: 'real-id-of-ada', systemMessage: 'You are terse.', agent, provider: 'acme', model: 'm1', gate },
		...{ metered: (backend) => backend, prices: { cost: () => null }, clock: systemClock },
	});
	return (turn: Turn) => eventsOf(participant.run(turn, new AbortController().signal));
}

const shown = (events: readonly AgentEvent[]) =>
	events.flatMap((event) => (event.type === 'text_delta' ? [event.text] : [])).join('');

describe('an agent of another system', () => {
	it('is told of the team and the answers under their names, and how to vote, and nothing else of the others', async () => {
		const agent = actingExternal(() => [
			said('{"call": "vote", "arguments": {"agent_id": "agent2", "reason": "clear"}}'),
		]);
		const events = await seat(agent)(evaluateTurn());
		expect(events.at(-1)).toMatchObject({ type: 'voted', target: 'agent2', reason: 'clear' });
		const [{ instructions, messages }] = agent.asked as [ExternalRequest];
		expect(instructions).toContain('You are terse.');
		expect(instructions).toContain('{"call": "NAME", "arguments": {...}}');
		expect(instructions).toContain('"enum":["agent1","agent2"]');
		expect(messages).toMatchObject([{ role: 'user', text: expect.stringContaining('Mostly, by scattering.') }]);
		expect(instructions + messages[0]?.text).not.toMatch(/real-id-of-ada/);
	});

	it('is given the calls as tools where it can call them', async () => {
		const call: ExternalEvent = { type: 'tool_called', name: 'vote', arguments: '{"agent_id":"agent1"}' };
		const agent = actingExternal(() => [call, said('')], { callsTools: true });
		expect((await seat(agent)(evaluateTurn())).at(-1)).toMatchObject({ type: 'voted', target: 'agent1' });
		expect(agent.asked[0]?.tools.map(({ name }) => name)).toEqual(['vote', 'new_answer']);
		expect(agent.asked[0]?.instructions).not.toContain('"call"');
	});

	it.each([
		[
			'a call after words and in a code block',
			'I think so.\n```json\n{"call": "new_answer", "arguments": {"content": "Say \\"{}\\"."}}\n```',
			'Say "{}".',
		],
		[
			'a call whose arguments have braces',
			'{ "call" : "new_answer", "arguments": {"content": "{\\"call\\": 1}"} }',
			'{"call": 1}',
		],
		['JSON that is no call', '{"colour": "blue"}', '{"colour": "blue"}'],
		['a call of something else', 'Blue. {"call": "rm", "arguments": {}}', 'Blue. {"call": "rm", "arguments": {}}'],
	])('reads %s', async (_, text, content) => {
		const agent = actingExternal(() => [said(text)]);
		expect((await seat(agent)(answerTurn())).at(-1)).toMatchObject({ type: 'answered', content });
	});

	it('is corrected when it votes and answers at once, and when a call is broken', async () => {
		const vote = '{"call": "vote", "arguments": {"agent_id": "agent2"}}';
		const answer = '{"call": "new_answer", "arguments": {"content": "Blue."}}';
		const replies = [`${vote}\n${answer}`, '{"call": "vote", "arguments": {"agent_id": ', vote];
		const agent = actingExternal((_, count) => [said(replies[count] ?? '')]);
		expect((await seat(agent)(evaluateTurn())).at(-1)).toMatchObject({ type: 'voted', target: 'agent2' });
		expect(agent.asked[1]?.messages.at(-1)?.text).toContain('voted and answered in one reply');
		expect(agent.asked[2]?.messages.at(-1)?.text).toContain('not JSON');
		expect(agent.asked[2]?.messages.map(({ role }) => role)).toEqual([
			'user',
			'assistant',
			'user',
			'assistant',
			'user',
		]);
	});

	it('shows people its words and its tools, and never a call', async () => {
		const agent = actingExternal(() => [
			{ type: 'text_delta', text: 'Let me see. ' },
			{ type: 'tool_started', tool: 'look_up' },
			{ type: 'tool_progressed', tool: 'look_up', text: 'page 2' },
			{ type: 'tool_finished', tool: 'look_up', isError: true },
			{ type: 'text_delta', text: 'So: {"call": "new_' },
			{ type: 'text_delta', text: 'answer", "arguments": {"content": "Blue."}}' },
			said('Let me see. So: {"call": "new_answer", "arguments": {"content": "Blue."}}'),
		]);
		const events = await seat(agent)(evaluateTurn());
		expect(shown(events)).toBe('Let me see. So: ');
		expect(events.map(({ type }) => type)).toEqual([
			...['text_delta', 'tool_started', 'tool_progressed', 'tool_finished', 'text_delta', 'writing', 'answered'],
		]);
		expect(events).toContainEqual({ type: 'tool_finished', tool: 'look_up', label: 'look up', isError: true });
	});

	it('presents what it says last, not what it said on the way', async () => {
		const agent = actingExternal(() => [{ type: 'text_delta', text: 'First I plan.' }, said('The sea is blue.')]);
		expect((await seat(agent)(presentTurn())).at(-1)).toMatchObject({ content: 'The sea is blue.' });
	});
});

describe('an agent of another system whose own tools ask nobody', () => {
	const held: GatedCall[] = [];
	const asking: Gate = {
		async check(call) {
			held.push(call);
			return { type: 'ask', item: itemOf(call) };
		},
	};
	const ungated = () => actingExternal(() => [said('Done.')], { ownTools: 'ungated' });

	it('is approved as a whole before each turn, and does nothing before', async () => {
		const agent = ungated();
		const waiting = await seat(agent, asking)(answerTurn({ planning: true }));
		expect(waiting.at(-1)).toMatchObject({ type: 'suspended', items: [{ tool: 'run_agent' }] });
		expect(agent.asked).toEqual([]);
		const transcript = waiting.flatMap((event) => (event.type === 'saved' ? [...event.messages] : []));
		const again: GatedCall[] = [];
		const passing: Gate = {
			async check(call) {
				again.push(call);
				return openGate.check(call, new AbortController().signal);
			},
		};
		expect((await seat(agent, passing)(answerTurn({ transcript }))).at(-1)).toMatchObject({ content: 'Done.' });
		expect(again[0]?.callId).toBe(held[0]?.callId);
		expect(agent.asked[0]?.messages.map(({ role }) => role)).toEqual(['user']);
	});

	it('does not work when people refuse it', async () => {
		const agent = ungated();
		const closed: Gate = { check: async () => ({ type: 'refuse', text: 'No.', isError: true }) };
		const ending = (await seat(agent, closed)(answerTurn())).at(-1);
		expect(ending).toMatchObject({ type: 'failed', code: 'permission', fatal: true });
		expect(agent.asked).toEqual([]);
	});
});

describe('trouble of an agent of another system', () => {
	it.each<[string, () => Iterable<ExternalEvent>, string]>([
		['no result', () => [{ type: 'text_delta', text: 'Well' }], 'without a result'],
		[
			'a wait for nothing',
			() => [{ type: 'interrupted', state: '', actions: [], usage: unknownUsage }],
			'does not say',
		],
	])('%s is a failure of the turn', async (_, act, message) => {
		const ending = (await seat(actingExternal(act))(answerTurn())).at(-1);
		expect(ending).toMatchObject({ type: 'failed', fatal: false, message: expect.stringContaining(message) });
	});

	it('may not do for good what the team only plans', async () => {
		const actions = [{ id: 'a', name: 'vote', input: { to: 'x' } }];
		const agent = actingExternal(({ resume }) => [
			resume === null ? { type: 'interrupted', state: 's', actions, usage: unknownUsage } : said('I would send it.'),
		]);
		await seat(agent)(answerTurn({ planning: true }));
		expect(agent.asked[1]?.resume).toMatchObject({ state: 's', decisions: [{ id: 'a', isApproved: false }] });
		expect(agent.asked[1]?.resume?.decisions[0]?.text).toContain('still planning');
	});

	it('ends within a second though it does not listen to an abort', async () => {
		const agent = actingExternal(async function* (): AsyncGenerator<ExternalEvent> {
			yield { type: 'text_delta', text: 'Well' };
			await pause(30_000, undefined, { ref: false });
		});
		const participant = createExternalParticipant({
			...{ id: 'ada', systemMessage: '', agent, provider: 'acme', model: 'm1', gate: openGate },
			...{ metered: (backend) => backend, prices: { cost: () => null }, clock: systemClock },
		});
		const controller = new AbortController();
		const events: AgentEvent[] = [];
		for await (const event of participant.run(presentTurn(), controller.signal)) {
			events.push(event);
			controller.abort();
		}
		expect(events.at(-1)).toMatchObject({ type: 'failed', code: 'aborted' });
	});
});
