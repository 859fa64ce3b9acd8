import type { Clock } from '../../core/clock.ts';
import type { Store } from '../../core/store.ts';
import { connectionOf, type RedisPlace, shownAddress } from './redis/address.ts';
import { claimData } from './redis/data-id.ts';
import { replyCode } from './redis/failure.ts';
import { layoutOf } from './redis/layout.ts';
import { createLink, type Link, type LinkNotice } from './redis/link.ts';
import { createLinkStore } from './redis/link-store.ts';
import { commitScript, listScript } from './redis/scripts.ts';
import { checkServer, type ServerFacts } from './redis/server-check.ts';

/** What is told beside the work: Redis is away for longer than a moment, and is there again. */
export type RedisNotice = LinkNotice;

export interface RedisStoreOptions extends RedisPlace {
	clock: Clock;
	onNotice(notice: RedisNotice): void;
}

export interface RedisStore extends Store {
	/** As it may be shown. */
	readonly address: string;
	readonly server: ServerFacts;
}

/**
 * The state of record in a Redis of version 7 or later, without modules. Every commit is one script. While Redis is away,
 * requests wait up to a minute, and go on in their order when it is back; a commit whose outcome was not heard is repeated
 * under its id and never made twice. Throws `config_invalid` for an address that is none, and `store_failed` when Redis
 * cannot be reached within ten seconds, refuses us, or is not set up to keep data.
 */
export async function createRedisStore({ url, prefix, clock, onNotice }: RedisStoreOptions): Promise<RedisStore> {
	const address = shownAddress(url);
	const connection = connectionOf(url);
	const layout = layoutOf(prefix);
	const link = await createLink({
		connection,
		address,
		clock,
		onNotice,
		prepare: (client) => Promise.all([commitScript, listScript].map(({ text }) => client.script('LOAD', text))),
	});
	try {
		const info = await link.request((client) => client.info());
		const server = checkServer(info, await appendFsync(link), address);
		const dataId = await claimData(link, layout, address);
		const place = { address, prefix, layout, dataId };
		return { ...createLinkStore({ ...place, link, connection, clock, durable: server.durable }), address, server };
	} catch (thrown) {
		await link.close();
		throw thrown;
	}
}

/** Null where the server does not let us ask, as with many hosted ones. */
async function appendFsync(link: Link): Promise<string | null> {
	const answer = await link.request((client) => client.config('GET', 'appendfsync').catch(refused));
	return Array.isArray(answer) ? String(answer[1]) : null;
}

function refused(thrown: unknown): null {
	if (replyCode(thrown) === '') throw thrown;
	return null;
}
