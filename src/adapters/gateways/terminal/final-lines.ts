import type { Shortfall } from '../../../core/coordination.ts';
import type { MessageOf } from '../../../core/gateway.ts';
import { answerText, headingOf } from '../shared/result-text.ts';
import { spendText } from '../shared/spend-text.ts';
import { timeText } from '../shared/time-text.ts';
import { fileLines } from './file-lines.ts';
import { headingLines, type Page } from './page.ts';
import type { Style } from './style.ts';
import { textLines } from './text-lines.ts';

/** The result of a finished run: its standing, what is missing from it, then the text, and last what it cost. */
export function finalLines(final: MessageOf<'final'>, board: MessageOf<'board'> | null, page: Page): string[] {
	const { say } = page;
	const by = final.winner === null || final.content === '' ? '' : say('final.by', { agent: final.winner });
	const heading = headingOf({ ...final, hasAnswer: final.content !== '' }, say);
	return [
		...headingLines(heading, by, page),
		...shortfallLines(final, board, page),
		...(page.width === Number.POSITIVE_INFINITY ? [] : ['']),
		...textLines(answerText(final, say), page, { whole: true }),
		...(final.files === null ? [] : fileLines(final.files, page)),
		...closingLines(final, page),
	];
}

function shortfallLines({ shortfalls }: MessageOf<'final'>, board: MessageOf<'board'> | null, page: Page): string[] {
	if (shortfalls.length === 0) return [];
	const { say, style } = page;
	const sign = style.yellow(style.signs.warning);
	const items = shortfalls.flatMap((shortfall) => reasonsOf(shortfall, board, page));
	const inner = { ...page, width: page.width - 3 };
	const lines = items.flatMap((item) =>
		textLines(item, inner).map((line, index) => (index === 0 ? ` ${sign} ${line}` : `   ${line}`)),
	);
	return page.width === Number.POSITIVE_INFINITY ? [say('final.notes'), ...lines, ''] : lines;
}

function reasonsOf(shortfall: Shortfall, board: MessageOf<'board'> | null, { say }: Page): string[] {
	const out = board?.rows.filter(({ state }) => state === 'out') ?? [];
	if (shortfall !== 'agent_out' || out.length === 0) return [say(`shortfall.${shortfall}`)];
	return out.map(({ agent, note }) => say('shortfall.agent_out_named', { agent, reason: note ?? '' }));
}

function closingLines({ outcome, spend, activeMs }: MessageOf<'final'>, page: Page): string[] {
	const { say, style, width } = page;
	const time = activeMs === null ? [] : [timeText(activeMs, say, true)];
	const facts = [...(spend === null ? [] : spendText(spend, say)), ...time].join(` ${style.signs.dot} `);
	if (width === Number.POSITIVE_INFINITY) return ['', facts];
	const sign = paintOf(outcome, style)(signOf(outcome, style));
	const lines = textLines(facts, { ...page, width: width - 3 });
	return ['', ...lines.map((line, index) => ` ${index === 0 ? sign : ' '} ${style.dim(line)}`), ''];
}

function signOf(outcome: MessageOf<'final'>['outcome'], { signs }: Style): string {
	if (outcome === 'answered') return signs.done;
	return outcome === 'failed' ? signs.out : signs.warning;
}

function paintOf(outcome: MessageOf<'final'>['outcome'], style: Style): (text: string) => string {
	if (outcome === 'answered') return style.green;
	return outcome === 'failed' ? style.red : style.yellow;
}
