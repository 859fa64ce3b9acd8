import type { ApprovalDecision } from '../../../core/approval.ts';
import { messageOf } from '../../../core/errors.ts';
import { type ApprovalAct, actsOf, actText } from '../shared/approval-text.ts';
import { argumentsText } from '../shared/arguments-text.ts';
import { approvalDetails, type HeldCall } from './approval-lines.ts';
import { oneLine } from './fit-text.ts';
import type { LineReader } from './line-reader.ts';
import type { Page } from './page.ts';

export interface ApprovalAsked extends HeldCall {
	page: Page;
	reader: LineReader;
	print(lines: readonly string[]): void;
	/** Aborts when the call does not wait any more, or is another one. */
	signal: AbortSignal;
}

export type ApprovalAnswer = { type: 'decide'; verdict: ApprovalDecision['verdict'] } | { type: 'stop' };

/** What is typed for each act; the same in all languages. */
const LETTERS: Readonly<Record<Exclude<ApprovalAct, 'approve_all'>, string>> = {
	approve: 'y',
	for_run: 'r',
	deny: 'n',
	edit: 'e',
	details: 'd',
	happened: 'h',
	again: 'a',
	abandon: 'g',
};
const STOP = 's';
const WORDS: Readonly<Record<string, string>> = { yes: 'y', no: 'n', edit: 'e', details: 'd', stop: 's' };

/** Puts a call to the person at the keyboard until there is an answer; null when there will be none. */
export async function askApproval(asked: ApprovalAsked): Promise<ApprovalAnswer | null> {
	const { item, page, reader, print, signal } = asked;
	const acts = actsOf(item).filter((act) => act !== 'approve_all');
	const menu = [...acts.map((act) => `[${LETTERS[act]}] ${actText(act, page.say)}`)];
	const prompt = ` ${[...menu, `[${STOP}] ${page.say('card.act.stop_run')}`].join('  ')}: `;
	print(['']);
	for (;;) {
		const line = await reader.read(prompt, signal);
		if (line === null) return null;
		const typed = oneLine(line).trim().toLowerCase();
		const letter = Object.hasOwn(WORDS, typed) ? WORDS[typed] : typed;
		if (letter === STOP) return { type: 'stop' };
		const act = acts.find((one) => LETTERS[one] === letter);
		if (act === undefined) {
			const known = [...acts.map((one) => LETTERS[one]), STOP].join(', ');
			print([` ${page.say('terminal.held.invalid', { known })}`]);
		} else if (act === 'details') print(approvalDetails(asked, page));
		else {
			const verdict = await verdictOf(act, asked);
			if (verdict === 'left') return null;
			if (verdict !== null) return { type: 'decide', verdict };
		}
	}
}

/** What the act comes to after what it still needs; null: back to the question; `left`: the person has left. */
async function verdictOf(
	act: Exclude<ApprovalAct, 'approve_all' | 'details'>,
	asked: ApprovalAsked,
): Promise<ApprovalDecision['verdict'] | null | 'left'> {
	switch (act) {
		case 'approve':
			return confirmed(asked, { type: 'approve', forRun: false });
		case 'for_run':
			return confirmed(asked, { type: 'approve', forRun: true });
		case 'again':
			return confirmed(asked, { type: 'outcome', outcome: 'again' });
		case 'happened':
		case 'abandon':
			return { type: 'outcome', outcome: act };
		case 'deny': {
			const reason = await asked.reader.read(` ${asked.page.say('terminal.held.reason')}`, asked.signal);
			return reason === null ? 'left' : { type: 'deny', reason: oneLine(reason).trim() || null };
		}
		case 'edit':
			return edited(asked);
	}
}

/** A critical call is let run only by somebody who types the name of its tool. */
async function confirmed(
	{ item, page, reader, print, signal }: ApprovalAsked,
	verdict: ApprovalDecision['verdict'],
): Promise<ApprovalDecision['verdict'] | null | 'left'> {
	if (item.risk !== 'critical') return verdict;
	const typed = await reader.read(` ${page.say('terminal.held.confirm', { tool: oneLine(item.tool) })}`, signal);
	if (typed === null) return 'left';
	if (typed.trim() === item.tool) return verdict;
	print([` ${page.say('terminal.held.unconfirmed')}`]);
	return null;
}

async function edited({
	item,
	page,
	reader,
	print,
	signal,
}: ApprovalAsked): Promise<ApprovalDecision['verdict'] | null | 'left'> {
	print(['', ` ${onOneLine(item.arguments)}`]);
	const line = await reader.read(` ${page.say('terminal.held.edit')}`, signal);
	if (line === null) return 'left';
	if (line.trim() === '') return null;
	try {
		JSON.parse(line);
		return { type: 'edit', arguments: line };
	} catch (thrown) {
		print([` ${page.say('terminal.held.no_json', { reason: oneLine(messageOf(thrown)) })}`]);
		return null;
	}
}

/** The arguments to be copied: one line of JSON, in which nothing is hidden. */
const onOneLine = (json: string): string =>
	argumentsText(json)
		.split('\n')
		.map((line) => line.trim())
		.join(' ');
