import { BotError } from '../../../core/errors.ts';
import type { CheckedChange } from './check-input.ts';

/** The few reads and writes that a commit is made of. The driver undoes them when `applyChanges` throws. */
export interface Tables {
	/** Version of the record; 0 when there is none. */
	version(kind: string, key: string): number;
	/** The last version of a record that was deleted; 0 when there was none. Asked for missing records only. */
	lastVersion(kind: string, key: string): number;
	put(kind: string, key: string, version: number, text: string): void;
	/** Removes the record and keeps `version` for `lastVersion`. */
	remove(kind: string, key: string, version: number): void;
	/** Number of entries in the log. */
	length(log: string): number;
	append(log: string, seq: number, text: string): void;
	drop(log: string): void;
}

function conflict(what: string, expected: string, found: string): BotError {
	return new BotError(
		'store_conflict',
		`${what} was expected ${expected}, but ${found}; nothing of the commit was made.`,
		{
			userMessage: 'Somebody else changed this at the same moment, so nothing was saved. Try again.',
		},
	);
}

/** What did not hold: `found` is the present version of the record (0: none), or the number that the log has next. */
export function conflictWith(change: Exclude<CheckedChange, { type: 'drop' }>, found: number): BotError {
	if (change.type === 'append') {
		const expected = `to go on with entry ${change.seq}`;
		return conflict(`Log ${JSON.stringify(change.log)}`, expected, `entry ${found} is next`);
	}
	const expected = change.version === 0 ? 'not to exist' : `at version ${change.version}`;
	const present = found === 0 ? 'it does not exist' : `it is at version ${found}`;
	return conflict(`${change.kind} ${JSON.stringify(change.key)}`, expected, present);
}

function apply(tables: Tables, change: CheckedChange): number {
	if (change.type === 'append') {
		const seq = tables.length(change.log) + 1;
		if (change.seq !== null && change.seq !== seq) throw conflictWith(change, seq);
		tables.append(change.log, seq, change.text);
		return seq;
	}
	if (change.type === 'drop') {
		tables.drop(change.log);
		return 0;
	}
	const current = tables.version(change.kind, change.key);
	if (change.version !== null && change.version !== current) throw conflictWith(change, current);
	if (change.type === 'put') {
		const version = (current || tables.lastVersion(change.kind, change.key)) + 1;
		tables.put(change.kind, change.key, version, change.text);
		return version;
	}
	if (change.type === 'delete' && current > 0) tables.remove(change.kind, change.key, current);
	return 0;
}

/**
 * Makes the changes one after the other, each seeing those before it, and gives the commit's numbers. Throws
 * `store_conflict` at the first expectation that does not hold. A key's versions never repeat: a record written
 * again after its deletion goes on where the deleted one ended, so an old fencing token cannot become valid.
 */
export const applyChanges = (tables: Tables, changes: readonly CheckedChange[]): readonly number[] =>
	changes.map((change) => apply(tables, change));
