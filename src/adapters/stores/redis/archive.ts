import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Clock } from '../../../core/clock.ts';
import { BotError } from '../../../core/errors.ts';
import { ARCHIVE_PAGE, type Archive, byCodeUnit, type Kept } from '../shared/archive.ts';
import { decodeName, encodeName } from '../shared/name-codec.ts';
import { connectionOf, type RedisPlace, shownAddress } from './address.ts';
import { UNFINISHED } from './data-id.ts';
import { LAYOUT_VERSION, type Layout, layoutOf } from './layout.ts';
import { createLink, type Link } from './link.ts';
import { checkServer } from './server-check.ts';

const SCANNED = 1_000;

/** The kinds or logs that have a key of this sort, in order. */
async function namesOf(link: Link, start: string): Promise<string[]> {
	const pattern = `${start.replace(/[*?[\]\\]/g, '\\$&')}*`;
	const found = new Set<string>();
	let cursor = '0';
	do {
		const from = cursor;
		const [next, keys] = await link.request((client) => client.scan(from, 'MATCH', pattern, 'COUNT', SCANNED));
		for (const key of keys) found.add(decodeName(key.slice(start.length)));
		cursor = next;
	} while (cursor !== '0');
	return [...found].sort(byCodeUnit);
}

async function* recordsOf(link: Link, layout: Layout, kind: string): AsyncGenerator<readonly Kept[]> {
	for (let from = 0; ; from += ARCHIVE_PAGE) {
		const fields = await link.request((client) =>
			client.zrange(layout.order(kind), from, String(from + ARCHIVE_PAGE - 1)),
		);
		if (fields.length === 0) return;
		const values = await link.request((client) => client.hmget(layout.record(kind), ...fields));
		yield fields.flatMap((field, index): Kept[] => {
			const kept = values[index] ?? null;
			if (kept === null) return [];
			const space = kept.indexOf(' ');
			const version = Number(kept.slice(0, space));
			return [{ type: 'record', kind, key: decodeName(field), version, text: kept.slice(space + 1) }];
		});
	}
}

async function* deletedOf(link: Link, layout: Layout, kind: string): AsyncGenerator<readonly Kept[]> {
	const fields = await link.request((client) => client.hkeys(layout.gone(kind)));
	const keys = fields.map(decodeName).sort(byCodeUnit);
	for (let from = 0; from < keys.length; from += ARCHIVE_PAGE) {
		const page = keys.slice(from, from + ARCHIVE_PAGE);
		const versions = await link.request((client) => client.hmget(layout.gone(kind), ...page.map(encodeName)));
		yield page.map((key, index) => ({ type: 'record', kind, key, version: Number(versions[index]), text: null }));
	}
}

async function* entriesOf(link: Link, layout: Layout, log: string): AsyncGenerator<readonly Kept[]> {
	for (let from = 0; ; from += ARCHIVE_PAGE) {
		const texts = await link.request((client) => client.lrange(layout.log(log), from, from + ARCHIVE_PAGE - 1));
		if (texts.length === 0) return;
		yield texts.map((text, index) => ({ type: 'entry', log, seq: from + index + 1, text }));
	}
}

async function* allOf(link: Link, layout: Layout): AsyncGenerator<readonly Kept[]> {
	const kinds = new Set([...(await namesOf(link, layout.record(''))), ...(await namesOf(link, layout.gone('')))]);
	for (const kind of [...kinds].sort(byCodeUnit)) {
		yield* recordsOf(link, layout, kind);
		yield* deletedOf(link, layout, kind);
	}
	for (const log of await namesOf(link, layout.log(''))) yield* entriesOf(link, layout, log);
}

/** Writes a page in one transaction, which may be repeated: an entry is written only as the next of its log. */
function writePage(client: Redis, layout: Layout, page: readonly Kept[]): Promise<unknown> {
	const transaction = client.multi();
	for (const kept of page) {
		if (kept.type === 'entry') {
			transaction.eval(APPEND, 1, layout.log(kept.log), kept.seq, kept.text);
			continue;
		}
		const field = encodeName(kept.key);
		if (kept.text === null) transaction.hset(layout.gone(kept.kind), field, kept.version);
		else {
			transaction.hset(layout.record(kept.kind), field, `${kept.version} ${kept.text}`);
			transaction.zadd(layout.order(kept.kind), 0, field);
		}
	}
	return transaction.exec().then((replies) => {
		for (const [error] of replies ?? []) if (error !== null) throw error;
	});
}

const APPEND = `if redis.call('LLEN', KEYS[1]) + 1 == tonumber(ARGV[1]) then redis.call('RPUSH', KEYS[1], ARGV[2]) end`;

/** See `createRedisStore` for what is thrown. */
export async function openRedisArchive({ url, prefix, clock }: RedisPlace & { clock: Clock }): Promise<Archive> {
	const address = shownAddress(url);
	const layout = layoutOf(prefix);
	const link = await createLink({
		...{ connection: connectionOf(url), address, clock },
		prepare: async () => {},
		onNotice: () => {},
	});
	try {
		checkServer(await link.request((client) => client.info()), null, address);
		const about = await link.request((client) => client.get(layout.about));
		if (about !== null && Number(about.split(' ')[0]) !== LAYOUT_VERSION) {
			throw new BotError(
				'store_failed',
				`What Redis at ${address} holds under ${layout.all}* is from another version.`,
			);
		}
	} catch (thrown) {
		await link.close();
		throw thrown;
	}
	return {
		name: `Redis at ${address} under ${layout.all}*`,
		all: () => allOf(link, layout),
		async fill(pages) {
			const mark = (id: string) => link.request((client) => client.set(layout.about, `${LAYOUT_VERSION} ${id}`));
			await mark(UNFINISHED);
			for await (const page of pages) await link.request((client) => writePage(client, layout, page));
			await mark(randomUUID());
		},
		close: () => link.close(),
	};
}
