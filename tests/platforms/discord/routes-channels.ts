import { ChannelFlags, ChannelType, GatewayIntentBits } from 'discord-api-types/v10';
import { checkSizes, checkThreadName, draftOf } from './check-message.ts';
import { channelJson, threadMemberJson } from './encode.ts';
import { mentionsOf } from './mentions.ts';
import { addMessage, restJson, setArchived, tell, tellOfThread } from './messages.ts';
import { may, requireOfBot } from './permissions.ts';
import { nameOf, type Platform } from './platform.ts';
import { type Call, NO_CONTENT, ok, type Reply, type Route } from './route.ts';
import { channelOf, messageOf } from './routes-messages.ts';
import { joinThread, leaveThread, requireRoomForThread, startThread } from './threads.ts';
import { dataOf, listOf, numberOf, refusal, textOf } from './wire.ts';
import { type Channel, isForum, isThread } from './world.ts';

const DAY = 1440;
const THREAD_PARENTS: readonly ChannelType[] = [ChannelType.GuildText, ChannelType.GuildAnnouncement];

export function channelRoutes(platform: Platform): readonly Route[] {
	const on = (name: string, handle: (channel: Channel, call: Call) => Reply): Route => ({
		name,
		handle: (call) => handle(channelOf(platform, call), call),
	});
	return [
		on('GET /channels/:channel', (channel) => ok(channelJson(platform.world, channel))),
		on('PATCH /channels/:channel', (channel, call) => change(platform, channel, call)),
		on('POST /channels/:channel/messages/:message/threads', (channel, call) => onMessage(platform, channel, call)),
		on('POST /channels/:channel/threads', (channel, call) => withoutMessage(platform, channel, call)),
		...memberRoutes(platform, on),
	];
}

type On = (name: string, handle: (channel: Channel, call: Call) => Reply) => Route;

function memberRoutes(platform: Platform, on: On): readonly Route[] {
	const path = '/channels/:channel/thread-members';
	const idOf = ({ params }: Call) => (params.user === '@me' ? platform.world.bot.id : (params.user ?? ''));
	const open = (channel: Channel) => {
		if (channel.thread === null) throw refusal(50024);
		if (channel.thread.archived) throw refusal(50083);
	};
	return [
		on(`GET ${path}`, (channel) => ok([...(channel.thread?.members ?? [])].map((id) => threadMemberJson(channel, id)))),
		on(`PUT ${path}/:user`, (channel, call) => {
			open(channel);
			const id = idOf(call);
			if (id !== platform.world.bot.id) requireOfBot(platform.world, channel, 'SendMessagesInThreads');
			if (!platform.world.users.has(id)) throw refusal(10013);
			joinThread(platform, channel, id);
			return NO_CONTENT;
		}),
		on(`DELETE ${path}/:user`, (channel, call) => {
			open(channel);
			if (idOf(call) !== platform.world.bot.id) requireOfBot(platform.world, channel, 'ManageThreads');
			leaveThread(platform, channel, idOf(call));
			return NO_CONTENT;
		}),
	];
}

function change(platform: Platform, channel: Channel, { data }: Call): Reply {
	checkThreadName(data, false);
	if (isThread(channel)) changeThread(platform, channel, data);
	else {
		requireOfBot(platform.world, channel, 'ManageChannels');
		if (textOf(data.name) !== '') channel.name = textOf(data.name);
		tell(platform, channel, {
			type: 'CHANNEL_UPDATE',
			data: channelJson(platform.world, channel),
			intents: GatewayIntentBits.Guilds,
		});
	}
	return ok(channelJson(platform.world, channel));
}

function changeThread(platform: Platform, channel: Channel, data: Record<string, unknown>): void {
	const { thread } = channel;
	const { world } = platform;
	if (thread === null) throw refusal(50024);
	const manages = may(world, world.bot.id, channel, 'ManageThreads');
	const owns = thread.ownerId === world.bot.id;
	const keys = Object.keys(data).filter((key) => data[key] !== undefined);
	const reopens = data.archived === false && keys.length === 1;
	if (thread.archived && data.archived !== false) throw refusal(50083);
	if (data.locked !== undefined && !manages) throw refusal(50013);
	if (thread.locked && !manages) throw refusal(50013);
	if (!manages && !owns && !(reopens && may(world, world.bot.id, channel, 'SendMessagesInThreads')))
		throw refusal(50013);
	if (data.archived === false) requireRoomForThread(platform, channel);
	if (typeof data.locked === 'boolean') thread.locked = data.locked;
	if (textOf(data.name) !== '') channel.name = textOf(data.name);
	thread.autoArchive = numberOf(data.auto_archive_duration) || thread.autoArchive;
	if (typeof data.archived === 'boolean' && data.archived !== thread.archived)
		setArchived(platform, channel, data.archived);
	else tellOfThread(platform, channel, 'THREAD_UPDATE');
}

function onMessage(platform: Platform, channel: Channel, call: Call): Reply {
	const { world } = platform;
	if (!THREAD_PARENTS.includes(channel.type)) throw refusal(50024);
	const starter = messageOf(channel, call);
	requireOfBot(world, channel, 'CreatePublicThreads');
	checkThreadName(call.data, true);
	if (world.channels.has(starter.id)) throw refusal(160004);
	requireRoomForThread(platform, channel);
	const thread = startThread(platform, channel, world.bot, {
		name: textOf(call.data.name),
		type: ChannelType.PublicThread,
		autoArchive: numberOf(call.data.auto_archive_duration) || DAY,
		starter,
		appliedTags: [],
	});
	return { status: 201, json: channelJson(world, thread) };
}

function withoutMessage(platform: Platform, channel: Channel, call: Call): Reply {
	if (isForum(channel)) return forumPost(platform, channel, call);
	if (!THREAD_PARENTS.includes(channel.type)) throw refusal(50024);
	const { world } = platform;
	// Without a type it is a private thread: so says the documentation.
	const type = numberOf(call.data.type) || ChannelType.PrivateThread;
	requireOfBot(world, channel, type === ChannelType.PrivateThread ? 'CreatePrivateThreads' : 'CreatePublicThreads');
	checkThreadName(call.data, true);
	requireRoomForThread(platform, channel);
	const thread = startThread(platform, channel, world.bot, {
		name: textOf(call.data.name),
		type,
		autoArchive: numberOf(call.data.auto_archive_duration) || DAY,
		starter: null,
		appliedTags: [],
	});
	return { status: 201, json: channelJson(world, thread) };
}

function forumPost(platform: Platform, forum: Channel, { data, uploads }: Call): Reply {
	const { world } = platform;
	requireOfBot(world, forum, 'SendMessages');
	checkThreadName(data, true);
	checkSizes(uploads, platform.settings.maxFileBytes);
	const body = dataOf(data.message);
	const draft = draftOf(body, uploads, null);
	const appliedTags = listOf(data.applied_tags).map(String);
	if (forum.flags & ChannelFlags.RequireTag && appliedTags.length === 0) throw refusal(40067);
	requireRoomForThread(platform, forum);
	const mentions = mentionsOf(world, forum, world.bot, body, null);
	if (mentions.careless.length > 0)
		platform.violation('careless_mention', `a post in ${nameOf(forum)} pings ${mentions.careless.join(', ')}`);
	const thread = startThread(platform, forum, world.bot, {
		name: textOf(data.name),
		type: ChannelType.PublicThread,
		autoArchive: numberOf(data.auto_archive_duration) || DAY,
		starter: null,
		appliedTags,
	});
	const message = addMessage(platform, thread, { id: thread.id, author: world.bot, draft, mentions });
	return { status: 201, json: { ...channelJson(world, thread), message: restJson(platform, thread, message) } };
}
