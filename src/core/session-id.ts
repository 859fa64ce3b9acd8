import { BotError } from './errors.ts';

/** Where a conversation lives. Every part is 1 to 200 characters; `channel` may hold any text. */
export interface SessionAddress {
	platform: string;
	tenant: string;
	channel: string;
	thread: string;
}

const PARTS = ['platform', 'tenant', 'channel', 'thread'] as const;

/** One string `platform:tenant:channel:thread`; colons, percent signs and white space inside a part are escaped. */
export function encodeSessionId(address: SessionAddress): string {
	return PARTS.map((part) => {
		const text = address[part];
		if (text.length === 0 || text.length > 200) {
			throw new BotError('input_invalid', `session ${part} must have 1 to 200 characters, has ${text.length}`);
		}
		return encodeURIComponent(text.toWellFormed());
	}).join(':');
}

/** The inverse of `encodeSessionId`. Throws `input_invalid` on anything else. */
export function decodeSessionId(id: string): SessionAddress {
	const parts = id.split(':');
	const bad = () => new BotError('input_invalid', `not a session id: ${id.slice(0, 80)}`);
	if (parts.length !== PARTS.length || parts.some((part) => part === '')) throw bad();
	try {
		const [platform, tenant, channel, thread] = parts.map(decodeURIComponent) as [string, string, string, string];
		return { platform, tenant, channel, thread };
	} catch {
		throw bad();
	}
}

/** The thread part of what concerns a channel as a whole. */
const WHOLE_CHANNEL = '-';

/** Names a channel where no thread is meant, such as for a command that was typed in it. */
export function channelSessionId(address: Omit<SessionAddress, 'thread'>): string {
	return encodeSessionId({ ...address, thread: WHOLE_CHANNEL });
}

/** Whether the id names a channel as a whole. */
export function isChannel(id: string): boolean {
	return decodeSessionId(id).thread === WHOLE_CHANNEL;
}

/** Whether two sessions are of one server or workspace. */
export function isSamePlace(one: string, other: string): boolean {
	const [a, b] = [decodeSessionId(one), decodeSessionId(other)];
	return a.platform === b.platform && a.tenant === b.tenant;
}
