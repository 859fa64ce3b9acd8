import { ChannelType } from 'discord-api-types/v10';
import type { Clock } from '../../../src/core/clock.ts';
import type { Data } from './wire.ts';

export interface User {
	id: string;
	username: string;
	displayName: string;
	bot: boolean;
	/** What the person's client says its language is. */
	locale: string;
}

export interface Role {
	id: string;
	name: string;
	permissions: bigint;
	position: number;
	mentionable: boolean;
}

export interface Member {
	user: User;
	roles: string[];
	/** Came by an invitation to a voice channel. */
	isGuest?: boolean;
}

/** `id` is that of a role or of a member. */
export interface Overwrite {
	id: string;
	type: 'role' | 'member';
	allow: bigint;
	deny: bigint;
}

export interface ThreadState {
	archived: boolean;
	locked: boolean;
	/** Minutes without a message after which it is archived. */
	autoArchive: number;
	changedAt: number;
	members: Set<string>;
	ownerId: string;
	appliedTags: string[];
}

export interface Channel {
	id: string;
	guildId: string | null;
	type: ChannelType;
	name: string;
	parentId: string | null;
	overwrites: Overwrite[];
	flags: number;
	/** Only threads have it. */
	thread: ThreadState | null;
	/** Of a DM: the person at its other end. */
	recipientId: string | null;
	messages: Message[];
	/** Users the bot showed itself typing to, with the time of each. */
	typingAt: number[];
}

export interface Guild {
	id: string;
	name: string;
	ownerId: string;
	roles: Role[];
	members: Member[];
	channelIds: string[];
}

export interface Attachment {
	id: string;
	filename: string;
	description: string | null;
	contentType: string;
	size: number;
	/** Of the fake's own CDN. */
	url: string;
	ephemeral: boolean;
}

/** What a message was at one time. */
export interface Revision {
	at: number;
	content: string;
	embeds: readonly Data[];
	components: readonly Data[];
	flags: number;
	attachments: readonly Attachment[];
}

export interface InteractionNote {
	id: string;
	type: number;
	userId: string;
	name: string | null;
	originalId: string | null;
}

export interface Message extends Revision {
	id: string;
	channelId: string;
	author: User;
	type: number;
	referenceId: string | null;
	mentions: readonly string[];
	mentionRoles: readonly string[];
	mentionsEveryone: boolean;
	editedAt: number | null;
	nonce: string | number | null;
	/** The one person who sees it, or null when everybody does. */
	ephemeralFor: string | null;
	interaction: InteractionNote | null;
	/** Everything it was before, oldest first. */
	history: Revision[];
	/** Emoji to the ids of who reacted with it. */
	reactions: Map<string, string[]>;
	deleted: boolean;
}

/** Everything Discord remembers, apart from connections. */
export interface World {
	readonly clock: Clock;
	readonly users: Map<string, User>;
	readonly guilds: Map<string, Guild>;
	readonly channels: Map<string, Channel>;
	readonly bot: User;
	/** A new snowflake; `at` is in milliseconds since the epoch and defaults to now. */
	nextId(at?: number): string;
}

const DISCORD_EPOCH = 1_420_070_400_000;

export function createWorld(clock: Clock): World {
	let count = 0n;
	const nextId = (at = clock.now()) => {
		count = (count + 1n) % (1n << 22n);
		return String((BigInt(Math.max(0, Math.floor(at) - DISCORD_EPOCH)) << 22n) | count);
	};
	const bot: User = { id: nextId(), username: 'massgen', displayName: 'MassGen', bot: true, locale: 'en-US' };
	return { clock, users: new Map([[bot.id, bot]]), guilds: new Map(), channels: new Map(), bot, nextId };
}

const THREADS: readonly ChannelType[] = [
	ChannelType.PublicThread,
	ChannelType.PrivateThread,
	ChannelType.AnnouncementThread,
];
const THREAD_ONLY: readonly ChannelType[] = [ChannelType.GuildForum, ChannelType.GuildMedia];

export const isThread = (channel: Channel): boolean => THREADS.includes(channel.type);
export const isForum = (channel: Channel): boolean => THREAD_ONLY.includes(channel.type);

/** The living message of a channel, or null. */
export const messageIn = (channel: Channel, id: string): Message | null =>
	channel.messages.find((message) => message.id === id && !message.deleted) ?? null;

export function newChannel(world: World, given: Partial<Channel> & Pick<Channel, 'type' | 'name'>): Channel {
	const channel: Channel = {
		id: world.nextId(),
		guildId: null,
		parentId: null,
		overwrites: [],
		flags: 0,
		thread: null,
		recipientId: null,
		messages: [],
		typingAt: [],
		...given,
	};
	world.channels.set(channel.id, channel);
	return channel;
}

/** The private conversation of the bot with a person, made at its first use. */
export function directChannel(world: World, userId: string): Channel {
	for (const channel of world.channels.values()) if (channel.recipientId === userId) return channel;
	return newChannel(world, { type: ChannelType.DM, name: '', recipientId: userId });
}
