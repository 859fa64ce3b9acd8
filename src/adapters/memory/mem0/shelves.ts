import { z } from 'zod';
import type { Clock } from '../../../core/clock.ts';
import { type MemoryCounts, type MemorySpace, memoryOwnerSchema } from '../../../core/memory.ts';
import {
	allRecords,
	isCommitted,
	recordsFrom,
	type Store,
	type StoreChange,
	type StoredRecord,
	untilCommitted,
} from '../../../core/store.ts';
import { type Item, readItem, storedOf } from './item.ts';

const ITEMS = 'memory';
const SPACES = 'memory-space';
const USES = 'memory-use';
const HISTORIES = 'memory-history';
const PAGE = 500;
/** Memories that are held decoded, of all spaces together; about 2.5 kB each with 512 numbers. */
const MOST_HELD = 50_000;
/** Changes of one memory that are kept. */
const MOST_CHANGES = 20;

const spaceSchema = z.object({
	owner: memoryOwnerSchema,
	evicted: z.number().int().nonnegative(),
	expired: z.number().int().nonnegative(),
	calls: z.number().int().nonnegative(),
});
type SpaceState = z.infer<typeof spaceSchema>;

const useSchema = z.object({ at: z.number().int() });
const historySchema = z.object({ entries: z.array(z.record(z.string(), z.unknown())) });

/** The memories of one space as they are now. */
export interface Shelf {
	items: ReadonlyMap<string, Item>;
	state: SpaceState;
}

export interface ShelfChange {
	put?: readonly Item[];
	drop?: readonly string[];
	/** Counted as expired. */
	expired?: number;
	calls?: number;
}

/**
 * Memories as records of the store, by space. Every commit of a space also writes its state, so its version tells
 * whether what a process holds is what the store has, whoever wrote last.
 */
export interface Shelves {
	read(space: MemorySpace): Promise<Shelf>;
	/** Makes a change on the newest state, again as often as others were faster. */
	write(space: MemorySpace, change: (shelf: Shelf) => ShelfChange): Promise<void>;
	used(space: MemorySpace, ids: readonly string[]): Promise<void>;
	counts(space: MemorySpace): Promise<MemoryCounts>;
	spaces(): AsyncIterable<MemorySpace>;
	addHistory(space: MemorySpace, id: string, entry: Record<string, unknown>): Promise<void>;
	history(space: MemorySpace, id: string): Promise<readonly Record<string, unknown>[]>;
}

interface Held extends Shelf {
	items: Map<string, Item>;
	version: number;
}

const keyOf = (space: MemorySpace, id: string) => `${space.id}/${id}`;

export function createShelves({ store, clock, most }: { store: Store; clock: Clock; most: number }): Shelves {
	/** Least recently read first. */
	const held = new Map<string, Held>();
	const loads = new Map<string, Promise<Held>>();

	const hold = (space: MemorySpace, shelf: Held): Held => {
		held.delete(space.id);
		held.set(space.id, shelf);
		let count = [...held.values()].reduce((sum, { items }) => sum + items.size, 0);
		for (const [id, other] of held) {
			if (count <= MOST_HELD || id === space.id) break;
			held.delete(id);
			count -= other.items.size;
		}
		return shelf;
	};

	async function* under(kind: string, space: MemorySpace): AsyncIterable<StoredRecord> {
		const prefix = keyOf(space, '');
		for (let after = prefix; ; ) {
			const page = await store.list(kind, { after, limit: PAGE });
			for (const record of page) {
				if (!record.key.startsWith(prefix)) return;
				yield record;
			}
			const last = page.at(-1);
			if (last === undefined || page.length < PAGE) return;
			after = last.key;
		}
	}

	const load = async (space: MemorySpace, found: StoredRecord | null): Promise<Held> => {
		const uses = new Map<string, number>();
		for await (const { key, value } of under(USES, space)) uses.set(key, useSchema.parse(value).at);
		const items = new Map<string, Item>();
		for await (const { key, value } of under(ITEMS, space)) {
			const item = readItem(value, uses.get(key) ?? null);
			items.set(item.id, item);
		}
		const fresh = { owner: space.owner, evicted: 0, expired: 0, calls: 0 };
		return { items, state: found === null ? fresh : spaceSchema.parse(found.value), version: found?.version ?? 0 };
	};

	const current = async (space: MemorySpace): Promise<Held> => {
		for (;;) {
			const found = await store.get(SPACES, space.id);
			const version = found?.version ?? 0;
			const known = held.get(space.id);
			if (known?.version === version) return hold(space, known);
			const going = loads.get(space.id) ?? load(space, found).finally(() => loads.delete(space.id));
			loads.set(space.id, going);
			const loaded = await going;
			// Somebody may have written while the pages were read.
			if (((await store.get(SPACES, space.id))?.version ?? 0) === loaded.version) return hold(space, loaded);
		}
	};

	const commit = async (space: MemorySpace, shelf: Held, change: ShelfChange): Promise<void> => {
		const { put = [], drop = [], expired = 0, calls = 0 } = change;
		const gone = new Set(drop.filter((id) => shelf.items.has(id)));
		const kept = [...shelf.items.values(), ...put].filter(({ id }) => !gone.has(id));
		const evicted = new Set(surplus(new Map(kept.map((item) => [item.id, item])), put, most));
		const written = put.filter(({ id }) => !evicted.has(id));
		const state = {
			...shelf.state,
			evicted: shelf.state.evicted + evicted.size,
			expired: shelf.state.expired + expired,
			calls: shelf.state.calls + calls,
		};
		const out = [...gone, ...evicted];
		const changes: StoreChange[] = [
			{ type: 'put', kind: SPACES, key: space.id, value: state, version: shelf.version },
			...written.map((item): StoreChange => putItem(space, item)),
			...out.flatMap((id): StoreChange[] =>
				[ITEMS, USES, HISTORIES].map((kind) => ({ type: 'delete', kind, key: keyOf(space, id) })),
			),
		];
		const [version = 0] = await store.commit(changes);
		const items = new Map(shelf.items);
		for (const item of written) items.set(item.id, item);
		for (const id of out) items.delete(id);
		hold(space, { items, state, version });
	};

	return {
		read: current,
		async write(space, change) {
			await untilCommitted(async () => {
				const shelf = await current(space);
				await commit(space, shelf, change(shelf));
			}, Number.POSITIVE_INFINITY);
		},
		async used(space, ids) {
			const at = clock.now();
			const { items } = await current(space);
			const known = ids.filter((id) => items.has(id));
			if (known.length === 0) return;
			// A memory that was forgotten meanwhile must not leave its use behind.
			const checks = known.map(
				(id): StoreChange => ({ type: 'put', kind: USES, key: keyOf(space, id), value: { at } }),
			);
			const { version } = held.get(space.id) ?? { version: 0 };
			await isCommitted(() => store.commit([{ type: 'check', kind: SPACES, key: space.id, version }, ...checks]));
			for (const id of known) {
				const item = items.get(id);
				if (item !== undefined) item.usedAt = at;
			}
		},
		async counts(space) {
			const { items, state } = await current(space);
			const { evicted, expired, calls } = state;
			return { count: items.size, most, evicted, expired, calls };
		},
		async *spaces() {
			for await (const { key, value } of allRecords(store, SPACES)) {
				yield { id: key, owner: spaceSchema.parse(value).owner };
			}
		},
		async addHistory(space, id, entry) {
			const key = keyOf(space, id);
			await untilCommitted(async () => {
				const found = await store.get(HISTORIES, key);
				const before = found === null ? [] : historySchema.parse(found.value).entries;
				const value = { entries: [...before, entry].slice(-MOST_CHANGES) };
				const item = await store.get(ITEMS, key);
				if (item === null) return;
				await store.commit([
					{ type: 'check', kind: ITEMS, key, version: item.version },
					{ type: 'put', kind: HISTORIES, key, value, version: found?.version ?? 0 },
				]);
			}, Number.POSITIVE_INFINITY);
		},
		async history(space, id) {
			const found = await store.get(HISTORIES, keyOf(space, id));
			return found === null ? [] : historySchema.parse(found.value).entries;
		},
	};
}

/** Takes a space away with all that is in it, whether or not memories are made and used now. */
export const forgetSpace = (store: Store, space: MemorySpace): Promise<void> =>
	untilCommitted(async () => {
		const found = await store.get(SPACES, space.id);
		if (found === null) return;
		const changes: StoreChange[] = [{ type: 'delete', kind: SPACES, key: space.id, version: found.version }];
		for (const kind of [ITEMS, USES, HISTORIES]) {
			for (const { key } of await recordsFrom(store, kind, keyOf(space, '')))
				changes.push({ type: 'delete', kind, key });
		}
		await store.commit(changes);
	}, Number.POSITIVE_INFINITY);

function putItem(space: MemorySpace, item: Item): StoreChange {
	return { type: 'put', kind: ITEMS, key: keyOf(space, item.id), value: storedOf(item) };
}

/** Ids of what has to go when there is no room: what was neither made nor used for longest, new ones last. */
function surplus(items: ReadonlyMap<string, Item>, added: readonly Item[], most: number): string[] {
	const excess = items.size - most;
	if (excess <= 0) return [];
	const fresh = new Set(added.map(({ id }) => id));
	const rank = (item: Item) => (fresh.has(item.id) ? 1 : 0);
	const age = ({ usedAt, payload }: Item) => Math.max(usedAt ?? 0, payload.keptAt);
	const order = [...items.values()].sort((a, b) => rank(a) - rank(b) || age(a) - age(b));
	return order.slice(0, excess).map(({ id }) => id);
}
