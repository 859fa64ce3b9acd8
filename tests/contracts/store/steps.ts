import { expect } from 'vitest';
import type { LogEntry, Store, StoreChange } from '../../../src/core/store.ts';

/** What a contract's `make` gives. */
export interface MadeStore {
	store: Store;
	/** Opens the same data again after `close`; left out by a store that keeps nothing. */
	reopen?: () => Promise<Store>;
}

export const refusal = (code: string) => expect.objectContaining({ name: 'BotError', code });
export const conflict = refusal('store_conflict');
export const invalid = refusal('input_invalid');

/** 1 to `count`. */
export const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** A signal that never aborts. */
export const never = new AbortController().signal;

export const put = (key: string, value: unknown, version?: number): StoreChange =>
	version === undefined
		? { type: 'put', kind: 'thing', key, value }
		: { type: 'put', kind: 'thing', key, value, version };

export const append = (value: unknown, log = 'log'): StoreChange => ({ type: 'append', log, value });

export const allOf = (store: Store, log = 'log') => store.read(log, { after: 0, limit: 10_000 });

/** Reads a watch until it has `count` entries or ends; its iterator stays open. */
export async function take(iterator: AsyncIterator<LogEntry>, count: number): Promise<LogEntry[]> {
	const taken: LogEntry[] = [];
	while (taken.length < count) {
		const next = await iterator.next();
		if (next.done) break;
		taken.push(next.value);
	}
	return taken;
}
