import { BotError } from '../../core/errors.ts';
import type { LogEntry, Store, StoredRecord } from '../../core/store.ts';
import { applyChanges, type Tables } from './shared/apply-changes.ts';
import { checkChanges, checkName, checkWhole, LIST_LIMIT, READ_LIMIT } from './shared/check-input.ts';
import { createLogFeed } from './shared/log-feed.ts';

/** `text` is null when the record was deleted: its version is kept. */
interface Row {
	version: number;
	text: string | null;
}

function createMemoryTables() {
	const kinds = new Map<string, Map<string, Row>>();
	const logs = new Map<string, string[]>();
	let undo: (() => void)[] = [];
	const row = (kind: string, key: string) => kinds.get(kind)?.get(key);

	function write(kind: string, key: string, next: Row): void {
		const rows = kinds.get(kind) ?? new Map<string, Row>();
		kinds.set(kind, rows);
		const before = rows.get(key);
		undo.push(() => (before === undefined ? rows.delete(key) : rows.set(key, before)));
		rows.set(key, next);
	}

	const tables: Tables = {
		version(kind, key) {
			const found = row(kind, key);
			return found === undefined || found.text === null ? 0 : found.version;
		},
		lastVersion: (kind, key) => row(kind, key)?.version ?? 0,
		put: (kind, key, version, text) => write(kind, key, { version, text }),
		remove: (kind, key, version) => write(kind, key, { version, text: null }),
		length: (log) => logs.get(log)?.length ?? 0,
		append(log, _seq, text) {
			const entries = logs.get(log) ?? [];
			logs.set(log, entries);
			undo.push(() => entries.pop());
			entries.push(text);
		},
		drop(log) {
			const entries = logs.get(log);
			if (entries === undefined) return;
			undo.push(() => logs.set(log, entries));
			logs.delete(log);
		},
	};
	return {
		kinds,
		logs,
		/** Runs `work` on the tables; when it throws, they are as they were before. */
		atomically<Result>(work: (tables: Tables) => Result): Result {
			undo = [];
			try {
				return work(tables);
			} catch (thrown) {
				for (const step of undo.reverse()) step();
				throw thrown;
			}
		},
	};
}

/**
 * A store that lives as long as its process: for tests, where it stands for a disk. `durable`: what it says of itself, see
 * `Store.durable`.
 */
export function createMemoryStore({ durable } = { durable: true }): Store {
	const tables = createMemoryTables();
	let closed = false;
	const checkOpen = () => {
		if (closed) throw new BotError('store_failed', 'The store is closed; it takes no more calls.');
	};
	const toRecord = (key: string, row: Row | undefined): StoredRecord[] =>
		row === undefined || row.text === null ? [] : [{ key, value: JSON.parse(row.text), version: row.version }];

	async function read(log: string, options: { after: number; limit: number }): Promise<readonly LogEntry[]> {
		checkOpen();
		const entries = tables.logs.get(checkName('log', log)) ?? [];
		const after = checkWhole('`after` of a log', options.after, 0);
		const limit = checkWhole('The limit of a read', options.limit, 1, READ_LIMIT);
		return entries
			.slice(after, after + limit)
			.map((text, index) => ({ seq: after + index + 1, value: JSON.parse(text) }));
	}
	const feed = createLogFeed(read);

	return {
		durable,
		async get(kind, key) {
			checkOpen();
			const rows = tables.kinds.get(checkName('kind', kind));
			const name = checkName('key', key);
			return toRecord(name, rows?.get(name))[0] ?? null;
		},
		async list(kind, { after = '', limit }) {
			checkOpen();
			const rows = tables.kinds.get(checkName('kind', kind)) ?? new Map<string, Row>();
			const most = checkWhole('The limit of a list', limit, 1, LIST_LIMIT);
			const keys = [...rows.keys()].filter((key) => key > after && rows.get(key)?.text !== null).sort();
			return keys.slice(0, most).flatMap((key) => toRecord(key, rows.get(key)));
		},
		read,
		async commit(changes) {
			checkOpen();
			const checked = checkChanges(changes);
			const numbers = tables.atomically((open) => applyChanges(open, checked));
			for (const change of checked) if (change.type === 'append') feed.grew(change.log);
			return numbers;
		},
		watch(log, after, signal) {
			checkOpen();
			return feed.watch(checkName('log', log), checkWhole('`after` of a log', after, 0), signal);
		},
		async close() {
			closed = true;
			feed.close();
		},
	};
}
