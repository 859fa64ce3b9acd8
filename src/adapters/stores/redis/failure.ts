import { BotError, messageOf } from '../../../core/errors.ts';

/** The word that an error of the server begins with; empty for an error of the connection. */
export function replyCode(thrown: unknown): string {
	if (!(thrown instanceof Error) || thrown.name !== 'ReplyError') return '';
	return /^[A-Z]+/.exec(thrown.message)?.[0] ?? 'ERR';
}

/** What passes by itself: a server that starts, is busy, has forgotten a script, or has handed over to another one. */
const PASSING = ['LOADING', 'BUSY', 'NOSCRIPT', 'READONLY', 'MASTERDOWN', 'TRYAGAIN', 'NOREPLICAS'];
/** How the client says that what it got is not the protocol of Redis. */
const FOREIGN = /^Protocol error|^Unknown RESP type/;
const ACCESS = ['NOAUTH', 'WRONGPASS', 'NOPERM'];

/** Whether the same request may well succeed over a new connection. */
export function isPassing(thrown: unknown): boolean {
	const code = replyCode(thrown);
	return code === '' ? !(thrown instanceof TypeError || thrown instanceof RangeError) : PASSING.includes(code);
}

/** Whether waiting for the server will not help: it refuses us, or what answers there is no Redis. */
export function isHopeless(thrown: unknown): boolean {
	return ACCESS.includes(replyCode(thrown)) || FOREIGN.test(messageOf(thrown));
}

const INTACT = 'What was saved before is intact.';

function explain(thrown: unknown, address: string): readonly ['store_full' | 'store_failed', string] {
	const text = messageOf(thrown);
	const code = replyCode(thrown);
	if (code === 'OOM') {
		return [
			'store_full',
			`Redis at ${address} has no memory left (maxmemory), so this was not saved. ${INTACT} Raise maxmemory or remove` +
				' what is not needed: the bot goes on by itself.',
		];
	}
	if (code === 'MISCONF') {
		const kind = /No space left/i.test(text) ? 'store_full' : 'store_failed';
		return [
			kind,
			`Redis at ${address} cannot write to its disk, so this was not saved. ${INTACT} Look into the log of Redis and` +
				` free space or repair its disk: the bot goes on by itself. It says: ${text}`,
		];
	}
	if (code === 'NOAUTH' || code === 'WRONGPASS') {
		return [
			'store_failed',
			`Redis at ${address} refuses the user or the password. Correct them in REDIS_URL (redis://user:password@host:port;` +
				' special characters percent-encoded).',
		];
	}
	if (code === 'NOPERM') {
		return [
			'store_failed',
			`The user of REDIS_URL may not do what is needed in Redis at ${address}: ${text}. Allow it all commands on keys and` +
				' channels that begin with REDIS_PREFIX, or name another user.',
		];
	}
	if (FOREIGN.test(text)) {
		return ['store_failed', `What answers at ${address} is not Redis. Correct REDIS_URL, rediss:// for TLS included.`];
	}
	return ['store_failed', `Redis at ${address} refused a request: ${text}`];
}

/** What the server or the client threw, as an error that tells a person what to do. A BotError stays as it is. */
export function toStoreError(thrown: unknown, address: string): BotError {
	if (thrown instanceof BotError) return thrown;
	const [kind, message] = explain(thrown, address);
	return new BotError(kind, message, { cause: thrown });
}

/**
 * `ms`: how long nobody has answered. `reason`: what the last attempt ended with, or empty. `before`: whether Redis had
 * answered before.
 */
export function unreachable(address: string, ms: number, reason: string, before: boolean): BotError {
	const why = reason === '' ? '' : ` (${reason})`;
	const lost = before ? ' What was to be saved meanwhile may not have been; what was saved before is intact.' : '';
	return new BotError(
		before ? 'store_away' : 'store_failed',
		`Redis at ${address} could not be reached for ${ms / 1_000} seconds${why}.${lost} Start Redis, or correct REDIS_URL.`,
	);
}

export function replaced(address: string, prefix: string): BotError {
	return new BotError(
		'store_failed',
		`What this bot had saved in Redis at ${address} under ${prefix} is gone or has been replaced since it started` +
			' (FLUSHALL, a restart without persistence, another server). Nothing more is saved. Put back the data if there is a' +
			' copy; then start the bot again.',
	);
}
