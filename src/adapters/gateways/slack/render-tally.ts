import type { MessageOf, RenderContext } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import { context, section } from './blocks.ts';
import { MAX_CHART_CATEGORIES, MAX_CHART_LABEL, MAX_CHART_TITLE, MAX_TABLE_ROWS } from './limits.ts';
import type { SlackBlock, SlackBody } from './slack-body.ts';
import { clipped, escaped, foreignLine } from './slack-text.ts';

type Tally = MessageOf<'tally'>;
type Row = Tally['rows'][number];

const MAX_NAME = 60;
const TABLE_BUDGET = 6000;
const MAX_SENTENCE = 1500;

/** The vote as a chart and a table, and the same in words. */
export function renderTally(tally: Tally, { say }: RenderContext): SlackBody[] {
	const rows = tally.rows.toSorted((a, b) => b.votes - a.votes);
	const top = section(`*${say('tally.heading')}* · ${say(`tally.by.${tally.by}`)}`);
	const sentence = escaped(foreignLine(sentenceOf(tally, say), MAX_SENTENCE));
	const bottom = context([sentence]);
	const lines = rows.map((row) => lineOf(row, tally, say));
	const words = clipped(lines.join('\n'), 2500);
	const isEmpty = rows.length === 0 || tally.votes.length === 0;
	return [
		{
			type: 'message',
			text: [`${say('tally.heading')} · ${say(`tally.by.${tally.by}`)}`, ...(isEmpty ? [] : [words]), sentence]
				.filter((line) => line !== '')
				.join('\n'),
			blocks: [top, ...(isEmpty ? [] : [...chartOf(rows, say), tableOf(rows, say)]), ...bottom],
			plainBlocks: [top, ...(isEmpty ? [] : [section(words)]), ...bottom],
			controls: [],
		},
	];
}

/** What the vote led to; a tie and the rule that broke it are said. */
function sentenceOf({ votes, winner, tie }: Tally, say: Say): string {
	if (votes.length === 0) return say('tally.none');
	if (tie !== null && winner !== null) return say(`tally.tie.${tie.rule}`, { tied: tie.tied.join(', '), winner });
	if (tie !== null) return say('slack.tally.open', { tied: tie.tied.join(', ') });
	return winner === null ? '' : say('slack.card.winner', { agent: winner });
}

function lineOf({ agent, votes, voters }: Row, { winner }: Tally, say: Say): string {
	const by = voters.length === 0 ? '' : ` (${voters.join(', ')})`;
	const text = escaped(foreignLine(`${agent}: ${say('board.votes', { count: votes })}${by}`, 300));
	return agent === winner ? `*${text}*` : text;
}

/** None where there are more answers than a chart can show, or where two would have the same label. */
function chartOf(rows: readonly Row[], say: Say): SlackBlock[] {
	const categories = rows.map(({ agent }) => foreignLine(agent, MAX_CHART_LABEL));
	if (rows.length > MAX_CHART_CATEGORIES || new Set(categories).size < rows.length || categories.includes(''))
		return [];
	const name = clipped(say('slack.tally.votes'), MAX_CHART_LABEL);
	const data = rows.map(({ votes }, index) => ({ label: categories[index], value: votes }));
	return [
		{
			type: 'data_visualization',
			title: clipped(say('slack.tally.chart'), MAX_CHART_TITLE),
			chart: { type: 'bar', series: [{ name, data }], axis_config: { categories } },
		},
	];
}

function tableOf(rows: readonly Row[], say: Say): SlackBlock {
	const cell = (text: string) => ({ type: 'raw_text', text });
	const head = ['slack.tally.agent', 'slack.tally.votes', 'slack.tally.voters'].map((key) => cell(say(key)));
	const shown = rows.slice(0, MAX_TABLE_ROWS - 1);
	const room = Math.floor(TABLE_BUDGET / Math.max(1, shown.length)) - MAX_NAME;
	const body = shown.map(({ agent, votes, voters }) => [
		cell(foreignLine(agent, MAX_NAME)),
		cell(String(votes)),
		cell(voters.length === 0 ? '–' : foreignLine(voters.join(', '), Math.max(20, Math.min(300, room)))),
	]);
	return { type: 'table', rows: [head, ...body], column_settings: [{}, { align: 'right' }, { is_wrapped: true }] };
}
