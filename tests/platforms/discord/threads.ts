import { ChannelType, GatewayIntentBits, MessageType } from 'discord-api-types/v10';
import { threadMemberJson } from './encode.ts';
import { addMessage, plainDraft, tell, tellOfThread } from './messages.ts';
import type { Platform } from './platform.ts';
import { refusal } from './wire.ts';
import { type Channel, isForum, type Message, newChannel, type User } from './world.ts';

export interface NewThread {
	name: string;
	type: ChannelType;
	autoArchive: number;
	starter: Message | null;
	appliedTags: string[];
}

/** Throws 160006 when the server of a channel has as many active threads as it may. */
export function requireRoomForThread({ world, settings }: Platform, parent: Channel): void {
	const active = [...world.channels.values()].filter(
		({ guildId, thread }) => guildId === parent.guildId && thread !== null && !thread.archived,
	);
	if (active.length >= settings.maxActiveThreads) throw refusal(160006);
}

/** A thread under `parent`; one on a message has the id of that message. */
export function startThread(platform: Platform, parent: Channel, owner: User, wanted: NewThread): Channel {
	const { world } = platform;
	const { name, type, autoArchive, starter, appliedTags } = wanted;
	const thread = newChannel(world, {
		...(starter ? { id: starter.id } : {}),
		type,
		name,
		guildId: parent.guildId,
		parentId: parent.id,
		thread: {
			archived: false,
			locked: false,
			autoArchive,
			changedAt: world.clock.now(),
			members: new Set([owner.id]),
			ownerId: owner.id,
			appliedTags,
		},
	});
	world.guilds.get(parent.guildId ?? '')?.channelIds.push(thread.id);
	tellOfThread(platform, thread, 'THREAD_CREATE');
	if (starter) {
		const post = {
			author: owner,
			draft: plainDraft(''),
			referenceId: starter.id,
			type: MessageType.ThreadStarterMessage,
		};
		addMessage(platform, thread, post);
	} else if (!isForum(parent) && type !== ChannelType.PrivateThread)
		addMessage(platform, parent, { author: owner, draft: plainDraft(name), type: MessageType.ThreadCreated });
	return thread;
}

export function joinThread(platform: Platform, thread: Channel, userId: string): void {
	if (thread.thread === null || thread.thread.members.has(userId)) return;
	thread.thread.members.add(userId);
	tellOfMembers(platform, thread, { added_members: [threadMemberJson(thread, userId)] });
}

export function leaveThread(platform: Platform, thread: Channel, userId: string): void {
	if (thread.thread?.members.delete(userId)) tellOfMembers(platform, thread, { removed_member_ids: [userId] });
}

function tellOfMembers(platform: Platform, thread: Channel, change: Record<string, unknown>): void {
	const data = { id: thread.id, guild_id: thread.guildId, member_count: thread.thread?.members.size ?? 0, ...change };
	tell(platform, thread, { type: 'THREAD_MEMBERS_UPDATE', data, intents: GatewayIntentBits.Guilds });
}
