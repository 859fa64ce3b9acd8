import type { Clock } from '../../core/clock.ts';
import type { Store } from '../../core/store.ts';
import { createDatabaseStore } from './sqlite/database-store.ts';
import { openDatabase } from './sqlite/open-database.ts';

/**
 * The embedded default for one machine: `massgen.db` in `dataDir`, which is created when it is missing and then
 * belongs to this process until `close`. Throws `store_locked` when another process holds it, `store_full` when its
 * disk is full, and `store_failed` when it cannot be used (no right to write, damaged, from a newer version).
 */
export async function createSqliteStore(options: { dataDir: string; clock: Clock }): Promise<Store> {
	const database = openDatabase(options.dataDir, options.clock);
	try {
		return createDatabaseStore(database);
	} catch (thrown) {
		database.release();
		throw thrown;
	}
}
