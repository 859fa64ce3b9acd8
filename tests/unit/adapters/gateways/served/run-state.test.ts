import { describe, expect, it } from 'vitest';
import { reasonsOf, stateOf } from '../../../../../src/adapters/gateways/served/run-state.ts';
import type { RunEvent } from '../../../../../src/core/run-event.ts';
import { viewOf } from '../../../../../src/observers/thread.ts';
import { messagesOf } from '../../../../../src/observers/thread-messages.ts';
import { createScript, finishedRun } from '../../../../support/run-events.ts';
import { strictEnglish } from '../../../../support/say.ts';

const say = await strictEnglish();
const stateAfter = (events: readonly RunEvent[]) => stateOf('run-1', messagesOf(viewOf(events), say));

describe('how far a team has got, for a program', () => {
	it('goes from the answers over the vote to the result', () => {
		const all = finishedRun();
		const steps = all.map((_, index) => stateAfter(all.slice(0, index + 1)).progress);
		const phases = steps.map(({ phase }) => phase);
		expect(phases.filter((phase, index) => phase !== phases[index - 1])).toMatchInlineSnapshot(`
			[
			  "answering",
			  "voting",
			  "presenting",
			  "finished",
			]
		`);
		expect(steps.at(-1)).toMatchInlineSnapshot(`
			{
			  "agents": 3,
			  "answered": 3,
			  "phase": "finished",
			  "voted": 3,
			}
		`);
	});

	it('waits for people while a tie is theirs to break', () => {
		const script = createScript()
			.begin()
			.answer('sage', 1, 1, 'Use Timsort.')
			.answer('critic', 1, 1, 'Insertion sort.');
		const row = (agent: string, label: string) => ({ agent, label, votes: 1, voters: [agent] });
		const tally = [row('sage', 'agent2.1'), row('critic', 'agent3.1')];
		script.lasting({ type: 'vote_closed', by: 'all_voted', tally, votes: [] });
		expect(stateAfter(script.events).progress.phase).not.toBe('waiting');
		script.lasting({ type: 'choice_requested', orchestration: 1, candidates: ['sage', 'critic'] });
		expect(stateAfter(script.events).progress.phase).toBe('waiting');
		const tie = { rule: 'requester' as const, tied: ['sage', 'critic'] };
		script.lasting({ type: 'winner_selected', agent: 'critic', label: 'agent3.1', votes: 1, tie });
		expect(stateAfter(script.events).progress.phase).toBe('presenting');
	});

	it('says why there is no answer', () => {
		const script = createScript().begin();
		const failure = { code: 'auth', message: 'The key was refused.', out: true };
		script.lasting({ type: 'agent_failed', agent: 'sage', attempt: 1, ...failure });
		script.finish({ outcome: 'failed', answer: null, winner: null, answers: 0, shortfalls: ['agent_out'] });
		const state = stateAfter(script.events);
		expect([state.result?.outcome, reasonsOf(state)]).toEqual(['failed', expect.stringContaining('sage: ')]);
	});
});
