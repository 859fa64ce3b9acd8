import type { Approval, ApprovalItem } from '../../../core/approval.ts';
import { revealedText } from '../../../core/foreign-text.ts';
import { type ApprovalStyle, cardTexts, itemTexts } from '../shared/approval-text.ts';
import { argumentsText } from '../shared/arguments-text.ts';
import { fitted, oneLine } from './fit-text.ts';
import { headingLines, type Page } from './page.ts';
import { codeLines, textLines } from './text-lines.ts';

/** One call of a card. */
export interface HeldCall {
	approval: Approval;
	item: ApprovalItem;
}

/** As many characters of the arguments as are shown before somebody asks for all of them. */
const SHOWN = 4_000;

const clockTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

const style: ApprovalStyle = {
	plain(text, max) {
		const line = oneLine(revealedText(text));
		return line.length <= max ? line : `${line.slice(0, max - 1).toWellFormed()}…`;
	},
	person: ({ user, platform }) => `${oneLine(user)} (${platform})`,
	time: (at) => clockTime.format(at),
};

/** What waits, as a card: what would run with which arguments, what it changes, why it is held, who may decide. */
export function approvalLines({ approval, item }: HeldCall, page: Page): string[] {
	const { say, style: paint } = page;
	const { heading, about } = cardTexts({ ...approval, items: [item] }, say, style);
	const texts = itemTexts(approval, approval.items.indexOf(item), say, style);
	if (texts === null) return [];
	const risky = item.risk === 'high' || item.risk === 'critical';
	const sign = risky ? paint.red(paint.signs.warning) : paint.yellow(paint.signs.warning);
	return [
		...headingLines(heading, '', page),
		...about.flatMap((line) => indented(line, page)),
		'',
		` ${sign} ${fitted([[texts.title, paint.bold]], page.width - 3)}`,
		...texts.facts.flatMap((line) => indented(line, page)),
		...shownArguments(texts.arguments, page),
		...(texts.change === null ? [] : ['', ...indented(texts.change.about, page), ...block(texts.change.text, page)]),
	];
}

/** All of it: every argument to its end, and the agent's own words. */
export function approvalDetails({ approval, item }: HeldCall, page: Page): string[] {
	const { say } = page;
	const texts = itemTexts(approval, approval.items.indexOf(item), say, style, 4);
	return [
		'',
		...(texts?.facts ?? []).flatMap((line) => indented(line, page)),
		...indented(say('card.digest', { digest: item.digest }), page),
		'',
		...block(argumentsText(item.arguments), page),
		...(item.said === '' ? [] : ['', ...block(revealedText(item.said), page)]),
		'',
	];
}

/** What became of a call, in one line. */
export function decidedLine({ approval, item }: HeldCall, page: Page): string {
	const { style: paint, say } = page;
	const texts = itemTexts(approval, approval.items.indexOf(item), say, style);
	const sign = item.state === 'approved' ? paint.green(paint.signs.done) : paint.red(paint.signs.out);
	return ` ${sign} ${fitted([[style.plain(item.tool, 80), paint.bold], [`: ${texts?.state ?? ''}`]], Number.POSITIVE_INFINITY)}`;
}

/** Who has approved while more are needed, in one line. */
export function votesLine({ item }: HeldCall, page: Page): string {
	const given = item.votes.filter(({ decision }) => decision === 'approve');
	const people = given.map(({ by }) => style.person(by)).join(', ');
	const text = page.say('card.votes', { given: given.length, needed: item.needed, people });
	return ` ${page.style.signs.answered} ${fitted([[style.plain(item.tool, 80), page.style.bold], [`: ${text}`]], page.width)}`;
}

function shownArguments(text: string, page: Page): string[] {
	if (text.length <= SHOWN) return ['', ...block(text, page)];
	const count = text.length;
	const cut = page.say('terminal.held.cut', { shown: SHOWN, count });
	return ['', ...block(text.slice(0, SHOWN), page), ...indented(cut, page)];
}

/** Foreign text between two margins, so that no line of it passes for one of the card. */
function block(text: string, page: Page): string[] {
	const gutter = ` ${page.style.dim(page.style.signs.gutter)} `;
	return codeLines(text, { ...page, width: page.width - 3 }).map((line) => gutter + line);
}

/** No sign in it is taken for Markdown: what an agent wrote is shown as it wrote it. */
function indented(text: string, page: Page): string[] {
	const plain = { ...page, width: page.width - 3, style: { ...page.style, colours: false } };
	return textLines(text, plain).map((line) => `   ${line}`);
}
