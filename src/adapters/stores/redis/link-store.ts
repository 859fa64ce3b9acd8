import { randomBytes } from 'node:crypto';
import type { RedisOptions } from 'ioredis';
import type { Clock } from '../../../core/clock.ts';
import { BotError } from '../../../core/errors.ts';
import type { Store, StoredRecord } from '../../../core/store.ts';
import { conflictWith } from '../shared/apply-changes.ts';
import {
	type CheckedChange,
	checkChanges,
	checkName,
	checkWhole,
	LIST_LIMIT,
	READ_LIMIT,
} from '../shared/check-input.ts';
import { createLogFeed } from '../shared/log-feed.ts';
import { decodeName, encodeName } from '../shared/name-codec.ts';
import { commitRequest } from './commit-request.ts';
import { replaced } from './failure.ts';
import type { Layout } from './layout.ts';
import type { Link } from './link.ts';
import { createLogChannels } from './log-channels.ts';
import { commitScript, listScript } from './scripts.ts';

/** How long (ms) Redis remembers what a commit came to: well beyond the minute in which it may be repeated. */
const REMEMBERED_MS = 300_000;

export interface LinkStoreOptions {
	link: Link;
	/** For the connection that hears of changes. */
	connection: RedisOptions;
	address: string;
	prefix: string;
	layout: Layout;
	/** See `claimData`. */
	dataId: string;
	clock: Clock;
	durable: boolean;
}

function toRecord(key: string, kept: string): StoredRecord {
	const space = kept.indexOf(' ');
	return { key, value: JSON.parse(kept.slice(space + 1)), version: Number(kept.slice(0, space)) };
}

/** The store over a link that is open. Closing the store closes the link. */
export function createLinkStore(options: LinkStoreOptions): Store {
	const { link, layout, address, dataId } = options;
	let closed = false;
	const checkOpen = () => {
		if (closed)
			throw new BotError('store_failed', `The store in Redis at ${address} is closed; it takes no more calls.`);
	};

	const read: Store['read'] = async (log, { after, limit }) => {
		checkOpen();
		const name = layout.log(checkName('log', log));
		const from = checkWhole('`after` of a log', after, 0);
		const most = checkWhole('The limit of a read', limit, 1, READ_LIMIT);
		const texts = await link.request((client) => client.lrange(name, from, from + most - 1));
		return texts.map((text, index) => ({ seq: from + index + 1, value: JSON.parse(text) }));
	};
	const channels = createLogChannels({ ...options, onGrowth: (log) => feed.grew(log) });
	const feed = createLogFeed(read, channels);

	async function commit(changes: readonly CheckedChange[]): Promise<readonly number[]> {
		const { keys, args } = commitRequest(changes, layout);
		const done = layout.done(randomBytes(12).toString('base64url'));
		const all = [layout.about, done, ...keys, dataId, REMEMBERED_MS, ...args];
		const reply = await link.request((client) => client.evalsha(commitScript.sha, keys.length + 2, ...all));
		const [outcome, first, second] = reply as string[];
		if (outcome === 'gone') throw replaced(address, layout.all);
		const failed = outcome === 'conflict' ? changes[Number(first) - 1] : undefined;
		if (failed !== undefined && failed.type !== 'drop') throw conflictWith(failed, Number(second));
		return first === undefined || first === '' ? [] : first.split(' ').map(Number);
	}

	return {
		durable: options.durable,
		async get(kind, key) {
			checkOpen();
			const [name, field] = [layout.record(checkName('kind', kind)), encodeName(checkName('key', key))];
			const kept = await link.request((client) => client.hget(name, field));
			return kept === null ? null : toRecord(key, kept);
		},
		async list(kind, { after = '', limit }) {
			checkOpen();
			const names = [layout.order(checkName('kind', kind)), layout.record(kind)];
			const most = checkWhole('The limit of a list', limit, 1, LIST_LIMIT);
			const from = after === '' ? '-' : `(${encodeName(after)}`;
			const reply = await link.request((client) => client.evalsha(listScript.sha, 2, ...names, from, most));
			const [fields, values] = reply as [string[], (string | null)[]];
			return fields.flatMap((field, index) => {
				const kept = values[index] ?? null;
				return kept === null ? [] : [toRecord(decodeName(field), kept)];
			});
		},
		read,
		async commit(changes) {
			checkOpen();
			return commit(checkChanges(changes));
		},
		watch(log, after, signal) {
			checkOpen();
			return feed.watch(checkName('log', log), checkWhole('`after` of a log', after, 0), signal);
		},
		/** Makes the commits that were called before it, when Redis is there, then ends the watches. */
		async close() {
			if (closed) return;
			closed = true;
			feed.close();
			await Promise.all([channels.close(), link.close()]);
		},
	};
}
