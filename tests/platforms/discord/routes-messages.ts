import { GatewayIntentBits, MessageFlags } from 'discord-api-types/v10';
import { checkSizes, draftOf, hasFlag, unknownReference } from './check-message.ts';
import { userJson } from './encode.ts';
import { createForm } from './form.ts';
import { mentionsOf } from './mentions.ts';
import { addMessage, changeMessage, removeMessage, restJson, tell } from './messages.ts';
import { may, type Permission, requireOfBot } from './permissions.ts';
import { nameOf, type Platform } from './platform.ts';
import { type Call, NO_CONTENT, ok, type Reply, type Route } from './route.ts';
import { type Data, dataOf, listOf, refusal, textOf } from './wire.ts';
import { type Channel, isForum, isThread, type Message, messageIn } from './world.ts';

/** For how long a nonce is remembered; Discord says "a few minutes". */
const NONCE_MS = 5 * 60_000;

export function messageRoutes(platform: Platform): readonly Route[] {
	const path = '/channels/:channel/messages';
	const on = (name: string, handle: (channel: Channel, call: Call) => Reply): Route => ({
		name,
		handle: (call) => handle(channelOf(platform, call), call),
	});
	return [
		on(`GET ${path}`, (channel, call) => list(platform, channel, call)),
		on(`POST ${path}`, (channel, call) => create(platform, channel, call)),
		on(`GET ${path}/:message`, (channel, call) => {
			requireOfBot(platform.world, channel, 'ReadMessageHistory');
			return ok(restJson(platform, channel, messageOf(channel, call)));
		}),
		on(`PATCH ${path}/:message`, (channel, call) => edit(platform, channel, call)),
		on(`DELETE ${path}/:message`, (channel, call) => remove(platform, channel, call)),
		on(`PUT ${path}/:message/reactions/:emoji/@me`, (channel, call) => react(platform, channel, call, true)),
		on(`DELETE ${path}/:message/reactions/:emoji/@me`, (channel, call) => react(platform, channel, call, false)),
		on('POST /channels/:channel/typing', (channel) => {
			requireOfBot(platform.world, channel, sendPermission(channel));
			channel.typingAt.push(platform.world.clock.now());
			platform.changed();
			return NO_CONTENT;
		}),
	];
}

/** The channel of a path; throws 10003 for one that is not there and 50001 for one that the bot does not see. */
export function channelOf({ world }: Platform, { params }: Call): Channel {
	const channel = world.channels.get(params.channel ?? '');
	if (channel === undefined) throw refusal(10003);
	requireOfBot(world, channel);
	return channel;
}

/** The message of a path; an ephemeral one is not there for the channel's routes. */
export function messageOf(channel: Channel, { params }: Call): Message {
	const message = messageIn(channel, params.message ?? '');
	if (message === null || message.ephemeralFor !== null) throw refusal(10008);
	return message;
}

const sendPermission = (channel: Channel): Permission => (isThread(channel) ? 'SendMessagesInThreads' : 'SendMessages');

function list(platform: Platform, channel: Channel, { query }: Call): Reply {
	const { world } = platform;
	const form = createForm();
	const limit = form.whole(Number(query.get('limit') ?? 50), ['limit'], { min: 1, max: 100 }) ?? 50;
	form.check();
	if (!may(world, world.bot.id, channel, 'ReadMessageHistory')) return ok([]);
	const shown = channel.messages.filter(({ deleted, ephemeralFor }) => !deleted && ephemeralFor === null);
	return ok(pageOf(shown, query, limit).map((message) => restJson(platform, channel, message)));
}

/** A page of messages, newest first: around, before or after an id, or the latest. */
function pageOf(shown: readonly Message[], query: URLSearchParams, limit: number): readonly Message[] {
	const [around, before, after] = ['around', 'before', 'after'].map((name) => query.get(name));
	const at = (wanted: string) => {
		const found = shown.findIndex(({ id }) => BigInt(id) >= BigInt(wanted));
		return found < 0 ? shown.length : found;
	};
	if (around) {
		const first = Math.max(0, at(around) - Math.floor(limit / 2));
		return shown.slice(first, first + limit).toReversed();
	}
	if (before) return shown.slice(0, at(before)).slice(-limit).toReversed();
	if (after)
		return shown
			.filter(({ id }) => BigInt(id) > BigInt(after))
			.slice(0, limit)
			.toReversed();
	return shown.slice(-limit).toReversed();
}

function create(platform: Platform, channel: Channel, { data, uploads }: Call): Reply {
	const { world } = platform;
	if (isForum(channel)) throw refusal(50008);
	requireOfBot(world, channel, sendPermission(channel), ...(uploads.length > 0 ? (['AttachFiles'] as const) : []));
	if (channel.thread?.locked && !may(world, world.bot.id, channel, 'ManageThreads'))
		throw refusal(channel.thread.archived ? 50083 : 160005);
	checkSizes(uploads, platform.settings.maxFileBytes);
	const draft = draftOf(data, uploads, null);
	if (hasFlag(data, MessageFlags.Ephemeral))
		platform.violation('ignored_flag', `EPHEMERAL on a message that all of ${nameOf(channel)} sees`);
	const again = sentBefore(platform, channel, data);
	if (again) return ok(restJson(platform, channel, again));
	const replied = referenced(platform, channel, data);
	const mentions = mentionsOf(world, channel, world.bot, data, replied?.author ?? null);
	if (mentions.careless.length > 0)
		platform.violation('careless_mention', `a message in ${nameOf(channel)} pings ${mentions.careless.join(', ')}`);
	const message = addMessage(platform, channel, {
		author: world.bot,
		draft,
		mentions,
		referenceId: replied?.id ?? null,
		nonce: nonceOf(data),
	});
	return ok(restJson(platform, channel, message));
}

const nonceOf = ({ nonce }: Data): string | number | null =>
	typeof nonce === 'string' || typeof nonce === 'number' ? nonce : null;

/** The message that a nonce already stands for, when the sender asks for that; else says so if it is a double. */
function sentBefore(platform: Platform, channel: Channel, data: Data): Message | null {
	const nonce = nonceOf(data);
	if (nonce === null) return null;
	const { world } = platform;
	const since = world.clock.now() - NONCE_MS;
	const same = channel.messages.find(
		(message) => message.author.id === world.bot.id && message.nonce === nonce && message.at > since,
	);
	if (same === undefined) return null;
	const { content, components } = same.history[0] ?? same;
	const before = JSON.stringify([content, components]);
	if (before !== JSON.stringify([textOf(data.content).trim(), listOf(data.components)]))
		platform.violation('duplicate_post', `nonce ${nonce} was used in ${nameOf(channel)} for two different messages`);
	if (data.enforce_nonce === true) return same;
	platform.violation(
		'duplicate_post',
		`nonce ${nonce} made a second message in ${nameOf(channel)}: enforce_nonce was not set`,
	);
	return null;
}

function referenced({ world }: Platform, channel: Channel, data: Data): Message | null {
	const reference = dataOf(data.message_reference);
	if (textOf(reference.message_id) === '') return null;
	if (!may(world, world.bot.id, channel, 'ReadMessageHistory')) throw refusal(160002);
	const message = messageIn(channel, textOf(reference.message_id));
	if (message === null && reference.fail_if_not_exists !== false) throw unknownReference();
	return message;
}

function edit(platform: Platform, channel: Channel, call: Call): Reply {
	const message = messageOf(channel, call);
	if (message.author.id !== platform.world.bot.id) throw refusal(50005);
	if (channel.thread?.archived) throw refusal(50083);
	checkSizes(call.uploads, platform.settings.maxFileBytes);
	changeMessage(platform, channel, message, draftOf(call.data, call.uploads, message));
	return ok(restJson(platform, channel, message));
}

function remove(platform: Platform, channel: Channel, call: Call): Reply {
	const message = messageOf(channel, call);
	if (channel.thread?.archived) throw refusal(50083);
	if (message.author.id !== platform.world.bot.id) requireOfBot(platform.world, channel, 'ManageMessages');
	removeMessage(platform, channel, message);
	return NO_CONTENT;
}

function react(platform: Platform, channel: Channel, call: Call, add: boolean): Reply {
	const { world } = platform;
	const message = messageOf(channel, call);
	const emoji = call.params.emoji ?? '';
	if (channel.thread?.archived) throw refusal(50083);
	const users = message.reactions.get(emoji) ?? [];
	if (users.length === 0) requireOfBot(world, channel, 'ReadMessageHistory', 'AddReactions');
	const left = users.filter((id) => id !== world.bot.id);
	if (!add && left.length === 0) message.reactions.delete(emoji);
	else message.reactions.set(emoji, add ? [...left, world.bot.id] : left);
	const inGuild = channel.guildId !== null;
	tell(platform, channel, {
		type: add ? 'MESSAGE_REACTION_ADD' : 'MESSAGE_REACTION_REMOVE',
		data: {
			user_id: world.bot.id,
			channel_id: channel.id,
			message_id: message.id,
			emoji: { id: null, name: emoji },
			burst: false,
			type: 0,
			...(inGuild ? { guild_id: channel.guildId, member: { user: userJson(world.bot), roles: [] } } : {}),
		},
		intents: inGuild ? GatewayIntentBits.GuildMessageReactions : GatewayIntentBits.DirectMessageReactions,
	});
	return NO_CONTENT;
}
