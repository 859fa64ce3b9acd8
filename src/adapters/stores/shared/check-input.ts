import { BotError } from '../../../core/errors.ts';
import type { StoreChange } from '../../../core/store.ts';
import { jsonText } from './json-text.ts';

/** A change with its value as JSON text, so that the caller may go on changing its object. Null: no expectation. */
export type CheckedChange =
	| { type: 'put'; kind: string; key: string; text: string; version: number | null }
	| { type: 'delete'; kind: string; key: string; version: number | null }
	| { type: 'append'; log: string; text: string; seq: number | null }
	| { type: 'drop'; log: string }
	| { type: 'check'; kind: string; key: string; version: number };

const NAME_LIMIT = 200;
export const LIST_LIMIT = 1_000;
export const READ_LIMIT = 10_000;

/** Throws `input_invalid` unless `name` (a kind, a key or the name of a log) has 1 to 200 characters. */
export function checkName(what: 'kind' | 'key' | 'log', name: string): string {
	if (name.length >= 1 && name.length <= NAME_LIMIT) return name;
	throw new BotError(
		'input_invalid',
		`A store's ${what} has 1 to ${NAME_LIMIT} characters; this one has ${name.length}.`,
	);
}

/** Throws `input_invalid` unless `number` is whole and within the bounds. */
export function checkWhole(what: string, number: number, least: number, most = Number.MAX_SAFE_INTEGER): number {
	if (Number.isSafeInteger(number) && number >= least && number <= most) return number;
	const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
	throw new BotError('input_invalid', `${what} is a whole number ${range}; got ${number}.`);
}

function checkChange(change: StoreChange): CheckedChange {
	if (change.type === 'append') {
		const seq = change.seq === undefined ? null : checkWhole('The seq of an append', change.seq, 1);
		return { type: 'append', log: checkName('log', change.log), text: jsonText(change.value), seq };
	}
	if (change.type === 'drop') return { type: 'drop', log: checkName('log', change.log) };
	const place = { kind: checkName('kind', change.kind), key: checkName('key', change.key) };
	const what = `The version of a ${change.type}`;
	if (change.type === 'check') return { ...place, type: 'check', version: checkWhole(what, change.version, 0) };
	const version = change.version === undefined ? null : checkWhole(what, change.version, 0);
	if (change.type === 'delete') return { ...place, type: 'delete', version };
	return { ...place, type: 'put', text: jsonText(change.value), version };
}

/** The changes as they are at this moment. Throws `input_invalid` when one of them breaks the port's rules. */
export const checkChanges = (changes: readonly StoreChange[]): readonly CheckedChange[] => changes.map(checkChange);
