import { type Call, channelOf, flagOf, type Methods, needScope, optional, required, writableChannel } from './call.ts';
import type { JsonObject } from './json.ts';
import { wireMessage } from './messages.ts';
import { SlackRefusal } from './refusal.ts';
import { directChannel, findMessage, type SlackChannel, type SlackMessage } from './world.ts';

const SCOPE_KINDS = { public: 'channels', private: 'groups', im: 'im' } as const;
const PAGE = 100;
/** Messages an unlisted commercial app gets at once. */
const RESTRICTED_PAGE = 15;

function wireChannel(call: Call, channel: SlackChannel): JsonObject {
	return {
		id: channel.id,
		name: channel.name,
		is_channel: channel.kind === 'public',
		is_group: channel.kind === 'private',
		is_private: channel.kind !== 'public',
		is_im: channel.kind === 'im',
		is_mpim: false,
		is_archived: channel.archived,
		is_member: channel.members.has(call.team.botUser),
		num_members: channel.members.size,
		context_team_id: call.team.id,
		...(channel.kind === 'im' ? { user: [...channel.members].find((one) => one !== call.team.botUser) } : {}),
	};
}

function info(call: Call): JsonObject {
	const channel = channelOf(call, required(call, 'channel'));
	needScope(call, `${SCOPE_KINDS[channel.kind]}:read`);
	return { channel: wireChannel(call, channel) };
}

function listChannels(call: Call): JsonObject {
	const kinds = (optional(call, 'types') ?? 'public_channel').split(',');
	const shown = [...call.team.channels.values()].filter(
		({ kind, members }) =>
			kinds.includes(kind === 'im' ? 'im' : `${kind}_channel`) && (kind === 'public' || members.has(call.team.botUser)),
	);
	return { channels: shown.map((channel) => wireChannel(call, channel)), response_metadata: { next_cursor: '' } };
}

function members(call: Call): JsonObject {
	return { members: [...channelOf(call, required(call, 'channel')).members], response_metadata: { next_cursor: '' } };
}

function open(call: Call): JsonObject {
	const users = required(call, 'users');
	if (!call.team.users.has(users)) throw new SlackRefusal('user_not_found');
	return { channel: { id: directChannel(call.world, call.team, users).id }, no_op: false, already_open: false };
}

function join(call: Call): JsonObject {
	const channel = channelOf(call, required(call, 'channel'));
	if (channel.archived) throw new SlackRefusal('is_archived');
	if (channel.kind !== 'public') throw new SlackRefusal('method_not_supported_for_channel_type');
	channel.members.add(call.team.botUser);
	return { channel: wireChannel(call, channel) };
}

/** One page of messages that are in time, as the cursor and the limit say. */
function page(call: Call, messages: readonly SlackMessage[]): JsonObject {
	const oldest = optional(call, 'oldest') ?? '0';
	const latest = optional(call, 'latest') ?? '99999999999';
	const inclusive = flagOf(call, 'inclusive') === true;
	const within = messages.filter(({ ts }) => (inclusive ? ts >= oldest && ts <= latest : ts > oldest && ts < latest));
	const wanted = Math.min(Number(optional(call, 'limit') ?? PAGE), 999);
	const limit = call.world.app.restrictedHistory ? Math.min(wanted, RESTRICTED_PAGE) : wanted;
	const cursor = optional(call, 'cursor');
	const from = cursor === null ? 0 : Number(Buffer.from(cursor, 'base64').toString());
	if (!Number.isInteger(from)) throw new SlackRefusal('invalid_cursor');
	const more = from + limit < within.length;
	const withMetadata = flagOf(call, 'include_all_metadata') === true;
	return {
		messages: within.slice(from, from + limit).map((one) => wireMessage(call.team, one, call.url, withMetadata)),
		has_more: more,
		response_metadata: { next_cursor: more ? Buffer.from(String(from + limit)).toString('base64') : '' },
	};
}

function readable(call: Call): SlackChannel {
	const channel = channelOf(call, required(call, 'channel'));
	needScope(call, `${SCOPE_KINDS[channel.kind]}:history`);
	if (!channel.members.has(call.team.botUser)) throw new SlackRefusal('not_in_channel');
	return channel;
}

/** Newest first, without the replies in threads. */
function history(call: Call): JsonObject {
	const channel = readable(call);
	const shown = call.team.messages.filter(
		({ channel: at, threadTs, ts, deleted, subtype }) =>
			at === channel.id && !deleted && (threadTs === null || threadTs === ts || subtype === 'thread_broadcast'),
	);
	return page(call, shown.reverse());
}

/** Oldest first, the root before its replies. A deleted root leaves a stone when it had replies. */
function replies(call: Call): JsonObject {
	const channel = readable(call);
	const ts = required(call, 'ts');
	const root = findMessage(call.team, channel.id, ts);
	const below = call.team.messages.filter(
		(one) => one.channel === channel.id && one.threadTs === ts && one.ts !== ts && !one.deleted,
	);
	if (root === undefined || (root.deleted && below.length === 0)) throw new SlackRefusal('thread_not_found');
	const stone = { ...root, text: 'This message was deleted.', blocks: [], metadata: null, subtype: 'tombstone' };
	return page(call, [root.deleted ? stone : root, ...below]);
}

function react(call: Call): JsonObject {
	const channel = writableChannel(call, required(call, 'channel'));
	const message = findMessage(call.team, channel.id, required(call, 'timestamp'));
	if (message === undefined || message.deleted) throw new SlackRefusal('message_not_found');
	const name = required(call, 'name');
	if (!/^[a-z0-9_+'-]+(::skin-tone-[2-6])?$/.test(name)) throw new SlackRefusal('invalid_name');
	const found = message.reactions.find((one) => one.name === name);
	if (found?.users.includes(call.team.botUser)) throw new SlackRefusal('already_reacted');
	if (found === undefined) message.reactions.push({ name, users: [call.team.botUser] });
	else found.users.push(call.team.botUser);
	call.world.ledger.changed();
	return {};
}

/** Channels and what was said in them. */
export function conversationMethods(restricted: boolean): Methods {
	const tier = restricted ? 'tier1' : 'tier3';
	return {
		'conversations.info': { tier: 'tier3', scopes: [], run: info },
		'conversations.list': { tier: 'tier2', scopes: ['channels:read'], run: listChannels },
		'conversations.members': { tier: 'tier4', scopes: [], run: members },
		'conversations.open': { tier: 'tier3', scopes: ['im:write'], run: open },
		'conversations.join': { tier: 'tier3', scopes: ['channels:join'], run: join },
		'conversations.history': { tier, scopes: [], run: history },
		'conversations.replies': { tier, scopes: [], run: replies },
		'reactions.add': { tier: 'tier3', scopes: ['reactions:write'], run: react },
	};
}
