import type { Channel, Client } from 'discord.js';
import { channelSessionId, encodeSessionId } from '../../../core/session-id.ts';
import type { DiscordSpot } from './discord-spot.ts';
import { EVERYTHING, missingFor, missingForThreads, PERMISSIONS } from './permissions.ts';

/** Where somebody did something. */
export interface Where {
	/** The server; null in a direct conversation. */
	guild: string | null;
	/** The channel, thread or direct conversation itself. */
	channel: string;
	/** What a thread belongs to; null: it is no thread, or a private one, which is nobody's but its members'. */
	parent: string | null;
	/** `plain`: a channel in which nobody can open threads, such as the chat of a voice channel. */
	kind: 'text' | 'thread' | 'forum' | 'dm' | 'plain';
	/** Permissions of the bot there; all of them in a direct conversation. */
	permissions: bigint;
}

/** What tells where a question belongs, beside the place. */
export interface Asking {
	/** Id of the message or interaction that asks. */
	id: string;
	/** The message that the board replies to; null: none. */
	replyTo: string | null;
	locale: string | null;
	maxFileBytes: number | null;
}

/** `ChannelType` of discord-api-types: GuildText, GuildAnnouncement; PrivateThread. */
const WITH_THREADS: readonly number[] = [0, 5];
const PRIVATE_THREAD = 12;

export const directConversation = (channel: string): Where => ({
	guild: null,
	channel,
	parent: null,
	kind: 'dm',
	permissions: EVERYTHING,
});

/** `permissions`: what Discord said that the bot may do there; null: to be worked out. Rejects when it cannot be seen. */
export async function whereIs(
	client: Client,
	guild: string | null,
	channelId: string,
	permissions: bigint | null,
): Promise<Where> {
	if (guild === null) return directConversation(channelId);
	const isHidden = permissions !== null && (permissions & PERMISSIONS.viewChannel.bit) === 0n;
	const channel = isHidden ? null : await client.channels.fetch(channelId);
	const parent = channel?.isThread() === true && channel.type !== PRIVATE_THREAD ? channel.parentId : null;
	const bits = permissions ?? permissionsIn(channel, client);
	return { guild, channel: channelId, parent, kind: kindOf(channel), permissions: bits };
}

function kindOf(channel: Channel | null): Where['kind'] {
	if (channel?.isThread() === true) return 'thread';
	if (channel?.isThreadOnly() === true) return 'forum';
	return channel === null || WITH_THREADS.includes(channel.type) ? 'text' : 'plain';
}

function permissionsIn(channel: Channel | null, client: Client): bigint {
	if (channel === null || channel.isDMBased() || client.user === null) return 0n;
	return channel.permissionsFor(client.user)?.bitfield ?? 0n;
}

/** The form of a new thread there. */
function formIn({ kind, permissions }: Where): DiscordSpot['form'] {
	if (kind === 'plain') return 'replies';
	if (kind !== 'text') return kind;
	return missingForThreads(permissions).length === 0 ? 'text' : 'replies';
}

/** Names of permissions without which no answer can be shown there. */
export const missingIn = ({ kind, permissions }: Where): string[] =>
	kind === 'dm' ? [] : missingFor(kind === 'thread' ? 'thread' : 'channel', permissions);

const addressOf = ({ guild, channel, parent }: Where) => ({
	platform: 'discord',
	tenant: tenantOf(guild),
	channel: parent ?? channel,
});

/** The tenant of what happens in a server, or in direct conversations. */
export const tenantOf = (guild: string | null): string => guild ?? 'dm';

/** The session of a question that is asked anew. */
export const newSession = (where: Where, { id }: Asking): string =>
	encodeSessionId({ ...addressOf(where), thread: id });

/** All sessions of a channel; in a thread of it that is not known there are none, but what holds in the channel does. */
export const channelSession = (where: Where): string =>
	where.kind === 'thread' && where.parent !== null
		? encodeSessionId({ ...addressOf(where), thread: where.channel })
		: channelSessionId(addressOf(where));

/** Where the thread of a question that is asked anew will be. */
export function newSpot(where: Where, { replyTo, locale, maxFileBytes }: Asking): DiscordSpot {
	const { guild, channel, kind } = where;
	const thread = kind === 'thread' ? channel : null;
	const common = { root: null, rootRun: null, thread, replyTo, locale, maxFileBytes };
	return { guild, channel, form: formIn(where), ...common };
}
