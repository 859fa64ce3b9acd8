import { BotError } from '../../../core/errors.ts';
import type { Store } from '../../../core/store.ts';
import { checkChanges, checkName, checkWhole, LIST_LIMIT, READ_LIMIT } from '../shared/check-input.ts';
import { createLogFeed } from '../shared/log-feed.ts';
import { toStoreError } from './failure.ts';
import { createGroupCommit } from './group-commit.ts';
import type { OpenDatabase } from './open-database.ts';
import { createSqliteTables } from './tables.ts';

/** The store over a database that this process alone holds. Closing the store releases the database. */
export function createDatabaseStore({ db, dataDir, release }: OpenDatabase): Store {
	const toError = (thrown: unknown) => toStoreError(thrown, dataDir);
	let closed = false;

	function checkOpen(): void {
		if (closed) throw new BotError('store_failed', `The store in ${dataDir} is closed; it takes no more calls.`);
	}

	/** Runs one read of the database, with SQLite's errors put into words. */
	function reading<Result>(work: () => Result): Result {
		checkOpen();
		try {
			return work();
		} catch (thrown) {
			throw toError(thrown);
		}
	}

	const tables = reading(() => createSqliteTables(db));
	const read: Store['read'] = async (log, { after, limit }) => {
		const from = checkWhole('`after` of a log', after, 0);
		const most = checkWhole('The limit of a read', limit, 1, READ_LIMIT);
		return reading(() => tables.read(checkName('log', log), from, most));
	};
	const feed = createLogFeed(read);
	const group = createGroupCommit(db, tables, toError, (changes) => {
		for (const change of changes) if (change.type === 'append') feed.grew(change.log);
	});

	return {
		durable: true,
		get: async (kind, key) => reading(() => tables.get(checkName('kind', kind), checkName('key', key))),
		async list(kind, { after = '', limit }) {
			const most = checkWhole('The limit of a list', limit, 1, LIST_LIMIT);
			return reading(() => tables.list(checkName('kind', kind), after, most));
		},
		read,
		async commit(changes) {
			checkOpen();
			return group.commit(checkChanges(changes));
		},
		watch(log, after, signal) {
			checkOpen();
			return feed.watch(checkName('log', log), checkWhole('`after` of a log', after, 0), signal);
		},
		/** Makes the commits that were called before it, then ends the watches. */
		async close() {
			if (closed) return;
			group.flush();
			closed = true;
			feed.close();
			try {
				release();
			} catch (thrown) {
				throw toError(thrown);
			}
		},
	};
}
