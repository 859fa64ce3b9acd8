import type { Digest, Exchange } from '../core/history.ts';

/** A question of a session that was answered. */
export interface Said {
	run: string;
	question: string;
	answer: string;
}

/** What a model has kept of the runs that were the first of a session. */
export interface Kept {
	runs: readonly string[];
	text: string;
}

/** Every question is told of by at least so many of its characters, whatever the limit. */
export const LEAST_OF_QUESTION = 120;
/** What is shown of an older text that nothing sums up, in characters. */
const EXCERPT = 600;

/** How long what a model keeps may be, in characters. */
export const longestDigest = (limit: number): number => Math.floor(limit / 4);

/** The place in `said` from which on everything goes into `room` characters. */
export function wholeFrom(said: readonly Said[], room: number): number {
	let left = room;
	let from = said.length;
	for (; from > 0; from -= 1) {
		left -= lengthOf(said[from - 1]);
		if (left < 0) break;
	}
	return from;
}

/** Whether it is of these exchanges and of none that was put again since. */
export function isOf(kept: Kept, said: readonly Said[]): boolean {
	return kept.runs.length > 0 && kept.runs.every((run, index) => said[index]?.run === run);
}

/**
 * What agents are told of the conversation so far, in `limit` characters and `LEAST_OF_QUESTION` for each question. The
 * newest exchanges are whole. Of older ones there is what a model has kept, or else their beginnings; each text that
 * is not whole says how long it was.
 */
export function fitHistory(
	said: readonly Said[],
	kept: Kept | null,
	limit: number,
): { history: Exchange[]; digest: Digest | null } {
	const text = kept !== null && isOf(kept, said) ? shortened(kept.text, longestDigest(limit)) : null;
	const covers = text === null ? 0 : (kept?.runs.length ?? 0);
	const room = limit - longestDigest(limit);
	const from = wholeFrom(said, room);
	const whole = said.slice(from).map(({ question, answer }): Exchange => ({ question, answer }));
	const used = whole.reduce((sum, exchange) => sum + lengthOf(exchange), 0);
	let left = limit - (text?.length ?? 0) - used;
	const older: Exchange[] = [];
	for (let index = from - 1; index >= 0; index -= 1) {
		const one = said[index];
		if (one === undefined) continue;
		const most = index === said.length - 1 ? Math.min(left, room) : Math.min(left, 2 * EXCERPT);
		const part = beginning(one, index < covers ? 0 : most);
		left = Math.max(0, left - lengthOf(part));
		older.unshift(part);
	}
	return { history: [...older, ...whole], digest: text === null ? null : { text, covers } };
}

/** The beginnings of both texts in `room` characters, of the question always some. */
function beginning({ question, answer }: Said, room: number): Exchange {
	const asked = cut(question, Math.max(LEAST_OF_QUESTION, Math.floor(room / 2)));
	const told = cut(answer, Math.max(0, room - asked.length));
	return { question: asked, answer: told, full: { question: question.length, answer: answer.length } };
}

/** At most `most` characters of a text, with a note in it when it is longer. */
export function shortened(text: string, most: number): string {
	if (text.length <= most) return text;
	const note = (shown: number) => ` [shortened: the first ${shown} of ${text.length} characters]`;
	const shown = cut(text, Math.max(0, most - note(most).length));
	return cut(shown + note(shown.length), most);
}

/** The first `most` characters, without half of a pair at the end. */
function cut(text: string, most: number): string {
	const isPair = /[\uD800-\uDBFF]/.test(text.charAt(most - 1)) && most < text.length;
	return text.slice(0, isPair ? most - 1 : most);
}

const lengthOf = (one: Pick<Exchange, 'question' | 'answer'> | undefined) =>
	one === undefined ? 0 : one.question.length + one.answer.length;
