import { BotError } from '../../../core/errors.ts';

const OLDEST_MAJOR = 7;

/** What matters of a server, from its INFO. */
export interface ServerFacts {
	version: string;
	/** Whether every write goes to an append-only file. Snapshots alone lose the last minutes. */
	durable: boolean;
	/** What happens when memory is full, where that takes data away at some time; null: nothing is taken away. */
	evicts: string | null;
	/** How often the append-only file is put on the disk; null: it is not said. */
	fsync: string | null;
}

/**
 * Throws `store_failed` for a server that cannot keep what must not get lost. `info`: the answer to INFO; `fsync`: its
 * appendfsync, where it may be asked.
 */
export function checkServer(info: string, fsync: string | null, address: string): ServerFacts {
	const facts = new Map(
		info.split('\r\n').map((line) => [line.split(':')[0] ?? '', line.slice(line.indexOf(':') + 1)]),
	);
	const fact = (name: string) => facts.get(name) ?? '';
	const refuse = (message: string) => new BotError('store_failed', `Redis at ${address} ${message}`);
	const version = fact('redis_version');
	if (Number.parseInt(version, 10) < OLDEST_MAJOR) {
		throw refuse(`is version ${version}; ${OLDEST_MAJOR} or later is needed. Install a newer one.`);
	}
	if (fact('cluster_enabled') === '1') {
		throw refuse('is part of a cluster, which the bot cannot use. Name a server that stands alone in REDIS_URL.');
	}
	if (fact('role') === 'slave') {
		throw refuse('is a replica, which takes no writes. Name the primary in REDIS_URL.');
	}
	const policy = fact('maxmemory_policy');
	const keeps = policy === 'noeviction' || policy === '';
	if (!keeps && Number(fact('maxmemory')) > 0) {
		throw refuse(
			`would throw data away when its memory is full (maxmemory-policy ${policy}). Set it to noeviction, in redis.conf and` +
				' with: redis-cli CONFIG SET maxmemory-policy noeviction',
		);
	}
	return { version, durable: fact('aof_enabled') === '1', evicts: keeps ? null : policy, fsync };
}
