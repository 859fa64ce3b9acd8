import { describe, expect, it } from 'vitest';
import type { ThreadMessage } from '../../../../../src/core/gateway.ts';
import { createScript, finishedRun } from '../../../../support/run-events.ts';
import { seated } from './terminal-runs.ts';

const second = () =>
	createScript('run-2').begin('And then?').start('sage', 1, 'answer').answer('sage', 1, 1, 'The second answer.');
const ended = () => second().finish({ answer: 'The second result.', answers: 1, agents: 3 }).events;

const slotOf = ({ key }: ThreadMessage) => ({ key, nonce: 'n'.repeat(22), mayExist: false });

/** Positions of these texts, which must be there, each behind the one before. */
function expectInOrder(shown: string, ...texts: readonly string[]): void {
	let from = -1;
	for (const text of texts) {
		const at = shown.indexOf(text, from + 1);
		expect(at, `${text} in ${shown}`).toBeGreaterThan(from);
		from = at;
	}
}

describe('two runs at one terminal', () => {
	it.each([true, false])('are shown one after the other, each whole (terminal: %s)', async (isTTY) => {
		const { play, lines, watch, clock } = await seated({ isTTY, env: { NO_COLOR: '1' }, rows: 80 });
		const [one, two] = [watch('run-1'), watch('run-2')];
		const events = finishedRun('run-1');
		await play(events.slice(0, 8), one);
		await play(second().events, two);
		expect(lines()).not.toContain('And then?');
		await play(events.slice(8), one);
		await play(ended().slice(second().events.length), two);
		await clock.advance(60_000);
		expectInOrder(
			lines(),
			'How do I sort',
			'Vote',
			'away from home',
			'7 model calls',
			'And then?',
			'The second result.',
		);
		for (const once of ['And then?', 'away from home', 'The second result.'])
			expect(lines().split(once)).toHaveLength(2);
		expect(clock.pending()).toBe(0);
	});

	it('keep their results apart when the second one ends first', async () => {
		const { play, lines, watch } = await seated({ env: { NO_COLOR: '1' }, rows: 80 });
		const [one, two] = [watch('run-1'), watch('run-2')];
		const events = finishedRun('run-1');
		await play(events.slice(0, 8), one);
		await play(ended(), two);
		expect(lines()).not.toContain('The second result.');
		await play(events.slice(8), one);
		expectInOrder(lines(), 'away from home', 'The second result.');
	});

	it('are both shown as far as they came when the terminal closes', async () => {
		const { play, lines, watch, gateway } = await seated({ env: { NO_COLOR: '1' }, rows: 80 });
		await play(finishedRun('run-1').slice(0, 8), watch('run-1'));
		await play(second().events, watch('run-2'));
		await gateway.stop();
		expectInOrder(lines(), 'How do I sort', 'Use Timsort.', 'And then?', 'The second answer.');
	});

	it('a late edit of one that has been shown changes nothing', async () => {
		const { play, lines, gateway, clock } = await seated({ env: { NO_COLOR: '1' }, rows: 80 });
		await play(finishedRun());
		const before = lines();
		const late: ThreadMessage = { type: 'queue', key: 'queue', waiting: [] };
		await gateway.edit({ session: 's', run: 'run-1' }, slotOf(late), 'x', late);
		await gateway.post({ session: 's', run: null }, slotOf(late), late);
		await clock.advance(1000);
		expect(lines()).toBe(before);
	});
});

describe('a vote that does not fit its tally', () => {
	const tally = (votes: number): Extract<ThreadMessage, { type: 'tally' }> => ({
		type: 'tally',
		key: 'tally:1',
		by: 'all_voted',
		rows: [{ agent: 'sage', label: 'agent2.1', votes, voters: ['critic'] }],
		votes: [
			{ agent: 'critic', target: 'sage', label: 'agent2.1', reason: 'Complete.' },
			{ agent: 'sage', target: 'ghost', label: 'agent9.1', reason: 'It is gone.' },
		],
		winner: 'sage',
		tie: null,
	});

	it.each([0, 1, 7, 100])('is shown, with %i votes for a row of which there is one', async (votes) => {
		const { play, lines, gateway, watch, clock } = await seated({ env: { NO_COLOR: '1' }, rows: 60 });
		await play(createScript().begin().events, watch());
		await gateway.post({ session: 's', run: 'run-1' }, slotOf(tally(votes)), tally(votes));
		await clock.advance(1000);
		expect(lines()).toContain(votes === 1 ? '1 vote' : `${votes} votes`);
		expect(lines()).toMatch(/ghost .*1 vote[\s\S]*sage +It is gone\./);
		const bars = lines()
			.split('\n')
			.flatMap((line) => /[█░]+/.exec(line)?.[0] ?? []);
		expect(bars.map(({ length }) => length)).toEqual([24, 24]);
	});
});
