import type { DatabaseSync } from 'node:sqlite';
import type { BotError } from '../../../core/errors.ts';
import { applyChanges, type Tables } from '../shared/apply-changes.ts';
import type { CheckedChange } from '../shared/check-input.ts';

interface Job {
	changes: readonly CheckedChange[];
	resolve(numbers: readonly number[]): void;
	reject(error: BotError): void;
}

/**
 * Makes the commits of one event-loop turn in one transaction, so that they share one fsync. Each has a savepoint
 * of its own: one that fails by itself (a conflict) fails alone. When the transaction fails, all of it fails and
 * nothing of it is left.
 */
export interface GroupCommit {
	/** Resolves with the commit's numbers once it is durable. */
	commit(changes: readonly CheckedChange[]): Promise<readonly number[]>;
	/** Makes what is queued at once. */
	flush(): void;
}

/** `made` is told of every commit after it became durable and before its promise resolves. */
export function createGroupCommit(
	db: DatabaseSync,
	tables: Tables,
	toError: (thrown: unknown) => BotError,
	made: (changes: readonly CheckedChange[]) => void,
): GroupCommit {
	const begin = db.prepare('BEGIN IMMEDIATE');
	const commit = db.prepare('COMMIT');
	const rollback = db.prepare('ROLLBACK');
	const save = db.prepare('SAVEPOINT one');
	const release = db.prepare('RELEASE one');
	const undo = db.prepare('ROLLBACK TO one');
	let queue: Job[] = [];

	/** Gives what to do once the transaction is durable. Throws when the transaction is lost. */
	function attempt(job: Job): () => void {
		save.run();
		try {
			const numbers = applyChanges(tables, job.changes);
			release.run();
			return () => {
				made(job.changes);
				job.resolve(numbers);
			};
		} catch (thrown) {
			// A full or failing disk makes SQLite roll back the whole transaction by itself.
			if (!db.isTransaction) throw thrown;
			undo.run();
			release.run();
			return () => job.reject(toError(thrown));
		}
	}

	function flush(): void {
		const group = queue;
		queue = [];
		if (group.length === 0) return;
		let settle: readonly (() => void)[];
		try {
			begin.run();
			settle = group.map(attempt);
			commit.run();
		} catch (thrown) {
			settle = group.map((job) => () => job.reject(toError(thrown)));
			if (db.isTransaction) rollback.run();
		}
		for (const tell of settle) tell();
	}

	return {
		commit: (changes) =>
			new Promise((resolve, reject) => {
				if (queue.length === 0) setImmediate(flush);
				queue.push({ changes, resolve, reject });
			}),
		flush,
	};
}
