import { createHash } from 'node:crypto';
import type { Archive, Kept } from '../adapters/stores/shared/archive.ts';
import { type Clock, endable } from '../core/clock.ts';
import { BotError } from '../core/errors.ts';
import { systemClock } from '../system-clock.ts';

/** What a store holds, in figures. */
export interface Inventory {
	records: number;
	/** Of deleted records, whose versions are kept. */
	deleted: number;
	entries: number;
	logs: number;
	/** Over everything in its order. */
	checksum: string;
}

export interface Moved {
	from: string;
	to: string;
	inventory: Inventory;
}

/** A place that is written like an address of Redis is one; anything else is a data folder. */
async function openArchive(place: string, prefix: string, clock: Clock, isNew: boolean): Promise<Archive> {
	if (/^rediss?:/.test(place)) {
		const { openRedisArchive } = await import('../adapters/stores/redis/archive.ts');
		return openRedisArchive({ url: place, prefix, clock });
	}
	const { openSqliteArchive } = await import('../adapters/stores/sqlite/archive.ts');
	return openSqliteArchive({ dataDir: place, clock, isNew });
}

async function inventoryOf(archive: Archive): Promise<Inventory> {
	const found = { records: 0, deleted: 0, entries: 0 };
	const logs = new Set<string>();
	const hash = createHash('sha256');
	for await (const page of archive.all()) {
		for (const kept of page) {
			hash.update(`${JSON.stringify(wordsOf(kept))}\n`);
			if (kept.type === 'entry') {
				found.entries += 1;
				logs.add(kept.log);
			} else if (kept.text === null) found.deleted += 1;
			else found.records += 1;
		}
	}
	return { ...found, logs: logs.size, checksum: hash.digest('hex') };
}

const wordsOf = (kept: Kept) =>
	kept.type === 'entry' ? [kept.log, kept.seq, kept.text] : [kept.kind, kept.key, kept.version, kept.text];

async function move(from: Archive, to: Archive): Promise<Inventory> {
	for await (const page of to.all()) {
		if (page.length === 0) continue;
		throw new BotError('input_invalid', `Nothing was moved, because ${to.name} is not empty. Name an empty place.`);
	}
	await to.fill(from.all());
	const [there, here] = [await inventoryOf(from), await inventoryOf(to)];
	if (JSON.stringify(there) === JSON.stringify(here)) return here;
	throw new BotError(
		'store_failed',
		`What is now in ${to.name} is not what is in ${from.name} (${here.records} of ${there.records} records, ${here.entries} of` +
			` ${there.entries} entries). Perhaps the bot was running: stop it, empty ${to.name}, and move again.`,
	);
}

/**
 * Copies everything from one store into another, empty one, and checks that it is there; the first stays as it is. Throws
 * with a sentence for people. `prefix`: of the keys in Redis.
 */
export async function moveStore(from: string, to: string, prefix: string): Promise<Moved> {
	const { clock, end } = endable(systemClock);
	const opened: Archive[] = [];
	const open = async (place: string, isNew: boolean) => {
		const archive = await openArchive(place, prefix, clock, isNew);
		opened.push(archive);
		return archive;
	};
	try {
		const [source, target] = [await open(from, false), await open(to, true)];
		return { from: source.name, to: target.name, inventory: await move(source, target) };
	} finally {
		for (const archive of opened) await archive.close();
		end();
	}
}
