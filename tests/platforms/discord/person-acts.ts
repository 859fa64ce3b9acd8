import { ChannelType, GatewayIntentBits } from 'discord-api-types/v10';
import { channelJson, guildJson, memberJson, roleJson, userJson } from './encode.ts';
import { mentionsOf } from './mentions.ts';
import {
	addMessage,
	archiveIdle,
	changeMessage,
	plainDraft,
	removeMessage,
	setArchived,
	tell,
	tellOfThread,
} from './messages.ts';
import { bitsOf, may, type Permission } from './permissions.ts';
import { type GivenFile, uploadOf } from './person-options.ts';
import { nameOf, type Platform } from './platform.ts';
import { joinThread, startThread } from './threads.ts';
import { type Channel, isForum, isThread, type Member, type Message, messageIn, type User } from './world.ts';

export interface Saying {
	files?: readonly GivenFile[];
	/** The message that this one answers. */
	replyTo?: Message;
	/** Whether a reply notifies whom it answers; it does unless the person turns that off. */
	ping?: boolean;
}

/** What a person does to channels and messages by hand. Everybody here may do all of it but write where they must not. */
export interface ActingPerson {
	say(channel: Channel, text: string, saying?: Saying): Message;
	edit(message: Message, text: string): void;
	delete(message: Message): void;
	react(message: Message, emoji: string): void;
	/** A thread on a message of a text channel. */
	startThread(message: Message, name: string): Channel;
	/** Opens a thread that only those see who were added to it: here the bot. */
	startPrivateThread(parent: Channel, name: string): Channel;
	/** A post in a forum with its first message. */
	post(forum: Channel, name: string, text: string): Channel;
	archive(thread: Channel): void;
	lock(thread: Channel): void;
	deleteChannel(channel: Channel): void;
	/** Sets what the bot may do in a channel beyond and below its role. */
	permitBot(channel: Channel, change: { allow?: readonly Permission[]; deny?: readonly Permission[] }): void;
	/** Gives a role of the channel's server to somebody. */
	giveRole(channel: Channel, roleName: string, to: User): void;
	takeRole(channel: Channel, roleName: string, from: User): void;
	renameRole(channel: Channel, roleName: string, next: string): void;
	/** Somebody is there by an invitation to a voice channel alone. */
	makeGuest(channel: Channel, user: User): void;
	/** Throws the bot out of the channel's server. */
	removeBot(channel: Channel): void;
}

export function createActingPerson(platform: Platform, user: User): ActingPerson {
	const { world } = platform;
	const channelOf = (message: Message): Channel => {
		const channel = world.channels.get(message.channelId);
		if (channel === undefined || messageIn(channel, message.id) === null) throw new Error('that message is gone');
		return channel;
	};

	function requireWriting(channel: Channel): void {
		const needed = isThread(channel) ? 'SendMessagesInThreads' : 'SendMessages';
		const locked = channel.thread?.locked === true && !may(world, user.id, channel, 'ManageThreads');
		if (locked || !world.channels.has(channel.id) || !may(world, user.id, channel, 'ViewChannel', needed))
			throw new Error(`${user.displayName} cannot write in ${nameOf(channel)}`);
	}

	function write(channel: Channel, text: string, { files = [], replyTo, ping = true }: Saying, id?: string): Message {
		archiveIdle(platform);
		requireWriting(channel);
		const replied = replyTo === undefined ? null : messageIn(channel, replyTo.id);
		const allowed = { allowed_mentions: { parse: ['users', 'roles', 'everyone'], replied_user: ping } };
		const added = files.map((file, at) => ({ upload: uploadOf(file, String(at)), description: null }));
		const message = addMessage(platform, channel, {
			...(id === undefined ? {} : { id }),
			author: user,
			draft: plainDraft(text, added),
			mentions: mentionsOf(world, channel, user, { content: text, ...allowed }, replied?.author ?? null),
			referenceId: replied?.id ?? null,
		});
		if (isThread(channel)) joinThread(platform, channel, user.id);
		return message;
	}

	const newThread = (parent: Channel, name: string, starter: Message | null, type = ChannelType.PublicThread) =>
		startThread(platform, parent, user, {
			name,
			type,
			autoArchive: 1440,
			starter,
			appliedTags: [],
		});

	return {
		say: (channel, text, saying = {}) => write(channel, text, saying),
		edit(message, text) {
			const channel = channelOf(message);
			if (message.author.id !== user.id) throw new Error('only the author edits a message');
			changeMessage(platform, channel, message, { ...plainDraft(text), kept: message.attachments });
		},
		delete: (message) => removeMessage(platform, channelOf(message), message),
		react: (message, emoji) => react(platform, channelOf(message), message, emoji, user),
		startThread: (message, name) => newThread(channelOf(message), name, message),
		startPrivateThread(parent, name) {
			const thread = newThread(parent, name, null, ChannelType.PrivateThread);
			joinThread(platform, thread, world.bot.id);
			return thread;
		},
		post(forum, name, text) {
			if (!isForum(forum)) throw new Error(`${nameOf(forum)} is no forum`);
			const thread = newThread(forum, name, null);
			write(thread, text, {}, thread.id);
			return thread;
		},
		archive: (thread) => setArchived(platform, thread, true),
		lock(thread) {
			if (thread.thread === null) throw new Error(`${nameOf(thread)} is no thread`);
			thread.thread.locked = true;
			tellOfThread(platform, thread, 'THREAD_UPDATE');
		},
		...moderation(platform),
	};
}

type Moderation = 'deleteChannel' | 'permitBot' | 'giveRole' | 'takeRole' | 'renameRole' | 'makeGuest' | 'removeBot';

function moderation(platform: Platform): Pick<ActingPerson, Moderation> {
	const { world } = platform;
	const guildOf = ({ guildId }: Channel) => {
		const guild = world.guilds.get(guildId ?? '');
		if (guild === undefined) throw new Error('that channel is in no server');
		return guild;
	};
	const memberIn = (channel: Channel, user: User): Member => {
		const member = guildOf(channel).members.find((one) => one.user.id === user.id);
		if (member === undefined) throw new Error(`${user.displayName} is not here`);
		return member;
	};
	const found = (channel: Channel, user: User, roleName: string) => {
		const role = guildOf(channel).roles.find(({ name }) => name === roleName);
		if (role === undefined) throw new Error(`no role ${roleName} here`);
		return { role, member: memberIn(channel, user) };
	};
	const tellOfMember = (channel: Channel, member: Member) => {
		const guildId = guildOf(channel).id;
		const data = { ...memberJson(member), guild_id: guildId };
		platform.dispatch({ type: 'GUILD_MEMBER_UPDATE', data, guildId, intents: GatewayIntentBits.GuildMembers });
	};
	const tellOfChannel = (channel: Channel, type: string) =>
		platform.dispatch({
			type,
			data: channelJson(world, channel),
			guildId: channel.guildId,
			intents: GatewayIntentBits.Guilds,
		});
	return {
		deleteChannel(channel) {
			const guild = guildOf(channel);
			const gone = [channel, ...[...world.channels.values()].filter(({ parentId }) => parentId === channel.id)];
			for (const { id } of gone) world.channels.delete(id);
			guild.channelIds = guild.channelIds.filter((id) => world.channels.has(id));
			tellOfChannel(channel, isThread(channel) ? 'THREAD_DELETE' : 'CHANNEL_DELETE');
			platform.changed();
		},
		permitBot(channel, { allow = [], deny = [] }) {
			const others = channel.overwrites.filter(({ id }) => id !== world.bot.id);
			channel.overwrites = [
				...others,
				{ id: world.bot.id, type: 'member', allow: bitsOf(...allow), deny: bitsOf(...deny) },
			];
			tellOfChannel(channel, 'CHANNEL_UPDATE');
			platform.changed();
		},
		giveRole(channel, roleName, to) {
			const { member, role } = found(channel, to, roleName);
			member.roles.push(role.id);
			tellOfMember(channel, member);
		},
		takeRole(channel, roleName, from) {
			const { member, role } = found(channel, from, roleName);
			member.roles = member.roles.filter((id) => id !== role.id);
			tellOfMember(channel, member);
		},
		renameRole(channel, roleName, next) {
			const guild = guildOf(channel);
			const role = guild.roles.find(({ name }) => name === roleName);
			if (role === undefined) throw new Error(`no role ${roleName} here`);
			role.name = next;
			const data = { guild_id: guild.id, role: roleJson(role) };
			const intents = GatewayIntentBits.Guilds;
			platform.dispatch({ type: 'GUILD_ROLE_UPDATE', data, guildId: guild.id, intents });
		},
		makeGuest(channel, user) {
			const member = memberIn(channel, user);
			member.isGuest = true;
			tellOfMember(channel, member);
		},
		removeBot(channel) {
			const guild = guildOf(channel);
			guild.members = guild.members.filter(({ user }) => user.id !== world.bot.id);
			const { id } = guildJson(guild);
			platform.dispatch({ type: 'GUILD_DELETE', data: { id }, guildId: guild.id, intents: GatewayIntentBits.Guilds });
			platform.changed();
		},
	};
}

function react(platform: Platform, channel: Channel, message: Message, emoji: string, user: User): void {
	message.reactions.set(emoji, [...(message.reactions.get(emoji) ?? []), user.id]);
	const place = channel.guildId === null ? {} : { guild_id: channel.guildId };
	tell(platform, channel, {
		type: 'MESSAGE_REACTION_ADD',
		data: {
			user_id: user.id,
			channel_id: channel.id,
			message_id: message.id,
			message_author_id: message.author.id,
			emoji: { id: null, name: emoji },
			burst: false,
			type: 0,
			...place,
			...(channel.guildId === null ? {} : { member: { user: userJson(user), roles: [] } }),
		},
		intents:
			channel.guildId === null ? GatewayIntentBits.DirectMessageReactions : GatewayIntentBits.GuildMessageReactions,
	});
}
