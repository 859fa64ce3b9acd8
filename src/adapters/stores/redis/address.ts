import type { RedisOptions } from 'ioredis';
import { BotError } from '../../../core/errors.ts';

const PORT = 6379;

/** A Redis server, and the part of it that is ours. */
export interface RedisPlace {
	/** `redis://` or `rediss://` (TLS), with user, password and number of the database as needed. May hold a secret. */
	url: string;
	/** What the names of all keys begin with: letters, digits, `_`, `.` and `-`. */
	prefix: string;
}

function parsed(text: string): URL {
	const url = URL.parse(text);
	const isOurs = url !== null && /^rediss?:$/.test(url.protocol) && url.hostname !== '';
	if (isOurs && /^(\/\d*)?$/.test(url.pathname)) return url;
	throw new BotError(
		'config_invalid',
		'The address of Redis has to look like redis://host:6379 or rediss://user:password@host:6379/0, with the password' +
			' percent-encoded.',
	);
}

/** The address without what is secret in it. */
export function shownAddress(text: string): string {
	const { protocol, hostname, port, pathname } = parsed(text);
	return `${protocol}//${hostname}:${port === '' ? PORT : port}${pathname.length > 1 ? pathname : ''}`;
}

/** Where to connect to. Throws `config_invalid` for what is no address of Redis. */
export function connectionOf(text: string): RedisOptions {
	const { protocol, hostname, port, pathname, username, password } = parsed(text);
	return {
		host: hostname.replace(/^\[(.*)\]$/, '$1'),
		port: port === '' ? PORT : Number(port),
		db: Number(pathname.slice(1)),
		...(username === '' ? {} : { username: decodeURIComponent(username) }),
		...(password === '' ? {} : { password: decodeURIComponent(password) }),
		...(protocol === 'rediss:' ? { tls: {} } : {}),
	};
}
