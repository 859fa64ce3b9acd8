import { GatewayIntentBits, MessageFlags, MessageType } from 'discord-api-types/v10';
import type { Draft, Upload } from './check-message.ts';
import { channelJson, memberJson, messageJson } from './encode.ts';
import type { Mentions } from './mentions.ts';
import { sees } from './permissions.ts';
import type { GatewayEvent, Platform } from './platform.ts';
import type { Data } from './wire.ts';
import type { Attachment, Channel, InteractionNote, Message, User } from './world.ts';

const NONE: Mentions = { users: [], roles: [], everyone: false, careless: [] };

export interface Post {
	/** Given for the first message of a forum post, which shares the id of its thread. */
	id?: string;
	author: User;
	draft: Draft;
	mentions?: Mentions;
	type?: MessageType;
	referenceId?: string | null;
	nonce?: string | number | null;
	ephemeralFor?: string | null;
	interaction?: InteractionNote | null;
}

/** Puts a file on the CDN and returns what a message or an option names it by. */
export function storeFile(
	platform: Platform,
	channel: Channel,
	upload: Upload,
	about: Partial<Attachment>,
): Attachment {
	const id = platform.world.nextId();
	const folder = about.ephemeral ? 'ephemeral-attachments' : 'attachments';
	const path = `/${folder}/${channel.id}/${id}/${encodeURIComponent(upload.filename)}`;
	platform.files.set(path, { bytes: upload.bytes, contentType: upload.contentType });
	return {
		id,
		filename: upload.filename,
		contentType: upload.contentType,
		size: upload.bytes.length,
		description: null,
		ephemeral: false,
		url: `${platform.origin()}${path}?ex=${id}&is=0&hm=0`,
		...about,
	};
}

const attachmentsOf = (platform: Platform, channel: Channel, { kept, added }: Draft, ephemeral: boolean) => [
	...kept,
	...added.map(({ upload, description }) => storeFile(platform, channel, upload, { description, ephemeral })),
];

/** Whether the bot may read a message without the intent for it: direct messages, its own, and those that name it. */
function isOpen({ world }: Platform, channel: Channel, message: Message): boolean {
	return channel.guildId === null || message.author.id === world.bot.id || message.mentions.includes(world.bot.id);
}

/** What the REST API tells the bot about a message. */
export function restJson(platform: Platform, channel: Channel, message: Message): Data {
	const readable = platform.settings.mayReadContent || isOpen(platform, channel, message);
	return messageJson(platform.world, message, { readable });
}

/** Sends an event to the bot if it sees the channel. */
export function tell(platform: Platform, channel: Channel, event: Omit<GatewayEvent, 'guildId'>): void {
	if (sees(platform.world, platform.world.bot.id, channel)) platform.dispatch({ ...event, guildId: channel.guildId });
	platform.changed();
}

function tellOfMessage(platform: Platform, channel: Channel, message: Message, type: string): void {
	if (message.ephemeralFor !== null) return platform.changed();
	const { world } = platform;
	const member = world.guilds.get(channel.guildId ?? '')?.members.find(({ user }) => user.id === message.author.id);
	const place =
		channel.guildId === null ? {} : { guild_id: channel.guildId, ...(member ? { member: memberJson(member) } : {}) };
	const data = (readable: boolean) => ({
		...messageJson(world, message, { readable }),
		...place,
		channel_type: channel.type,
	});
	const intents = channel.guildId === null ? GatewayIntentBits.DirectMessages : GatewayIntentBits.GuildMessages;
	const open = isOpen(platform, channel, message);
	tell(platform, channel, { type, data: data(true), intents, ...(open ? {} : { withoutContent: data(false) }) });
}

export function addMessage(platform: Platform, channel: Channel, post: Post): Message {
	const { world } = platform;
	const { author, draft, mentions = NONE, ephemeralFor = null } = post;
	const message: Message = {
		id: post.id ?? world.nextId(),
		channelId: channel.id,
		author,
		type: post.type ?? (post.referenceId ? MessageType.Reply : MessageType.Default),
		content: draft.content,
		embeds: draft.embeds,
		components: draft.components,
		flags: draft.flags,
		attachments: attachmentsOf(platform, channel, draft, ephemeralFor !== null),
		referenceId: post.referenceId ?? null,
		mentions: mentions.users,
		mentionRoles: mentions.roles,
		mentionsEveryone: mentions.everyone,
		at: world.clock.now(),
		editedAt: null,
		nonce: post.nonce ?? null,
		ephemeralFor,
		interaction: post.interaction ?? null,
		history: [],
		reactions: new Map(),
		deleted: false,
	};
	channel.messages.push(message);
	if (channel.thread?.archived && ephemeralFor === null) setArchived(platform, channel, false);
	if (channel.thread) channel.thread.changedAt = world.clock.now();
	tellOfMessage(platform, channel, message, 'MESSAGE_CREATE');
	return message;
}

export function changeMessage(platform: Platform, channel: Channel, message: Message, draft: Draft): void {
	const { at, content, embeds, components, flags, attachments } = message;
	message.history.push({ at: message.editedAt ?? at, content, embeds, components, flags, attachments });
	message.content = draft.content;
	message.embeds = draft.embeds;
	message.components = draft.components;
	message.flags = draft.flags & ~MessageFlags.Loading;
	message.attachments = attachmentsOf(platform, channel, draft, message.ephemeralFor !== null);
	message.editedAt = platform.world.clock.now();
	tellOfMessage(platform, channel, message, 'MESSAGE_UPDATE');
}

export function removeMessage(platform: Platform, channel: Channel, message: Message): void {
	message.deleted = true;
	if (message.ephemeralFor !== null) return platform.changed();
	const place = channel.guildId === null ? {} : { guild_id: channel.guildId };
	const intents = channel.guildId === null ? GatewayIntentBits.DirectMessages : GatewayIntentBits.GuildMessages;
	tell(platform, channel, {
		type: 'MESSAGE_DELETE',
		data: { id: message.id, channel_id: channel.id, ...place },
		intents,
	});
}

export function setArchived(platform: Platform, channel: Channel, archived: boolean): void {
	if (channel.thread === null || channel.thread.archived === archived) return;
	channel.thread.archived = archived;
	channel.thread.changedAt = platform.world.clock.now();
	tellOfThread(platform, channel, 'THREAD_UPDATE');
}

export function tellOfThread(platform: Platform, channel: Channel, type: string): void {
	const fresh = type === 'THREAD_CREATE' ? { newly_created: true } : {};
	tell(platform, channel, {
		type,
		data: { ...channelJson(platform.world, channel), ...fresh },
		intents: GatewayIntentBits.Guilds,
	});
}

/** Archives the threads that have been silent for as long as their setting says. */
export function archiveIdle(platform: Platform): void {
	const now = platform.world.clock.now();
	for (const channel of platform.world.channels.values()) {
		const { thread } = channel;
		if (thread && !thread.archived && thread.changedAt + thread.autoArchive * 60_000 <= now)
			setArchived(platform, channel, true);
	}
}

/** A draft with nothing but text, for what Discord itself writes and for people. */
export const plainDraft = (content: string, added: Draft['added'] = []): Draft => ({
	content,
	embeds: [],
	components: [],
	flags: 0,
	kept: [],
	added,
});
