import type { Logger, LogLevel } from '@slack/bolt';

/** For the SDKs: what people must know is told in our own words, and theirs may hold what is nobody's business. */
export const silentLogger: Logger = {
	debug() {},
	info() {},
	warn() {},
	error() {},
	setLevel() {},
	setName() {},
	getLevel: () => 'error' as LogLevel,
};
