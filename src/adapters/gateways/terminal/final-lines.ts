import type { Shortfall } from '../../../core/coordination.ts';
import { spendText } from '../shared/spend-text.ts';
import { timeText } from '../shared/time-text.ts';
import type { Message } from './message-of.ts';
import { headingLines, type Page } from './page.ts';
import type { Style } from './style.ts';
import { textLines } from './text-lines.ts';

/** The result of a finished run: its standing, what is missing from it, then the text, and last what it cost. */
export function finalLines(final: Message<'final'>, board: Message<'board'> | null, page: Page): string[] {
	const { say } = page;
	const by = final.winner === null || final.content === '' ? '' : say('final.by', { agent: final.winner });
	const text =
		final.content === '' ? say(final.outcome === 'stopped' ? 'final.none_stopped' : 'final.none') : final.content;
	return [
		...headingLines(standing(final, page), by, page),
		...shortfallLines(final, board, page),
		...(page.width === Number.POSITIVE_INFINITY ? [] : ['']),
		...textLines(text, page, { whole: true }),
		...closingLines(final, page),
	];
}

function standing({ outcome, content, answers, agents }: Message<'final'>, { say }: Page): string {
	const given = { answers, agents: say('board.agents', { count: agents }) };
	if (outcome === 'partial') return say('final.heading.partial', given);
	if (outcome === 'stopped')
		return content === '' ? say('final.heading.stopped') : say('final.heading.stopped_answer', given);
	return say(outcome === 'failed' ? 'final.heading.failed' : 'final.heading.answered');
}

function shortfallLines({ shortfalls }: Message<'final'>, board: Message<'board'> | null, page: Page): string[] {
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

function reasonsOf(shortfall: Shortfall, board: Message<'board'> | null, { say }: Page): string[] {
	const out = board?.rows.filter(({ state }) => state === 'out') ?? [];
	if (shortfall !== 'agent_out' || out.length === 0) return [say(`shortfall.${shortfall}`)];
	return out.map(({ agent, note }) => say('shortfall.agent_out_named', { agent, reason: note ?? '' }));
}

function closingLines({ outcome, spend, activeMs }: Message<'final'>, page: Page): string[] {
	const { say, style, width } = page;
	const time = activeMs === null ? [] : [timeText(activeMs, say, true)];
	const facts = [...(spend === null ? [] : spendText(spend, say)), ...time].join(` ${style.signs.dot} `);
	if (width === Number.POSITIVE_INFINITY) return ['', facts];
	const sign = paintOf(outcome, style)(signOf(outcome, style));
	const lines = textLines(facts, { ...page, width: width - 3 });
	return ['', ...lines.map((line, index) => ` ${index === 0 ? sign : ' '} ${style.dim(line)}`), ''];
}

function signOf(outcome: Message<'final'>['outcome'], { signs }: Style): string {
	if (outcome === 'answered') return signs.done;
	return outcome === 'failed' ? signs.out : signs.warning;
}

function paintOf(outcome: Message<'final'>['outcome'], style: Style): (text: string) => string {
	if (outcome === 'answered') return style.green;
	return outcome === 'failed' ? style.red : style.yellow;
}
