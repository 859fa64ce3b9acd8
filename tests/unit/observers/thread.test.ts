import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BoardRow, ThreadMessage } from '../../../src/core/gateway.ts';
import type { RunEvent } from '../../../src/core/run-event.ts';
import { threadAfter } from '../../../src/observers/thread.ts';
import { messagesOf } from '../../../src/observers/thread-messages.ts';
import { createThreadView } from '../../../src/observers/thread-view.ts';
import {
	ANSWERS,
	closeVote,
	createScript,
	finishedRun,
	members,
	ordinaryRun,
	PRESENTATION,
} from '../../support/run-events.ts';
import { strictEnglish } from '../../support/say.ts';

const say = await strictEnglish();
const viewOf = (events: readonly RunEvent[]) => events.reduce(threadAfter, createThreadView());
const threadOf = (events: readonly RunEvent[]) => messagesOf(viewOf(events), say);
const only = <Type extends ThreadMessage['type']>(type: Type, events: readonly RunEvent[]) =>
	threadOf(events).filter((message): message is Extract<ThreadMessage, { type: Type }> => message.type === type);
const rowOf = (agent: string, events: readonly RunEvent[]): BoardRow | undefined =>
	only('board', events)[0]?.rows.find((row) => row.agent === agent);
const began = () => {
	const script = createScript().begin();
	for (const { id } of members) script.start(id, 1, 'answer');
	return script;
};

describe('the board', () => {
	it('is there with the run, and nothing before it', () => {
		expect(threadOf([])).toEqual([]);
		const [board] = only('board', createScript().begin().events);
		expect(board).toMatchObject({ run: 'run-1', team: 'demo', orchestration: 1, finished: null });
		expect(board?.rows.map(({ agent, name, state }) => [agent, name, state])).toEqual([
			['sage', 'agent2', 'waiting'],
			['critic', 'agent3', 'waiting'],
			['builder', 'agent1', 'waiting'],
		]);
	});

	it('has a title of one line and at most 120 characters', () => {
		const [board] = only('board', createScript().begin(`first\nsecond ${'😀'.repeat(200)}`).events);
		expect([...(board?.title ?? '')]).toHaveLength(120);
		expect(board?.title).toMatch(/^first second 😀+…$/u);
	});

	it('shows the label of a running tool until it ends or the turn does', () => {
		const script = began().passing({
			type: 'tool_started',
			agent: 'sage',
			attempt: 1,
			tool: 'search',
			label: 'web search',
		});
		expect(rowOf('sage', script.events)?.tool).toBe('web search');
		const ended = [...script.events];
		script.passing({
			type: 'tool_finished',
			agent: 'sage',
			attempt: 1,
			tool: 'search',
			label: 'web search',
			isError: true,
		});
		expect(rowOf('sage', script.events)?.tool).toBeNull();
		expect(
			rowOf('sage', [...ended, ...createScript().begin().answer('sage', 1, 1, 'x').events.slice(-1).map(renumber(5))])
				?.tool,
		).toBeNull();
	});

	it('has the task plan of an agent, whichever of its turns goes on', () => {
		const task = { id: 'look', description: 'Look', status: 'pending' as const, dependsOn: [] };
		const script = began();
		expect(rowOf('sage', script.events)).not.toHaveProperty('plan');
		script.lasting({ type: 'plan_changed', agent: 'sage', attempt: 1, tasks: [task] });
		script.answer('sage', 1, 1, 'x').start('sage', 2, 'evaluate');
		expect(rowOf('sage', script.events)?.plan).toEqual([task]);
		expect(rowOf('critic', script.events)).not.toHaveProperty('plan');
		script.lasting({ type: 'plan_changed', agent: 'sage', attempt: 2, tasks: [] });
		expect(rowOf('sage', script.events)).not.toHaveProperty('plan');
	});

	it('ignores passing events of an attempt that is over', () => {
		const script = began().start('sage', 2, 'evaluate');
		script.passing({ type: 'tool_started', agent: 'sage', attempt: 1, tool: 'search', label: 'web search' });
		expect(rowOf('sage', script.events)?.tool).toBeNull();
	});

	it('says that a call is repeated, until the model writes again', () => {
		const script = began().passing({
			type: 'call_retried',
			agent: 'sage',
			attempt: 1,
			message: 'overloaded',
			delayMs: 2400,
		});
		expect(rowOf('sage', script.events)?.note).toBe('tries again in 3 s: overloaded');
		script.passing({ type: 'text_delta', agent: 'sage', attempt: 1, kind: 'answer', text: 'a' });
		expect(rowOf('sage', script.events)?.note).toBeNull();
	});

	it('says why an agent is out, and that one which failed tries again', () => {
		const failed = { type: 'agent_failed', agent: 'sage', attempt: 1, code: 'authentication' } as const;
		const again = began().lasting({ ...failed, message: 'no connection', out: false }).events;
		expect(rowOf('sage', again)).toMatchObject({ state: 'waiting', note: 'starts over: no connection' });
		const out = began().lasting({ ...failed, message: 'the key was refused', out: true }).events;
		expect(rowOf('sage', out)).toMatchObject({ state: 'out', note: 'the key was refused' });
	});

	it('sends voters back to waiting when a new answer voids their votes', () => {
		const script = began().answer('sage', 1, 1, 'one').lasting({ type: 'vote_cast', agent: 'critic', attempt: 2 });
		expect(rowOf('critic', script.events)?.state).toBe('voted');
		script.lasting({ type: 'votes_voided', by: 'agent2.2', voters: ['critic'] });
		expect(rowOf('critic', script.events)).toMatchObject({ state: 'waiting', note: 'votes again: agent2.2 is new' });
	});

	it('leaves an aborted agent with what it has, and says why unless a new answer is the reason', () => {
		const script = began().answer('sage', 1, 1, 'one').start('sage', 2, 'evaluate');
		const moot = [...script.events];
		script.lasting({ type: 'turn_aborted', agent: 'sage', attempt: 2, reason: 'deadline' });
		expect(rowOf('sage', script.events)).toMatchObject({ state: 'answered', note: 'stopped: its time was up' });
		const other = began().answer('sage', 1, 1, 'one').start('sage', 2, 'evaluate');
		other.lasting({ type: 'turn_aborted', agent: 'sage', attempt: 2, reason: 'new_answer' });
		expect(rowOf('sage', other.events)).toMatchObject({ state: 'answered', note: null });
		expect(rowOf('sage', moot)?.state).toBe('thinking');
	});

	it('says of those at work that they were resumed', () => {
		const script = began().answer('sage', 1, 1, 'one').lasting({ type: 'run_resumed' });
		expect(rowOf('critic', script.events)).toMatchObject({ state: 'thinking', note: 'resumed after an interruption' });
		expect(rowOf('sage', script.events)?.note).toBeNull();
		expect(rowOf('critic', began().lasting({ type: 'run_resumed', begins: true }).events)?.note).toBeNull();
		expect(rowOf('critic', script.answer('critic', 1, 1, 'two').events)?.note).toBeNull();
	});

	it('never leaves an agent thinking when the run is over', () => {
		const rows = only('board', began().answer('sage', 1, 1, 'one').finish().events)[0]?.rows;
		expect(rows?.map(({ state, note }) => [state, note])).toEqual([
			['done', null],
			['done', 'gave no answer'],
			['done', 'gave no answer'],
		]);
	});
});

describe('votes', () => {
	it('stay hidden until the vote is closed', () => {
		for (const [index] of finishedRun().entries()) {
			const before = finishedRun().slice(0, index + 1);
			const closed = before.some(({ type }) => type === 'vote_closed');
			const votes = only('board', before)[0]?.rows.map((row) => row.votes);
			expect(votes).toEqual(closed ? [2, 1, 0] : [null, null, null]);
			expect(only('tally', before)).toHaveLength(closed ? 1 : 0);
		}
	});

	it('are told with the reasons and the winner, in one message per orchestration', () => {
		expect(only('tally', finishedRun())[0]).toMatchObject({
			key: 'tally:1',
			by: 'all_voted',
			winner: 'sage',
			tie: null,
		});
		expect(only('tally', finishedRun())[0]?.votes[1]?.reason).toMatch(/^Complete/);
	});

	it('are no message when there was nothing to vote on', () => {
		const script = createScript().begin();
		script.lasting({ type: 'vote_closed', by: 'skipped', tally: [], votes: [] });
		script.lasting({ type: 'winner_selected', agent: 'sage', label: null, votes: 0, tie: null });
		expect(threadOf(script.start('sage', 1, 'present').events).map(({ key }) => key)).toEqual(['question', 'board']);
	});

	it('that tie are put to the requester, and the choice is kept', () => {
		const script = createScript()
			.begin()
			.lasting({ type: 'choice_requested', orchestration: 1, candidates: ['sage', 'critic'] });
		expect(only('choice', script.events)).toEqual([
			{ type: 'choice', key: 'choice:1', run: 'run-1', orchestration: 1, candidates: ['sage', 'critic'], chosen: null },
		]);
		const tie = { rule: 'requester', tied: ['sage', 'critic'] } as const;
		script.lasting({
			type: 'winner_selected',
			agent: 'critic',
			label: 'agent3.1',
			votes: 1,
			tie: { ...tie, tied: [...tie.tied] },
		});
		expect(only('choice', script.events)[0]?.chosen).toBe('critic');
	});
});

describe('answers', () => {
	it('have one slot per agent, which goes on with the next version', () => {
		const slots = only('slot', finishedRun());
		expect(slots.map(({ key, version, versions }) => [key, version, versions])).toEqual([
			['slot:sage', 2, 2],
			['slot:critic', 1, 1],
			['slot:builder', 1, 1],
		]);
		expect(slots[0]?.content).toBe(ANSWERS.sage);
	});
});

describe('the final answer', () => {
	const present = (text: string) => ({ type: 'text_delta', agent: 'sage', attempt: 4, kind: 'present', text }) as const;

	it('is not there before there is a text', () => {
		const events = ordinaryRun().events.filter(({ type }) => type !== 'text_delta');
		expect(only('final', events)).toEqual([]);
	});

	it('grows while the winner writes and is replaced by what was presented', () => {
		const script = ordinaryRun();
		expect(only('final', script.events)[0]).toMatchObject({ streaming: true, content: PRESENTATION, winner: 'sage' });
		script.lasting({ type: 'presented', agent: 'sage', content: 'Better.', source: 'model' });
		expect(only('final', script.events)[0]).toMatchObject({ streaming: false, content: 'Better.', outcome: null });
	});

	it('begins anew when the presentation is started again or the run resumed', () => {
		const again = ordinaryRun().start('sage', 5, 'present');
		again.passing({ ...present('late'), attempt: 4 }).passing({ ...present('new'), attempt: 5 });
		expect(only('final', again.events)[0]?.content).toBe('new');
		const resumed = ordinaryRun().lasting({ type: 'run_resumed' }).passing(present('again'));
		expect(only('final', resumed.events)[0]?.content).toBe('again');
	});

	it('takes no text from anybody but the presenter', () => {
		const script = ordinaryRun();
		const before = only('final', script.events)[0];
		script.passing({ type: 'text_delta', agent: 'critic', attempt: 3, kind: 'present', text: 'me!' });
		expect(only('final', script.events)[0]).toEqual(before);
	});

	it('carries the shortfalls, the spend and the standing of the result', () => {
		const shortfalls = ['agent_out', 'below_quorum'] as const;
		const events = began().finish({ outcome: 'partial', answers: 2, shortfalls: [...shortfalls] }).events;
		expect(only('final', events)[0]).toMatchObject({
			outcome: 'partial',
			answers: 2,
			agents: 3,
			shortfalls,
			activeMs: 14_230,
		});
	});

	it('is empty when the run failed', () => {
		const events = began().finish({ outcome: 'failed', answer: null, winner: null, answers: 0 }).events;
		expect(only('final', events)[0]).toMatchObject({ content: '', winner: null, outcome: 'failed' });
	});
});

describe('a restart by the review', () => {
	const restarted = () => {
		const script = ordinaryRun().lasting({ type: 'presented', agent: 'sage', content: PRESENTATION, source: 'model' });
		script.start('sage', 5, 'review');
		const verdict = { type: 'restart', reason: 'too short', instructions: 'measure' } as const;
		script.lasting({ type: 'reviewed', agent: 'sage', verdict });
		return script.start('sage', 6, 'answer', 2);
	};

	it('is on the board, hides the votes again and keeps the answers', () => {
		const [board] = only('board', restarted().events);
		expect(board).toMatchObject({ orchestration: 2 });
		expect(board?.rows.map(({ state, votes, version }) => [state, votes, version])).toEqual([
			['thinking', null, 2],
			['waiting', null, 1],
			['waiting', null, 1],
		]);
	});

	it('continues the slots with higher versions and adds a second tally', () => {
		const script = restarted().answer('sage', 6, 3, 'third');
		closeVote(script).start('sage', 7, 'present', 2);
		const thread = threadOf(script.events);
		expect(thread.map(({ key }) => key)).toEqual([
			'question',
			'board',
			'slot:sage',
			'slot:critic',
			'slot:builder',
			'tally:1',
			'final',
			'review:1',
			'tally:2',
		]);
		expect(thread[2]).toMatchObject({ version: 3, versions: 3, content: 'third' });
		expect(thread[7]).toMatchObject({ verdict: 'restart', reason: 'too short', instructions: 'measure' });
	});
});

describe('any history', () => {
	it('may be delivered again after a resume', () => {
		const events = finishedRun().filter((event) => 'seq' in event);
		fc.assert(
			fc.property(fc.nat(events.length), fc.nat(events.length), (until, from) => {
				const twice = [...events.slice(0, until), ...events.slice(Math.min(from, until))];
				expect(viewOf(twice)).toEqual(viewOf(events));
			}),
		);
	});

	it('ends in the same thread whatever passing events were lost or came in between', () => {
		const lasting = finishedRun().filter((event) => 'seq' in event);
		const agent = fc.constantFrom(...members.map(({ id }) => id), 'stranger');
		const base = { run: fc.constant('run-1'), at: fc.constant(0), agent, attempt: fc.integer({ min: 1, max: 5 }) };
		const tool = { tool: fc.constant('t'), label: fc.constantFrom('web search', 'shell') };
		const passing: fc.Arbitrary<RunEvent> = fc.oneof(
			fc.record({
				type: fc.constant('text_delta' as const),
				...base,
				kind: fc.constantFrom('answer' as const, 'present' as const),
				text: fc.string(),
			}),
			fc.record({ type: fc.constant('tool_started' as const), ...base, ...tool }),
			fc.record({ type: fc.constant('tool_finished' as const), ...base, ...tool, isError: fc.boolean() }),
			fc.record({ type: fc.constant('call_retried' as const), ...base, message: fc.string(), delayMs: fc.nat() }),
		);
		const insertions = fc.array(fc.tuple(fc.nat(lasting.length), passing), { maxLength: 60 });
		fc.assert(
			fc.property(insertions, (inserted) => {
				const mixed = lasting.flatMap((event, index) => [
					...inserted.filter(([at]) => at === index).map(([, one]) => one),
					event,
				]);
				const late = inserted.filter(([at]) => at === lasting.length).map(([, one]) => one);
				expect(viewOf([...mixed, ...late])).toEqual(viewOf(lasting));
			}),
		);
	});
});

function renumber(seq: number) {
	return (event: RunEvent): RunEvent => ('seq' in event ? { ...event, seq } : event);
}
