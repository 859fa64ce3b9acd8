import { ChannelType, GuildMemberFlags } from 'discord-api-types/v10';
import { permissionsOf, sees } from './permissions.ts';
import type { Data } from './wire.ts';
import {
	type Attachment,
	type Channel,
	type Guild,
	isThread,
	type Member,
	type Message,
	messageIn,
	type Role,
	type User,
	type World,
} from './world.ts';

const isoTime = (at: number) => new Date(at).toISOString().replace('Z', '000+00:00');

export const userJson = (user: User): Data => ({
	id: user.id,
	username: user.username,
	global_name: user.displayName,
	discriminator: '0',
	avatar: null,
	public_flags: 0,
	...(user.bot ? { bot: true } : {}),
});

export const roleJson = (role: Role): Data => ({
	id: role.id,
	name: role.name,
	permissions: String(role.permissions),
	position: role.position,
	mentionable: role.mentionable,
	color: 0,
	colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
	hoist: false,
	managed: false,
	flags: 0,
});

export const memberJson = (member: Member): Data => ({
	user: userJson(member.user),
	nick: null,
	avatar: null,
	roles: member.roles,
	joined_at: isoTime(Date.UTC(2025, 0, 1)),
	deaf: false,
	mute: false,
	flags: member.isGuest === true ? GuildMemberFlags.IsGuest : 0,
	pending: false,
});

const threadFields = (world: World, channel: Channel): Data => {
	const { thread } = channel;
	if (thread === null) return {};
	const shown = channel.messages.filter(({ deleted, ephemeralFor }) => !deleted && ephemeralFor === null);
	return {
		owner_id: thread.ownerId,
		message_count: shown.length,
		total_message_sent: channel.messages.length,
		member_count: thread.members.size,
		applied_tags: thread.appliedTags,
		thread_metadata: {
			archived: thread.archived,
			locked: thread.locked,
			auto_archive_duration: thread.autoArchive,
			archive_timestamp: isoTime(thread.changedAt),
			create_timestamp: isoTime(thread.changedAt),
			...(channel.type === ChannelType.PrivateThread ? { invitable: true } : {}),
		},
		...(thread.members.has(world.bot.id) ? { member: threadMemberJson(channel, world.bot.id) } : {}),
	};
};

export const threadMemberJson = (channel: Channel, userId: string): Data => ({
	id: channel.id,
	user_id: userId,
	join_timestamp: isoTime(channel.thread?.changedAt ?? 0),
	flags: 0,
});

export function channelJson(world: World, channel: Channel): Data {
	const recipient = world.users.get(channel.recipientId ?? '');
	const last = channel.messages.findLast(({ ephemeralFor }) => ephemeralFor === null);
	const common = { id: channel.id, type: channel.type, last_message_id: last?.id ?? null, flags: channel.flags };
	if (recipient) return { ...common, recipients: [userJson(recipient)] };
	return {
		...common,
		guild_id: channel.guildId,
		name: channel.name,
		parent_id: channel.parentId,
		rate_limit_per_user: 0,
		...(isThread(channel)
			? threadFields(world, channel)
			: {
					position: 0,
					nsfw: false,
					topic: null,
					permission_overwrites: channel.overwrites.map(({ id, type, allow, deny }) => ({
						id,
						type: type === 'role' ? 0 : 1,
						allow: String(allow),
						deny: String(deny),
					})),
					...(channel.type === ChannelType.GuildForum ? { available_tags: [], default_sort_order: null } : {}),
				}),
	};
}

const guildFields = (guild: Guild): Data => ({
	id: guild.id,
	name: guild.name,
	owner_id: guild.ownerId,
	icon: null,
	splash: null,
	discovery_splash: null,
	afk_channel_id: null,
	afk_timeout: 300,
	verification_level: 0,
	default_message_notifications: 1,
	explicit_content_filter: 0,
	roles: guild.roles.map(roleJson),
	emojis: [],
	features: [],
	mfa_level: 0,
	application_id: null,
	system_channel_id: null,
	system_channel_flags: 0,
	rules_channel_id: null,
	vanity_url_code: null,
	description: null,
	banner: null,
	premium_tier: 0,
	premium_subscription_count: 0,
	preferred_locale: 'en-US',
	public_updates_channel_id: null,
	nsfw_level: 0,
	premium_progress_bar_enabled: false,
	safety_alerts_channel_id: null,
	stickers: [],
});

export const guildJson = (guild: Guild): Data => guildFields(guild);

/** What GUILD_CREATE holds: without the privileged intent of members, the bot itself is the only one named. */
export function joinedGuildJson(world: World, guild: Guild, withMembers: boolean): Data {
	const visible = guild.channelIds
		.map((id) => world.channels.get(id))
		.filter((channel): channel is Channel => channel !== undefined && sees(world, world.bot.id, channel));
	const members = guild.members.filter(({ user }) => withMembers || user.id === world.bot.id);
	return {
		...guildFields(guild),
		joined_at: isoTime(Date.UTC(2025, 0, 1)),
		large: false,
		unavailable: false,
		member_count: guild.members.length,
		voice_states: [],
		members: members.map(memberJson),
		channels: visible.filter((channel) => !isThread(channel)).map((channel) => channelJson(world, channel)),
		threads: visible
			.filter((channel) => channel.thread !== null && !channel.thread.archived)
			.map((channel) => channelJson(world, channel)),
		presences: [],
		stage_instances: [],
		guild_scheduled_events: [],
		soundboard_sounds: [],
	};
}

export const attachmentJson = (attachment: Attachment): Data => ({
	id: attachment.id,
	filename: attachment.filename,
	...(attachment.description === null ? {} : { description: attachment.description }),
	content_type: attachment.contentType,
	size: attachment.size,
	url: attachment.url,
	proxy_url: attachment.url,
	...(attachment.ephemeral ? { ephemeral: true } : {}),
});

const reactionsJson = (world: World, message: Message): readonly Data[] =>
	[...message.reactions].map(([name, users]) => ({
		emoji: { id: null, name },
		count: users.length,
		count_details: { burst: 0, normal: users.length },
		burst_colors: [],
		me: users.includes(world.bot.id),
		me_burst: false,
	}));

const interactionJson = (world: World, { interaction }: Message): Data => {
	const user = world.users.get(interaction?.userId ?? '');
	if (interaction === null || user === undefined) return {};
	const { id, type, originalId } = interaction;
	return {
		interaction_metadata: {
			id,
			type,
			user: userJson(user),
			authorizing_integration_owners: { 0: '0' },
			...(originalId === null ? {} : { original_response_message_id: originalId }),
		},
	};
};

export interface MessageOptions {
	/** Whether the reader may see what the message says; else content, embeds, files and components are empty. */
	readable: boolean;
	/** Whether a replied-to message comes along. */
	withReference: boolean;
}

const everything: MessageOptions = { readable: true, withReference: true };

export function messageJson(world: World, message: Message, options: Partial<MessageOptions> = {}): Data {
	const { readable, withReference } = { ...everything, ...options };
	const channel = world.channels.get(message.channelId);
	const thread = world.channels.get(message.id);
	const replied = channel && message.referenceId !== null ? messageIn(channel, message.referenceId) : null;
	const mentioned = message.mentions.map((id) => world.users.get(id)).filter((user) => user !== undefined);
	return {
		id: message.id,
		channel_id: message.channelId,
		author: userJson(message.author),
		content: readable ? message.content : '',
		timestamp: isoTime(message.at),
		edited_timestamp: message.editedAt === null ? null : isoTime(message.editedAt),
		tts: false,
		mention_everyone: message.mentionsEveryone,
		mentions: mentioned.map(userJson),
		mention_roles: message.mentionRoles,
		attachments: readable ? message.attachments.map(attachmentJson) : [],
		embeds: readable ? message.embeds : [],
		components: readable ? message.components : [],
		reactions: reactionsJson(world, message),
		pinned: false,
		type: message.type,
		flags: message.flags | (thread ? 32 : 0),
		...(message.nonce === null ? {} : { nonce: message.nonce }),
		...(message.author.id === world.bot.id ? { application_id: world.bot.id } : {}),
		...(message.interaction === null ? {} : { webhook_id: world.bot.id }),
		...interactionJson(world, message),
		...(thread ? { thread: channelJson(world, thread) } : {}),
		...(message.referenceId === null
			? {}
			: {
					message_reference: {
						type: 0,
						message_id: message.referenceId,
						channel_id: message.channelId,
						...(channel?.guildId ? { guild_id: channel.guildId } : {}),
					},
				}),
		...(message.referenceId === null || !withReference
			? {}
			: { referenced_message: replied ? messageJson(world, replied, { readable, withReference: false }) : null }),
	};
}

/** The member of an interaction: the only place where Discord tells a member's own permissions. */
export function callingMemberJson(world: World, member: Member, channel: Channel): Data {
	const permissions = channel.guildId === null ? 0n : permissionsOf(world, channel.guildId, member.user.id, channel);
	return { ...memberJson(member), permissions: String(permissions) };
}
