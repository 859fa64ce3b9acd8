import {
	type Call,
	flagOf,
	type Methods,
	metadataOf,
	optional,
	ownMessage,
	required,
	writableChannel,
} from './call.ts';
import type { JsonObject } from './json.ts';
import { addMessage, announce, announceChange, changeMessage, wireMessage } from './messages.ts';
import { checkUnfurl, readPayload } from './payload.ts';
import { refuseWith, SlackRefusal } from './refusal.ts';
import { findMessage } from './world.ts';

/** `chat.update` takes less than `chat.postMessage`. https://docs.slack.dev/reference/methods/chat.update */
const MAX_UPDATE_TEXT = 4000;

/** The thread a message goes into, null for none. */
export function threadOf(call: Call, channel: string): string | null {
	const ts = optional(call, 'thread_ts');
	if (ts === null) return null;
	const parent = findMessage(call.team, channel, ts);
	if (parent === undefined) throw new SlackRefusal('cannot_reply_to_message');
	if (parent.threadTs === null || parent.threadTs === parent.ts) return ts;
	call.world.ledger.violate('thread_of_reply', call.method, `${ts} is a reply; the thread is ${parent.threadTs}`);
	return parent.threadTs;
}

function custom(call: Call): void {
	const given = ['username', 'icon_emoji', 'icon_url'].find((name) => optional(call, name) !== null);
	if (given === undefined || call.token.scopes.includes('chat:write.customize')) return;
	throw new SlackRefusal('missing_scope', {
		needed: 'chat:write.customize',
		provided: call.token.scopes.join(','),
	});
}

function postMessage(call: Call): JsonObject {
	const { world, team, args } = call;
	const channel = writableChannel(call, required(call, 'channel'));
	custom(call);
	const payload = readPayload(world, call.method, args);
	checkUnfurl(world, call.method, args);
	const message = addMessage(world, team, {
		channel: channel.id,
		user: team.botUser,
		bot: team.botId,
		text: payload.text ?? '',
		blocks: payload.blocks ?? [],
		metadata: metadataOf(call) ?? null,
		threadTs: threadOf(call, channel.id),
		subtype: flagOf(call, 'reply_broadcast') === true ? 'thread_broadcast' : null,
	});
	announce(world, team, message, call.url);
	return { channel: channel.id, ts: message.ts, message: wireMessage(team, message, call.url) };
}

function update(call: Call): JsonObject {
	const { world, team, args } = call;
	const channel = required(call, 'channel');
	if (!/^[CDG]/.test(channel)) throw new SlackRefusal('channel_not_found');
	const message = ownMessage(
		call,
		writableChannel(call, channel, 'is_inactive').id,
		required(call, 'ts'),
		'cant_update_message',
	);
	if (message.stream?.state === 'in_progress') throw new SlackRefusal('streaming_state_conflict');
	const payload = readPayload(world, call.method, args);
	if ((payload.text?.length ?? 0) > MAX_UPDATE_TEXT && args.markdown_text === undefined)
		throw new SlackRefusal('msg_too_long');
	const metadata = metadataOf(call);
	changeMessage(world, message, {
		text: payload.text ?? message.text,
		// Without blocks a text takes the old blocks away.
		blocks: payload.blocks ?? (payload.text === null ? message.blocks : []),
		metadata: metadata === undefined ? message.metadata : metadata,
	});
	if (payload.blocks === null || payload.blocks.length === 0) message.markedEdited = true;
	announceChange(world, team, message, 'message_changed', call.url);
	return { channel, ts: message.ts, text: message.text, message: wireMessage(team, message, call.url) };
}

function remove(call: Call): JsonObject {
	const channel = writableChannel(call, required(call, 'channel'));
	const message = ownMessage(call, channel.id, required(call, 'ts'), 'cant_delete_message');
	message.deleted = true;
	announceChange(call.world, call.team, message, 'message_deleted', call.url);
	call.world.ledger.changed();
	return { channel: channel.id, ts: message.ts };
}

function postEphemeral(call: Call): JsonObject {
	const { world, team, args } = call;
	const channel = writableChannel(call, required(call, 'channel'));
	const user = required(call, 'user');
	if (!team.users.has(user) || !channel.members.has(user)) throw new SlackRefusal('user_not_in_channel');
	custom(call);
	const { text, blocks } = readPayload(world, call.method, args);
	const id = world.nextTs();
	team.ephemerals.push({
		id,
		channel: channel.id,
		user,
		threadTs: threadOf(call, channel.id),
		text: text ?? '',
		blocks: blocks ?? [],
		via: 'chat.postEphemeral',
		deleted: false,
		edits: [],
	});
	world.ledger.changed();
	return { message_ts: id };
}

function permalink(call: Call): JsonObject {
	const { team } = call;
	const channel = required(call, 'channel');
	const ts = required(call, 'message_ts');
	if (!/^\d+\.\d{6}$/.test(ts)) refuseWith('invalid_arguments', ['invalid message_ts']);
	if (findMessage(team, channel, ts) === undefined) throw new SlackRefusal('message_not_found');
	return {
		channel,
		permalink: `https://${team.domain}.slack.com/archives/${channel}/p${ts.replace('.', '')}`,
	};
}

const scopes = ['chat:write'];

/** Messages of the app. */
export const chatMethods: Methods = {
	'chat.postMessage': { tier: 'post', scopes, run: postMessage },
	'chat.update': { tier: 'tier3', scopes, run: update },
	'chat.delete': { tier: 'tier3', scopes, run: remove },
	'chat.postEphemeral': { tier: 'tier4', scopes, run: postEphemeral },
	'chat.getPermalink': { tier: 'special', scopes: [], run: permalink },
};
