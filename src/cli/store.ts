import { moveStore } from '../app/move-store.ts';
import { resolveSetting, settings } from '../config/setting.ts';
import { BotError } from '../core/errors.ts';
import { storeArguments, usage } from './arguments.ts';
import { exitCode } from './exit-code.ts';

/** `npm run store -- migrate FROM TO`: moves everything from one store to another. Returns the exit code. */
export async function store(args: readonly string[]): Promise<number> {
	const options = storeArguments(args);
	if (options.help) {
		process.stdout.write(usage);
		return exitCode.done;
	}
	const { action, from, to } = options.words;
	if (action !== 'migrate' || from === undefined || to === undefined) {
		throw new BotError('input_invalid', 'store: unknown words', {
			userMessage:
				'Say where from and where to, each a data folder or an address of Redis: npm run store -- migrate data redis://localhost:6379',
		});
	}
	const prefix = resolveSetting(settings.redisPrefix, { env: process.env }).value;
	const { inventory, ...places } = await moveStore(from, to, prefix);
	const { records, deleted, entries, logs, checksum } = inventory;
	process.stdout.write(
		`Moved from ${places.from}\n  to ${places.to}:\n` +
			`  ${records} records (and the versions of ${deleted} that were deleted), ${entries} entries in ${logs} logs.\n` +
			`  Read again on both sides and equal (SHA-256 ${checksum}).\n` +
			'The first place is as it was. Set REDIS_URL or DATA_DIR to the second one, then start the bot.\n',
	);
	return exitCode.done;
}
