/** One thing that a store holds, as it is kept. `text` is its JSON; null for a record that was deleted at this version. */
export type Kept =
	| { type: 'record'; kind: string; key: string; version: number; text: string | null }
	| { type: 'entry'; log: string; seq: number; text: string };

/**
 * Everything in a store, for moving it to another. A store has one order: kinds by name, of each the records by key and
 * then the deleted ones by key; then logs by name, of each the entries. Names go by code unit.
 */
export interface Archive {
	/** What people may read as its name. */
	readonly name: string;
	/** All there is, in order, page by page. */
	all(): AsyncIterable<readonly Kept[]>;
	/** Fills an empty store. Until it has resolved the store is empty or refuses to be opened. */
	fill(pages: AsyncIterable<readonly Kept[]>): Promise<void>;
	close(): Promise<void>;
}

/** Things fetched or written at a time. */
export const ARCHIVE_PAGE = 100;

export const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
