import { createHash } from 'node:crypto';
import { decodeSessionId, encodeSessionId } from '../../../core/session-id.ts';

/** Where what other systems ask over HTTP belongs. */
export const API_PLACE = { platform: 'api', tenant: 'local' } as const;

/** The session of a client's conversation; the client chooses what it is called by. Nobody else can mean it. */
export function clientSession(client: string, name: string): string {
	const thread = createHash('sha256')
		.update(JSON.stringify([client, name]))
		.digest('base64url')
		.slice(0, 22);
	return encodeSessionId({ ...API_PLACE, channel: client, thread });
}

const ON_THE_PAGE = /^api_([a-z][a-z0-9-]{0,23})_([\w-]{22})$/;

/** What the page calls a session of a client: longer than what it calls its own. Null: it is none. */
export function pageNameOf(session: string): string | null {
	const { platform, channel, thread } = decodeSessionId(session);
	return platform === API_PLACE.platform ? `api_${channel}_${thread}` : null;
}

/** The session of a client by what the page calls it; null: it is none. */
export function sessionOnPage(name: string): string | null {
	const [, channel, thread] = ON_THE_PAGE.exec(name) ?? [];
	return channel === undefined || thread === undefined ? null : encodeSessionId({ ...API_PLACE, channel, thread });
}
