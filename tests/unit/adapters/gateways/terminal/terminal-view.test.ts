import { describe, expect, it } from 'vitest';
import { widthOf } from '../../../../../src/adapters/gateways/terminal/text-width.ts';
import type { RunEvent } from '../../../../../src/core/run-event.ts';
import {
	closeVote,
	createScript,
	finishedRun,
	members,
	ordinaryRun,
	PRESENTATION,
	pricedCall,
	spendOf,
	unpricedCall,
} from '../../../../support/run-events.ts';
import { seated } from './terminal-runs.ts';

const until = (type: RunEvent['type'], count = 1) => {
	const events = finishedRun();
	let seen = 0;
	const index = events.findIndex((event) => event.type === type && ++seen === count);
	return events.slice(0, index + 1);
};
const noCodes = /^[^\p{Cc}]*$/u;

describe('a run on a terminal', () => {
	it.each([40, 80, 120])('fits into %i columns from beginning to end', async (columns) => {
		const { play, lines, output, watch, clock } = await seated({ columns, env: { NO_COLOR: '1' } });
		const projector = watch();
		const events = finishedRun();
		const looks = ['call_retried', 'votes_voided', 'vote_closed', 'run_finished'];
		for (const event of events) {
			await play([event], projector);
			for (const line of output.lines()) expect(widthOf(line)).toBeLessThan(columns);
			if (looks.includes(event.type)) expect(`${event.type}\n${lines()}`).toMatchSnapshot();
		}
		await clock.advance(60_000);
		expect(clock.pending()).toBe(0);
	});

	it('shows the text while it is written, under the vote, and then once and for all', async () => {
		const { play, lines, watch } = await seated({ rows: 60 });
		const projector = watch();
		await play(ordinaryRun().events, projector);
		expect(lines()).toMatch(
			/Vote · everyone has voted[\s\S]*sage · writing the final answer · \d+ s[\s\S]*away from home\.\n$/,
		);
		expect(lines()).not.toContain('Answer · by sage');
		await play(finishedRun().slice(-2), projector);
		expect(lines()).not.toContain('writing the final answer');
		expect(lines().match(/away from home/g)).toHaveLength(1);
	});

	it('shows the end of a long text as far as there is room', async () => {
		const { play, output, watch } = await seated({ rows: 12 });
		const projector = watch();
		await play(until('winner_selected'), projector);
		const before = output.lines().length;
		const script = ordinaryRun();
		for (let index = 0; index < 200; index += 1) {
			script.passing({ type: 'text_delta', agent: 'sage', attempt: 4, kind: 'present', text: `\nline ${index}` });
		}
		await play(script.events.slice(until('winner_selected').length), projector);
		expect(output.lines().length - before).toBeLessThanOrEqual(11);
		expect(output.lines().at(-2)).toBe('line 199');
	});

	it('keeps a board with more agents than lines on the screen', async () => {
		const team = Array.from({ length: 32 }, (_, index) => ({ id: `a${index}`, model: 'm', name: `agent${index}` }));
		const { play, output } = await seated({ rows: 20 });
		await play(createScript().begin('q', {}, team).events);
		expect(output.lines()).toHaveLength(20);
		expect(output.lines().at(-2)).toBe(' … 18 more');
	});

	it('is drawn again for another width', async () => {
		const { play, output, clock } = await seated({ columns: 120 });
		await play(until('agent_started', 3));
		expect(output.lines().join()).toContain('anthropic claude-opus-4');
		output.resize(40);
		await clock.advance(100);
		for (const line of output.lines()) expect(widthOf(line)).toBeLessThan(40);
		expect(output.lines().filter((line) => line.includes('critic'))).toHaveLength(1);
	});

	it('has colours, unless NO_COLOR is set or the terminal is dumb', async () => {
		const coloured = await seated();
		await coloured.play(until('agent_started', 3));
		expect(coloured.output.written()).toContain('\u001b[36mthinking');
		const plain = await seated({ env: { NO_COLOR: '1' } });
		await plain.play(until('agent_started', 3));
		expect(plain.output.written()).not.toMatch(/\[\d+m/);
		const dumb = await seated({ env: { TERM: 'dumb' } });
		await dumb.play(finishedRun());
		for (const line of dumb.output.written().split('\n')) expect(line).toMatch(noCodes);
	});

	it('uses ASCII signs on a Linux console', async () => {
		const { play, lines } = await seated({ env: { TERM: 'linux', NO_COLOR: '1' } });
		await play(until('vote_closed'));
		expect(lines()).not.toMatch(/[⠀-⣿✓✗★█░─│◆]/);
	});

	it('does nothing to the terminal that an agent asks for', async () => {
		const evil = '\u001b]0;owned\u0007\u001b[2Jhello\u202e\rworld';
		const { play, output, lines } = await seated();
		const script = createScript().begin(`${evil} question`, {}, [{ id: evil, model: evil, name: 'agent1' }]);
		script.start(evil, 1, 'answer').passing({ type: 'tool_started', agent: evil, attempt: 1, tool: 'x', label: evil });
		script.lasting({ type: 'answer_given', agent: evil, attempt: 1, label: 'agent1.1', version: 1, content: evil });
		const tally = [{ agent: evil, label: 'agent1.1', votes: 1, voters: [evil] }];
		script.lasting({
			type: 'vote_closed',
			by: 'all_voted',
			tally,
			votes: [{ agent: evil, target: evil, label: 'agent1.1', reason: evil }],
		});
		script.lasting({ type: 'winner_selected', agent: evil, label: 'agent1.1', votes: 1, tie: null });
		script
			.start(evil, 2, 'present')
			.passing({ type: 'text_delta', agent: evil, attempt: 2, kind: 'present', text: evil });
		script.finish({ answer: evil, winner: evil, answers: 1, agents: 1 });
		await play(script.events);
		expect(output.written()).not.toMatch(/owned|\u202e/);
		expect(lines()).toContain('hello\nworld\n');
	});

	it('shows what there is when it is stopped in the middle, and draws no more', async () => {
		const { play, lines, gateway, clock } = await seated();
		await play(until('answer_given', 2));
		await gateway.stop();
		expect(lines()).toMatch(/answered · v1[\s\S]*Answers[\s\S]*Use Timsort/);
		expect(lines()).not.toContain('Ctrl-C');
		expect(clock.pending()).toBe(0);
	});

	it('says a sentence to the person without harm to the board', async () => {
		const { play, output, errors, gateway, clock, inbounds } = await seated();
		await play(until('agent_started', 3));
		const inbound = {
			type: 'choice',
			id: '1',
			principal: gateway.principal,
			session: 's',
			run: 'r',
			orchestration: 1,
			agent: 'a',
		} as const;
		await gateway.submit(inbound);
		await gateway.reply(inbound, 'Not \u001b[31mnow.');
		expect(errors.written()).toBe('Not now.\n');
		expect(inbounds).toEqual([inbound]);
		await clock.advance(100);
		expect(output.lines().filter((line) => line.includes('critic'))).toHaveLength(1);
	});

	it('goes on when nobody reads its output any more', async () => {
		const { play, output, errors } = await seated({ isTTY: false });
		output.destroy(new Error('EPIPE'));
		await play(finishedRun());
		expect(errors.written()).toBe('');
	});
});

describe('a run on a pipe', () => {
	it('is plain lines, each written once', async () => {
		const { play, lines, output } = await seated({ isTTY: false });
		await play(finishedRun());
		expect(lines()).toMatchSnapshot();
		for (const line of output.written().split('\n')) expect(line).toMatch(noCodes);
		expect(output.written().trimEnd()).toBe(lines().trimEnd());
	});
});

describe('a result that is less than it should be', () => {
	const partial = () => {
		const script = createScript().begin();
		for (const { id } of members) script.start(id, 1, 'answer');
		const message = 'Gemini refused the key (401). Put a valid key into GEMINI_API_KEY and ask again.';
		script.lasting({ type: 'agent_failed', agent: 'builder', attempt: 1, code: 'authentication', message, out: true });
		script.answer('sage', 1, 1, 'Use Timsort.');
		script.lasting({ type: 'deadline_passed', scope: 'run', agent: null });
		script.lasting({ type: 'turn_aborted', agent: 'critic', attempt: 1, reason: 'deadline' });
		const tally = [{ agent: 'sage', label: 'agent2.1', votes: 0, voters: [] }];
		script.lasting({ type: 'vote_closed', by: 'run_deadline', tally, votes: [] });
		script.lasting({ type: 'winner_selected', agent: 'sage', label: 'agent2.1', votes: 0, tie: null });
		return script;
	};

	it.each([true, false])(
		'is the best available answer with the reasons before the text (terminal: %s)',
		async (isTTY) => {
			const { play, lines } = await seated({ isTTY, env: { NO_COLOR: '1' } });
			const script = partial().finish({
				outcome: 'partial',
				answer: 'THE TEXT',
				answers: 1,
				shortfalls: ['agent_out', 'run_deadline', 'no_votes', 'below_quorum'],
				spend: spendOf([pricedCall, unpricedCall]),
			});
			await play(script.events);
			const result = lines().slice(lines().indexOf('Best available answer (1 of 3 agents) · by sage'));
			expect(result).toMatch(
				/builder left: Gemini refused[\s\S]*time limit[\s\S]*No vote[\s\S]*THE TEXT[\s\S]*unknown cost \(1 of 2 calls unpriced\)/,
			);
			expect(lines().toLowerCase()).not.toContain('consensus');
		},
	);

	it('is no answer when all agents failed, and says what to do', async () => {
		const { play, lines } = await seated({ env: { NO_COLOR: '1' } });
		const script = createScript().begin();
		for (const { id } of members) {
			script.start(id, 1, 'answer');
			script.lasting({
				type: 'agent_failed',
				agent: id,
				attempt: 1,
				code: 'x',
				message: `${id} has no key.`,
				out: true,
			});
		}
		script.lasting({ type: 'vote_closed', by: 'all_failed', tally: [], votes: [] });
		script.finish({ outcome: 'failed', answer: null, winner: null, answers: 0, shortfalls: ['agent_out'] });
		await play(script.events);
		expect(lines()).toMatch(
			/── No answer ─+\n ▲ sage left: sage has no key\.[\s\S]*Repair what is named above and ask again\./,
		);
		expect(lines()).not.toContain('Vote');
	});

	it('is said to be stopped, with the best answer if there is one', async () => {
		const nothing = await seated({ env: { NO_COLOR: '1' } });
		const stopped = { outcome: 'stopped', shortfalls: ['cancelled'] } as const;
		await nothing.play(
			createScript()
				.begin()
				.finish({ ...stopped, shortfalls: ['cancelled'], answer: null, winner: null, answers: 0 }).events,
		);
		expect(nothing.lines()).toMatch(/── Stopped ─+\n[\s\S]*Ask again to start over\./);
		const some = await seated({ env: { NO_COLOR: '1' } });
		await some.play(partial().finish({ ...stopped, shortfalls: ['cancelled'], answers: 1 }).events);
		expect(some.lines()).toContain('── Stopped · best available answer (1 of 3 agents) · by sage');
	});

	it('names a tie and the rule that broke it', async () => {
		const { play, lines } = await seated({ env: { NO_COLOR: '1' } });
		const script = createScript().begin().answer('sage', 1, 1, 'one').answer('critic', 1, 1, 'two');
		const row = (agent: string, label: string) => ({ agent, label, votes: 1, voters: [agent] });
		const vote = (agent: string, label: string) => ({ agent, target: agent, label, reason: '' });
		script.lasting({
			type: 'vote_closed',
			by: 'all_voted',
			tally: [row('sage', 'agent2.1'), row('critic', 'agent3.1')],
			votes: [vote('sage', 'agent2.1'), vote('critic', 'agent3.1')],
		});
		const tie = { rule: 'earliest' as const, tied: ['sage', 'critic'] };
		script.lasting({ type: 'winner_selected', agent: 'sage', label: 'agent2.1', votes: 1, tie });
		await play(script.events);
		expect(lines()).toContain('A tie between sage, critic. The earliest answer wins: sage.');
		expect(lines()).toContain('votes for itself: no reason given');
	});
});

describe('a review', () => {
	it('that sends the team back is told, and the second round follows with its own answers and vote', async () => {
		const { play, lines } = await seated({ env: { NO_COLOR: '1' } });
		const script = ordinaryRun().lasting({ type: 'presented', agent: 'sage', content: PRESENTATION, source: 'model' });
		script.start('sage', 5, 'review');
		const verdict = { type: 'restart', reason: 'No measurement.', instructions: 'Add one.' } as const;
		script.lasting({ type: 'reviewed', agent: 'sage', verdict });
		for (const { id } of members) script.start(id, 6, 'answer', 2);
		script
			.answer('sage', 6, 3, 'SECOND SAGE')
			.answer('critic', 6, 2, 'SECOND CRITIC')
			.answer('builder', 6, 2, 'SECOND BUILDER');
		closeVote(script).start('sage', 7, 'present', 2).finish();
		await play(script.events);
		expect(lines()).toMatchSnapshot();
		expect(lines().match(/SECOND SAGE/g)).toHaveLength(1);
	});
});
