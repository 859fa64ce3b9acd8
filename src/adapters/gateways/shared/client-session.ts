import { createHash } from 'node:crypto';
import { decodeSessionId, encodeSessionId } from '../../../core/session-id.ts';

/** Where what other systems ask over HTTP belongs. */
export const API_PLACE = { platform: 'api', tenant: 'local' } as const;

/** What a thread of a client may be called: a hash of what the client calls it, or a UUID. */
export const CLIENT_THREAD = /^[\w-]{22,40}$/;

/** The session of a thread of a client, which nobody else can mean. */
export const clientSession = (client: string, thread: string): string =>
	encodeSessionId({ ...API_PLACE, channel: client, thread });

/** A thread by what a client calls it. */
export const threadNamed = (name: string): string => createHash('sha256').update(name).digest('base64url').slice(0, 22);

const ON_THE_PAGE = /^api_([a-z][a-z0-9-]{0,23})_([\w-]{22,40})$/;

/** What the page calls a session of a client: longer than what it calls its own. Null: it is none. */
export function pageNameOf(session: string): string | null {
	const { platform, channel, thread } = decodeSessionId(session);
	return platform === API_PLACE.platform ? `api_${channel}_${thread}` : null;
}

/** The session of a client by what the page calls it; null: it is none. */
export function sessionOnPage(name: string): string | null {
	const [, channel, thread] = ON_THE_PAGE.exec(name) ?? [];
	return channel === undefined || thread === undefined ? null : clientSession(channel, thread);
}
