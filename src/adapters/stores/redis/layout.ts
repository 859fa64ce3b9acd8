import { BotError } from '../../../core/errors.ts';
import { encodeName } from '../shared/name-codec.ts';

/**
 * Where everything is in Redis. A prefix has no colon, so two prefixes never share a key.
 *
 *   <prefix>:about          which set of data this is: its layout and a random id, for noticing that it is gone
 *   <prefix>:record:<kind>  hash, key -> "<version> <json>"
 *   <prefix>:order:<kind>   sorted set of the same keys, all with score 0: by their bytes
 *   <prefix>:gone:<kind>    hash, key of a deleted record -> its last version
 *   <prefix>:log:<log>      list of json; the first entry is number 1. Its name is also the channel that tells of growth
 *   <prefix>:done:<id>      what a commit came to, for a while
 *
 * Names are encoded as in `encodeName`.
 */
export interface Layout {
	about: string;
	record(kind: string): string;
	order(kind: string): string;
	gone(kind: string): string;
	log(log: string): string;
	done(id: string): string;
	/** What all keys begin with. */
	all: string;
}

export const LAYOUT_VERSION = 1;

/** Throws `config_invalid` for a prefix that could collide with another. */
export function layoutOf(prefix: string): Layout {
	if (!/^[\w.-]{1,50}$/.test(prefix)) {
		throw new BotError('config_invalid', `REDIS_PREFIX has 1 to 50 letters, digits, _, . or -, found "${prefix}".`);
	}
	return {
		about: `${prefix}:about`,
		record: (kind) => `${prefix}:record:${encodeName(kind)}`,
		order: (kind) => `${prefix}:order:${encodeName(kind)}`,
		gone: (kind) => `${prefix}:gone:${encodeName(kind)}`,
		log: (log) => `${prefix}:log:${encodeName(log)}`,
		done: (id) => `${prefix}:done:${id}`,
		all: `${prefix}:`,
	};
}
