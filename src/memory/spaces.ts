import { createHash } from 'node:crypto';
import type { Person } from '../core/approval.ts';
import type { MemorySpace } from '../core/memory.ts';
import { decodeSessionId } from '../core/session-id.ts';

/** Free text may hold anything, so an id is a digest of its parts with their borders. */
const idOf = (parts: readonly string[]) =>
	createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);

export function channelSpace(session: string): MemorySpace {
	const { platform, tenant, channel } = decodeSessionId(session);
	return { id: `c-${idOf([platform, tenant, channel])}`, owner: 'channel' };
}

/** Its id begins with that of its channel. */
export function threadSpace(session: string): MemorySpace {
	const { thread } = decodeSessionId(session);
	return { id: `${channelSpace(session).id}.${idOf([thread])}`, owner: 'thread' };
}

/** Whether a thread's space is one of this channel. */
export const isIn = (thread: MemorySpace, channel: MemorySpace) => thread.id.startsWith(`${channel.id}.`);

/** Id of the space whose settings count: a thread has those of its channel. */
export const settingIdOf = ({ id }: MemorySpace): string => id.split('.', 1)[0] ?? id;

export function userSpace({ platform, tenant, user }: Person): MemorySpace {
	return { id: `u-${idOf([platform, tenant, user])}`, owner: 'user' };
}

/** Whether nobody but the person who asks reads what is said there. When it is not certain, it is not so. */
export function isReadByOne(session: string): boolean {
	const { platform, tenant, channel } = decodeSessionId(session);
	switch (platform) {
		case 'terminal':
		case 'web':
			return true;
		case 'discord':
			return tenant === 'dm';
		case 'slack':
			return channel.startsWith('D');
		default:
			return false;
	}
}
