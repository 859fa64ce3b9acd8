/**
 * A process of its own with a store, for tests that kill it: `node store-process.ts <folder> hold|count`.
 * It prints one JSON line per step. `hold` opens the store and waits; `count` also commits number after number,
 * each as an entry and as a record, and prints it once it is durable.
 */
import { createSqliteStore } from '../../../../src/adapters/stores/sqlite.ts';
import { BotError } from '../../../../src/core/errors.ts';

const [dataDir = '', mode = 'hold'] = process.argv.slice(2);
const print = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`);

try {
	const store = await createSqliteStore({ dataDir, clock: { now: Date.now, after: () => () => {} } });
	print({ open: process.pid });
	setInterval(() => {}, 60_000);
	for (let count = 1; mode === 'count'; count += 1) {
		await store.commit([
			{ type: 'append', log: 'count', value: count },
			{ type: 'put', kind: 'count', key: 'latest', value: count },
		]);
		print({ made: count });
	}
} catch (thrown) {
	if (!(thrown instanceof BotError)) throw thrown;
	print({ code: thrown.code, message: thrown.userMessage });
}
