import type { Say } from '../../../core/say.ts';
import { visibleText } from '../shared/visible-text.ts';
import { clipText } from './clip-text.ts';
import type { DiscordBody } from './discord-body.ts';
import type { MessageOf } from './message-of.ts';
import { plainText } from './plain-text.ts';
import { messageBody } from './text-body.ts';

type Tally = MessageOf<'tally'>;

const BAR = 16;
/** Rows that fit into a message with certainty; the board names the votes of all. */
const MAX_ROWS = 12;
const NAME = 18;

/** The vote: a bar per answer, and the same in words with who voted for it. */
export function tallyBody(tally: Tally, say: Say): DiscordBody {
	const round = Number(tally.key.slice('tally:'.length));
	const again = round > 1 ? ` · ${say('board.round', { count: round })}` : '';
	const ranked = tally.rows.toSorted((a, b) => b.votes - a.votes);
	const shown = ranked.slice(0, MAX_ROWS);
	const left = ranked.length - shown.length;
	const lines = [
		`## ${say('tally.heading')}${again}`,
		`-# ${say(`tally.by.${tally.by}`)}`,
		tally.votes.length === 0 ? say('tally.none') : barsText(shown, tally),
		...shown.filter(({ votes }) => votes > 0).map((row) => votersText(row, tally, say)),
		...(left > 0 ? [`-# ${say('board.more', { count: left })}`] : []),
		...tieTexts(tally, say),
	];
	return messageBody(lines.join('\n'), { isSilent: true });
}

function barsText(rows: Tally['rows'], { votes }: Tally): string {
	const names = rows.map(({ agent }) => clipText(visibleText(agent).replaceAll('`', 'ˋ'), NAME));
	const width = Math.max(...names.map((name) => name.length));
	const bars = rows.map((row, index) => {
		const filled = Math.round((BAR * row.votes) / Math.max(1, votes.length));
		return `${names[index]?.padEnd(width)}  ${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}  ${row.votes}`;
	});
	return ['```', ...bars, '```'].join('\n');
}

function votersText({ agent, votes, voters }: Tally['rows'][number], { winner }: Tally, say: Say): string {
	const sign = agent === winner ? '★ ' : '';
	const names = voters.slice(0, 6).map((voter) => (voter === agent ? say('tally.own') : plainText(voter, NAME)));
	const more = voters.length > 6 ? [say('board.more', { count: voters.length - 6 })] : [];
	const count = say('board.votes', { count: votes });
	return say('tally.row', {
		agent: `${sign}**${plainText(agent, NAME)}**`,
		votes: count,
		voters: [...names, ...more].join(', '),
	});
}

function tieTexts({ tie, winner }: Tally, say: Say): readonly string[] {
	if (tie === null || winner === null) return [];
	const tied = tie.tied.slice(0, MAX_ROWS).map((agent) => plainText(agent, NAME));
	return [say(`tally.tie.${tie.rule}`, { tied: tied.join(', '), winner: plainText(winner, NAME) })];
}
