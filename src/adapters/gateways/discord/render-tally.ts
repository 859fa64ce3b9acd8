import type { MessageOf } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import { visibleText } from '../shared/visible-text.ts';
import { clipText } from './clip-text.ts';
import type { DiscordBody } from './discord-body.ts';
import { LIMITS } from './limits.ts';
import { plainText } from './plain-text.ts';
import { messageBody } from './text-body.ts';

type Tally = MessageOf<'tally'>;

const BAR = 16;
/** Rows, and voters of each, from the fullest version to one that fits a message with certainty. */
const VERSIONS = [
	[12, 6],
	[8, 3],
	[5, 2],
] as const;
const NAME = 18;

/** The vote: a bar per answer, and the same in words with who voted for it. */
export function tallyBody(tally: Tally, say: Say): DiscordBody {
	const texts = VERSIONS.map(([rows, voters]) => tallyText(tally, say, rows, voters));
	const content = texts.find(({ length }) => length <= LIMITS.content) ?? texts.at(-1) ?? '';
	return messageBody(content, { isSilent: true });
}

function tallyText(tally: Tally, say: Say, most: number, mostVoters: number): string {
	const round = Number(tally.key.slice('tally:'.length));
	const again = round > 1 ? ` · ${say('board.round', { count: round })}` : '';
	const ranked = tally.rows.toSorted((a, b) => b.votes - a.votes);
	const shown = ranked.slice(0, most);
	const left = ranked.length - shown.length;
	return [
		`## ${say('tally.heading')}${again}`,
		`-# ${say(`tally.by.${tally.by}`)}`,
		tally.votes.length === 0 ? say('tally.none') : barsText(shown, tally),
		...shown.filter(({ votes }) => votes > 0).map((row) => votersText(row, tally, say, mostVoters)),
		...(left > 0 ? [`-# ${say('board.more', { count: left })}`] : []),
		...tieTexts(tally, say, most),
	].join('\n');
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

function votersText(row: Tally['rows'][number], { winner }: Tally, say: Say, most: number): string {
	const { agent, votes, voters } = row;
	const names = voters.slice(0, most).map((voter) => (voter === agent ? say('tally.own') : plainText(voter, NAME)));
	const more = voters.length > most ? [say('board.more', { count: voters.length - most })] : [];
	return say('tally.row', {
		agent: `${agent === winner ? '★ ' : ''}**${plainText(agent, NAME)}**`,
		votes: say('board.votes', { count: votes }),
		voters: [...names, ...more].join(', '),
	});
}

function tieTexts({ tie, winner }: Tally, say: Say, most: number): readonly string[] {
	if (tie === null || winner === null) return [];
	const names = tie.tied.slice(0, most).map((agent) => plainText(agent, NAME));
	const more = tie.tied.length > most ? [say('board.more', { count: tie.tied.length - most })] : [];
	return [say(`tally.tie.${tie.rule}`, { tied: [...names, ...more].join(', '), winner: plainText(winner, NAME) })];
}
