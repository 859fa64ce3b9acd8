import { describe, expect, it } from 'vitest';
import { createModelAgent } from '../../../src/agents/loop.ts';
import type { AgentEvent, Turn } from '../../../src/core/agent.ts';
import type { BackendEvent } from '../../../src/core/backend.ts';
import type { Refusal } from '../../../src/core/coordination.ts';
import { openGate } from '../../support/open-gate.ts';
import { createHandClock } from './clocks.ts';
import { answers, callsFor, createFakeBackend, type FakeBackend, says, usage, votesFor } from './fake-backend.ts';
import { answerTurn, evaluateTurn, eventsOf, presentTurn, reviewTurn, seen } from './turns.ts';

function agentOver(backend: FakeBackend) {
	const prices = { cost: () => 42 };
	return createModelAgent({
		gate: openGate,
		id: 'ada',
		systemMessage: 'Be brief.',
		backend,
		toolsets: [],
		prices,
		clock: createHandClock(),
	});
}

const take = (backend: FakeBackend, turn: Turn) => eventsOf(agentOver(backend).run(turn, new AbortController().signal));

/** The tool results of the latest request, as the model reads them. */
const resultsIn = (backend: FakeBackend) =>
	(backend.requests.at(-1)?.messages ?? []).flatMap((message) => (message.role === 'tool' ? [message] : []));

const lastOf = (events: readonly AgentEvent[]) => events.at(-1);

describe('what the model is offered', () => {
	it('offers only new_answer, and demands it, for a first answer', async () => {
		const backend = createFakeBackend(answers('Blue.'));
		await take(backend, answerTurn());
		expect(backend.requests[0]?.tools.map((tool) => tool.name)).toEqual(['new_answer']);
		expect(backend.requests[0]).toMatchObject({
			toolChoice: 'required',
			run: 'run-1',
			agent: 'real-id-of-ada',
			kind: 'answer',
		});
	});

	it('case 89: offers the vote alone at the answer limit', async () => {
		const backend = createFakeBackend(answers('again'), votesFor('agent2'));
		const events = await take(backend, evaluateTurn({ mayAnswer: false }));
		expect(backend.requests[0]?.tools.map((tool) => tool.name)).toEqual(['vote']);
		expect(events.map((event) => event.type)).toEqual(['saved', 'voted']);
		expect(resultsIn(backend)[0]?.text).toContain('used up your new answers. Vote for one of: agent1, agent2');
	});

	it('case 98: offers no workflow tools to the presenter and shows all answers, its own marked', async () => {
		const backend = createFakeBackend(says('Blue.'));
		await take(backend, presentTurn());
		expect(backend.requests[0]?.tools).toEqual([]);
		const opening = backend.requests[0]?.messages[0];
		expect(opening).toMatchObject({ role: 'user', text: expect.stringMatching(/name="agent1" yours>\nYes\./) });
		expect(opening).toMatchObject({ text: expect.stringMatching(/name="agent2">\nMostly, by scattering\./) });
	});

	it('cases 6A 3 to 5: offers exactly submit and restart_orchestration to a review', async () => {
		const backend = createFakeBackend(says(''));
		await take(backend, reviewTurn());
		expect(backend.requests[0]?.tools.map((tool) => tool.name)).toEqual(['submit', 'restart_orchestration']);
	});

	it('keeps the system prompt the same through the turns of a run', async () => {
		const backend = createFakeBackend(answers('Blue.'), votesFor('agent2'), says(''), says(''));
		const agent = agentOver(backend);
		const turns = [answerTurn(), evaluateTurn({ attempt: 2 }), presentTurn({ attempt: 3 }), reviewTurn({ attempt: 4 })];
		for (const turn of turns) await eventsOf(agent.run(turn, new AbortController().signal));
		expect(new Set(backend.requests.map((request) => request.system)).size).toBe(1);
	});
});

describe('refused replies', () => {
	const twoVotes = callsFor(['vote', { agent_id: 'agent1', reason: '' }], ['vote', { agent_id: 'agent2', reason: '' }]);
	const voteAndAnswer = callsFor(['vote', { agent_id: 'agent1', reason: '' }], ['new_answer', { content: 'x' }]);
	const twoAnswers = callsFor(['new_answer', { content: 'x' }], ['new_answer', { content: 'y' }]);

	it.each([
		['case 86: two votes', twoVotes, 'you voted more than once. Vote exactly once for one of: agent1, agent2'],
		['case 87: a vote and an answer', voteAndAnswer, 'you voted and answered in one reply'],
		['two answers', twoAnswers, 'you sent several answers'],
	])('%s: each call gets an error result', async (_, reply, text) => {
		const backend = createFakeBackend(reply, votesFor('agent2'));
		expect(lastOf(await take(backend, evaluateTurn()))).toMatchObject({ type: 'voted', target: 'agent2' });
		const results = resultsIn(backend);
		expect(results.map((result) => [result.callId, result.isError])).toEqual(
			reply.flatMap((event) => (event.type === 'tool_called' ? [[event.id, true]] : [])),
		);
		expect(results[0]?.text).toContain(text);
		expect(results[1]?.text).toContain('see the result of your first call');
	});

	it('case 83: a vote without answers is told to answer, and the next reply may', async () => {
		const backend = createFakeBackend(votesFor('agent1'), answers('Blue.'));
		expect(lastOf(await take(backend, answerTurn()))).toMatchObject({ type: 'answered', content: 'Blue.' });
		expect(resultsIn(backend)[0]?.text).toContain('no answer to vote for yet. Call new_answer');
	});

	it.each<[string, string]>([
		['case 92: an empty answer', ''],
		['case 92: a blank answer', ' \n\t'],
	])('%s', async (_, content) => {
		const backend = createFakeBackend(answers(content), answers('Blue.'));
		expect(lastOf(await take(backend, answerTurn()))).toMatchObject({ type: 'answered', content: 'Blue.' });
		expect(resultsIn(backend)[0]?.text).toContain('the answer was empty');
	});

	it.each([
		['broken JSON', '{"content": "Bl'],
		['no content', '{}'],
		['content of another type', '{"content": 3}'],
	])('arguments that are not valid: %s', async (_, input) => {
		const backend = createFakeBackend(callsFor(['new_answer', input]), answers('Blue.'));
		expect(lastOf(await take(backend, answerTurn()))).toMatchObject({ type: 'answered' });
		expect(resultsIn(backend)[0]?.text).toContain('not JSON that fits the tool');
		expect(resultsIn(backend)[0]?.text).not.toContain('cut');
	});

	it('tells a model that was cut at its output limit to write less', async () => {
		const cut: BackendEvent[] = [
			{ type: 'tool_called', id: 'c', name: 'new_answer', arguments: '{"content": "Bl' },
			{ type: 'finished', reason: 'length', usage },
		];
		const backend = createFakeBackend(cut, answers('Blue.'));
		await take(backend, answerTurn());
		expect(resultsIn(backend)[0]?.text).toContain('cut at its limit: write less');
	});

	it.each<[string, Refusal, BackendEvent[], string]>([
		['case 84: an unknown name', 'unknown_agent', votesFor('agent7'), 'Vote for one of: agent1, agent2'],
		['case 90: too little news', 'not_novel', answers('Yes!'), 'too close to an existing one'],
		['case 91: a duplicate', 'duplicate_answer', answers('Yes.'), 'this answer is there already'],
		['case 94: a version it has not seen', 'stale_vote', votesFor('agent2'), 'was replaced while you worked'],
		['a vote for itself where that is off', 'self_vote', votesFor('agent1'), 'may not vote for your own answer'],
	])('%s is refused by the judgement of the run', async (_, refusal, reply, text) => {
		const backend = createFakeBackend(reply, votesFor('agent2'));
		let judged = 0;
		const check = () => {
			judged += 1;
			return judged === 1 ? refusal : null;
		};
		expect(lastOf(await take(backend, evaluateTurn({ check })))).toMatchObject({ type: 'voted', target: 'agent2' });
		expect(resultsIn(backend)[0]?.text).toContain(text);
	});

	it('case 85: a vote for itself is accepted where the run accepts it', async () => {
		const events = await take(createFakeBackend(votesFor('agent1')), evaluateTurn());
		expect(events).toMatchObject([{ type: 'voted', target: 'agent1' }]);
	});

	it('accepts a vote without a reason', async () => {
		const backend = createFakeBackend(callsFor(['vote', { agent_id: 'agent2' }]));
		expect(lastOf(await take(backend, evaluateTurn()))).toMatchObject({ type: 'voted', reason: '' });
	});

	it('case 88: three replies without a call fail the turn and name the last refusal', async () => {
		const events = await take(createFakeBackend(says('a'), says('b'), says('c')), answerTurn());
		expect(lastOf(events)).toMatchObject({
			type: 'failed',
			code: 'no_valid_outcome',
			fatal: true,
			message: expect.stringContaining('3 replies; the last was refused (no_call)'),
		});
	});

	it('sends no empty assistant message back to a provider', async () => {
		const backend = createFakeBackend([{ type: 'finished', reason: 'stop', usage }], answers('Blue.'));
		await take(backend, answerTurn());
		expect(backend.requests[1]?.messages.map((message) => message.role)).toEqual(['user', 'user']);
	});

	it('refuses a review that decides twice and one that restarts without saying why', async () => {
		const both = callsFor(
			['submit', { confirmed: true }],
			['restart_orchestration', { reason: 'a', instructions: 'b' }],
		);
		const empty = callsFor(['restart_orchestration', { reason: ' ', instructions: 'b' }]);
		const backend = createFakeBackend(both, empty, callsFor(['submit', { confirmed: true }]));
		const events = await take(backend, reviewTurn());
		expect(events.map((event) => event.type)).toEqual(['saved', 'saved', 'reviewed']);
		expect(resultsIn(backend).map((result) => result.text)[0]).toContain(
			'exactly one of submit and restart_orchestration',
		);
	});
});

describe('saving and continuing', () => {
	it('yields what is new before each further call, with the calls made', async () => {
		const backend = createFakeBackend(says('a'), votesFor('agent1'), votesFor('agent2'));
		const check = (outcome: { type: string; target?: string }) => (outcome.target === 'agent1' ? 'self_vote' : null);
		const events = await take(backend, evaluateTurn({ check }));
		const call = { backend: 'fake', model: 'fake-model', usage, costMicroUsd: 42 };
		expect(events.filter((event) => event.type !== 'text_delta')).toMatchObject([
			{
				type: 'saved',
				messages: [{ role: 'user' }, { role: 'assistant' }, { role: 'user' }],
				calls: [call],
				repliesUsed: 1,
			},
			{ type: 'saved', messages: [{ role: 'assistant' }, { role: 'tool' }], calls: [call], repliesUsed: 2 },
			{ type: 'voted', target: 'agent2', calls: [call] },
		]);
	});

	it('does not call the model before its save has been taken', async () => {
		const backend = createFakeBackend(says('a'), answers('Blue.'));
		for await (const event of agentOver(backend).run(answerTurn(), new AbortController().signal)) {
			if (event.type === 'saved') break;
		}
		expect(backend.requests).toHaveLength(1);
	});

	it('gives a backend its own opaque items back', async () => {
		const backend = createFakeBackend(
			[
				{ type: 'text_delta', text: 'a' },
				{ type: 'finished', reason: 'stop', usage, opaque: ['signed'] },
			],
			answers('Blue.'),
		);
		await take(backend, answerTurn());
		expect(backend.requests[1]?.messages[1]).toMatchObject({ opaque: { backend: 'fake', items: ['signed'] } });
	});

	it('case 93: tells a turn that goes on which answers stand now, and keeps its work', async () => {
		const backend = createFakeBackend(votesFor('agent2'));
		const transcript = [
			{ role: 'user', text: 'the opening' },
			{ role: 'assistant', text: 'my work', toolCalls: [{ id: 'c1', name: 'gone', arguments: '{}' }] },
			{ role: 'tool', callId: 'c1', name: 'gone', text: 'found', isError: false },
		] as const;
		const turn = evaluateTurn({
			updated: true,
			attempt: 2,
			transcript: transcript.map((message) => structuredClone(message) as never),
		});
		const events = await take(backend, { ...turn, answers: [seen('agent2', 'A newer text.')] });
		const sent = backend.requests[0]?.messages ?? [];
		expect(sent.slice(0, 3)).toEqual(transcript);
		expect(sent[3]).toMatchObject({ role: 'user', text: expect.stringContaining('A newer text.') });
		expect(events[0]).toMatchObject({ type: 'saved', messages: [sent[3]] });
	});

	it('case 94: never counts a vote that was written before the newer answers came', async () => {
		const backend = createFakeBackend(votesFor('agent2'));
		const toolCalls = [{ id: 'c1', name: 'vote', arguments: '{"agent_id":"agent2","reason":"old"}' }];
		const turn = evaluateTurn({
			updated: true,
			transcript: [
				{ role: 'user', text: 'the opening' },
				{ role: 'assistant', text: '', toolCalls },
			],
		});
		expect(lastOf(await take(backend, turn))).toMatchObject({ type: 'voted', reason: 'good' });
		const roles = backend.requests[0]?.messages.map((message) => message.role);
		expect(roles).toEqual(['user', 'assistant', 'tool', 'user']);
	});

	it('tells of newer answers once, however often the turn is interrupted', async () => {
		const first = createFakeBackend(says('hm'), votesFor('agent2'));
		const opening = { role: 'user', text: 'the opening' } as const;
		const turn = evaluateTurn({ updated: true, transcript: [opening] });
		const events = await take(first, turn);
		const saved = events.flatMap((event) => (event.type === 'saved' ? event.messages : []));
		const second = createFakeBackend(votesFor('agent2'));
		await take(second, evaluateTurn({ updated: true, transcript: [opening, ...saved] }));
		const updates = second.requests[0]?.messages.filter((message) => message.text.startsWith('While you worked'));
		expect(updates).toHaveLength(1);
	});

	it('counts the model replies of the transcript towards the step limit', async () => {
		const transcript = [
			{ role: 'user', text: 'the opening' } as const,
			{ role: 'assistant', text: 'a', toolCalls: [] } as never,
			{ role: 'user', text: 'Call new_answer.' } as const,
		];
		const turn = answerTurn({ transcript, limits: { replies: 3, steps: 1, tools: 30 } });
		expect(lastOf(await take(createFakeBackend(), turn))).toMatchObject({
			type: 'failed',
			code: 'step_limit',
			fatal: true,
		});
	});
});

describe('presenting', () => {
	it('cases 6A 9 and 103: reports an empty presentation as it is, so that the run can show the stored answer', async () => {
		const events = await take(createFakeBackend([{ type: 'finished', reason: 'stop', usage }]), presentTurn());
		expect(events).toMatchObject([{ type: 'answered', content: '' }]);
	});

	it('case 6A 11: reports an empty presentation when coordination was skipped', async () => {
		const backend = createFakeBackend([{ type: 'finished', reason: 'stop', usage }]);
		expect(await take(backend, presentTurn({ answers: [], votes: 0 }))).toMatchObject([
			{ type: 'answered', content: '' },
		]);
	});

	it('accepts a text that was cut at the output limit', async () => {
		const cut: BackendEvent[] = [
			{ type: 'text_delta', text: 'Blue, bec' },
			{ type: 'finished', reason: 'length', usage },
		];
		expect(lastOf(await take(createFakeBackend(cut), presentTurn()))).toMatchObject({ content: 'Blue, bec' });
	});

	it('case 102: answers the question directly when coordination was skipped', async () => {
		const backend = createFakeBackend(says('Blue.'));
		await take(backend, presentTurn({ answers: [], votes: 0, reasons: [] }));
		expect(backend.requests[0]?.system).not.toContain('several agents');
		expect(backend.requests[0]?.messages[0]?.text).toContain('Answer the question completely.');
	});

	it('case 100: tells the next orchestration why the last result was sent back', async () => {
		const backend = createFakeBackend(answers('Blue.'));
		const feedback = { orchestration: 2, reason: 'no source', instructions: 'cite one', previousAnswer: 'It is blue.' };
		await take(backend, answerTurn({ feedback }));
		const text = backend.requests[0]?.messages[0]?.text ?? '';
		for (const part of ['attempt 2', 'no source', 'cite one', 'It is blue.']) expect(text).toContain(part);
	});
});

describe('what is shown while it happens', () => {
	it('forwards text, provider tools and retries, and keeps reasoning to itself', async () => {
		const reply: BackendEvent[] = [
			{ type: 'retried', failure: 'overloaded', delayMs: 500, message: 'busy' },
			{ type: 'reasoning_delta', text: 'secret' },
			{ type: 'provider_tool_started', name: 'web_search' },
			{ type: 'provider_tool_finished', name: 'web_search' },
			...answers('Blue.'),
		];
		expect(await take(createFakeBackend(reply), answerTurn())).toMatchObject([
			{ type: 'retried', message: 'busy', delayMs: 500 },
			{ type: 'tool_started', tool: 'web_search', label: 'web search' },
			{ type: 'tool_finished', tool: 'web_search', isError: false },
			{ type: 'answered' },
		]);
	});

	it('says at most once in a turn that a new answer is being written', async () => {
		const events = await take(createFakeBackend(answers(' '), answers('Blue.')), evaluateTurn());
		expect(events.filter((event) => event.type === 'writing')).toHaveLength(1);
	});

	it('reports a backend that breaks its contract as a failure and does not throw', async () => {
		const silent: FakeBackend = { ...createFakeBackend(), requests: [], async *stream() {} };
		expect(await take(silent, answerTurn())).toMatchObject([{ type: 'failed', code: 'stream_broken', fatal: false }]);
		const unexpected = await take(createFakeBackend(), answerTurn());
		expect(unexpected).toMatchObject([{ type: 'failed', code: 'bug', message: 'unexpected model call 1' }]);
	});
});
