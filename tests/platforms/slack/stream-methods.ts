import { setSessionStatus } from './agent-methods.ts';
import { blockProblems, checkMessageBlocks } from './block-rules.ts';
import {
	type Call,
	jsonOf,
	type Methods,
	metadataOf,
	optional,
	ownMessage,
	required,
	writableChannel,
} from './call.ts';
import { threadOf } from './chat-methods.ts';
import { byType, list, oneOf, text, typed } from './checks.ts';
import { isObject, type JsonObject, objectsIn, stringOf } from './json.ts';
import { liveMentionsIn } from './mention-rules.ts';
import { addMessage, announce, announceChange, changeMessage, wireMessage } from './messages.ts';
import { MAX_MARKDOWN } from './payload.ts';
import { refuseWith, SlackRefusal } from './refusal.ts';
import type { SlackMessage, StreamState } from './world.ts';

/** Characters of a stream in all, task JSON included; observed, https://github.com/vercel/chat/issues/601 */
const MAX_STREAM = 12_000;

const status = oneOf('pending', 'in_progress', 'complete', 'error');
const sources = list(typed('url', { url: text(3000), text: text(3000) }), 0, 50);
const CHUNK = byType({
	markdown_text: typed('markdown_text', { text: text(MAX_MARKDOWN, 0) }),
	task_update: typed(
		'task_update',
		{ id: text(255), title: text(3000), status },
		{
			details: text(3000, 0),
			output: text(3000, 0),
			sources,
		},
	),
	plan_update: typed('plan_update', { title: text(3000) }),
	blocks: (chunk, path, problems) => {
		if (isObject(chunk))
			problems.push(...blockProblems(Array.isArray(chunk.blocks) ? chunk.blocks : [], 'message', path));
	},
});

/** The contents of a call: the text as one chunk, or the chunks. */
function contentsOf(call: Call): { mode: StreamState['mode']; chunks: JsonObject[] } {
	const markdown = optional(call, 'markdown_text');
	const chunks = jsonOf(call, 'chunks', 'invalid_chunks');
	if (markdown !== null && chunks !== undefined) throw new SlackRefusal('cannot_provide_both_markdown_text_and_chunks');
	if (markdown !== null) {
		if (markdown.length > MAX_MARKDOWN) throw new SlackRefusal('msg_too_long');
		return { mode: 'markdown_text', chunks: [{ type: 'markdown_text', text: markdown }] };
	}
	if (chunks === undefined) return { mode: null, chunks: [] };
	const problems: string[] = [];
	list(CHUNK, 0, 100)(chunks, '/chunks', problems);
	if (problems.length > 0) refuseWith('invalid_chunks', problems);
	const objects = objectsIn(chunks);
	return { mode: objects.length === 0 ? null : 'chunks', chunks: objects };
}

const sizeOfChunk = (chunk: JsonObject) =>
	chunk.type === 'markdown_text' ? stringOf(chunk.text).length : JSON.stringify(chunk).length;

/** A task of a stream as the card it shows: the newest state of each id. */
function taskCards(chunks: readonly JsonObject[]): JsonObject[] {
	const cards = new Map<string, JsonObject>();
	for (const { type, id, title, status: state } of chunks) {
		if (type === 'task_update') cards.set(stringOf(id), { type: 'task_card', task_id: id, title, status: state });
	}
	return [...cards.values()];
}

function append(call: Call, message: SlackMessage, stream: StreamState): void {
	const { mode, chunks } = contentsOf(call);
	if (mode !== null && stream.mode !== null && mode !== stream.mode) throw new SlackRefusal('streaming_mode_mismatch');
	const size = chunks.reduce((sum, chunk) => sum + sizeOfChunk(chunk), stream.size);
	if (size > MAX_STREAM) throw new SlackRefusal('msg_too_long');
	const live = liveMentionsIn(
		chunks.map(({ type, ...shown }) => (type === 'blocks' ? shown.blocks : shown)),
		call.world.mayMention,
	);
	if (live.length > 0) call.world.ledger.violate('live_mention', call.method, live.join(' '));
	stream.mode ??= mode;
	stream.size = size;
	stream.chunks.push(...chunks);
	const text = stream.chunks.map((chunk) => (chunk.type === 'markdown_text' ? stringOf(chunk.text) : '')).join('');
	const shown = stream.chunks.flatMap((chunk) => (chunk.type === 'blocks' ? objectsIn(chunk.blocks) : []));
	Object.assign(message, { text, blocks: [...taskCards(stream.chunks), ...shown], at: call.world.clock.now() });
	call.world.ledger.changed();
}

function start(call: Call): JsonObject {
	const { world, team } = call;
	const channel = writableChannel(call, required(call, 'channel'));
	const threadTs = threadOf(call, channel.id);
	if (channel.kind !== 'im') {
		const user = optional(call, 'recipient_user_id');
		if (user === null) throw new SlackRefusal('missing_recipient_user_id');
		if (optional(call, 'recipient_team_id') === null) throw new SlackRefusal('missing_recipient_team_id');
		if (!team.users.has(user)) throw new SlackRefusal('user_not_found');
	}
	if (threadTs === null) world.ledger.violate('stream_without_thread', call.method, 'streams should be replies');
	const stream: StreamState = { state: 'in_progress', mode: null, startedAt: world.clock.now(), chunks: [], size: 0 };
	contentsOf(call);
	const message = addMessage(world, team, {
		channel: channel.id,
		user: team.botUser,
		bot: team.botId,
		text: '',
		threadTs,
	});
	message.stream = stream;
	append(call, message, stream);
	announce(world, team, message, call.url);
	return { channel: channel.id, ts: message.ts };
}

/** The stream of a call while it takes content. */
function streaming(call: Call): { message: SlackMessage; stream: StreamState } {
	const { world } = call;
	const channel = writableChannel(call, required(call, 'channel'));
	const message = ownMessage(call, channel.id, required(call, 'ts'), 'message_not_owned_by_app');
	const { stream } = message;
	if (stream === null) throw new SlackRefusal('message_not_in_streaming_state');
	if (stream.state === 'in_progress' && world.clock.now() - stream.startedAt >= world.streamLifeMs)
		stream.state = 'expired';
	if (stream.state === 'stopped_by_user') throw new SlackRefusal('stopped_by_user', {}, true);
	if (stream.state === 'killed') throw new SlackRefusal('message_not_in_streaming_state', {}, true);
	if (stream.state !== 'in_progress') throw new SlackRefusal('message_not_in_streaming_state');
	return { message, stream };
}

function appendStream(call: Call): JsonObject {
	const { message, stream } = streaming(call);
	if (optional(call, 'markdown_text') === null && jsonOf(call, 'chunks', 'invalid_chunks') === undefined)
		throw new SlackRefusal('no_text');
	append(call, message, stream);
	return { channel: message.channel, ts: message.ts };
}

function stop(call: Call): JsonObject {
	const { world, team } = call;
	const { message, stream } = streaming(call);
	const given = jsonOf(call, 'blocks', 'invalid_blocks_format');
	const blocks = given === undefined ? [] : checkMessageBlocks(given);
	const live = liveMentionsIn(blocks, world.mayMention);
	if (live.length > 0) world.ledger.violate('live_mention', call.method, live.join(' '));
	append(call, message, stream);
	stream.state = 'completed';
	const metadata = metadataOf(call);
	changeMessage(world, message, {
		text: message.text,
		blocks: [...message.blocks, ...blocks],
		metadata: metadata === undefined ? message.metadata : metadata,
	});
	const session = optional(call, 'session_status');
	if (session !== null && message.threadTs !== null)
		setSessionStatus(call, { channel: message.channel, threadTs: message.threadTs, status: session });
	announceChange(world, team, message, 'message_changed', call.url);
	return { channel: message.channel, ts: message.ts, message: wireMessage(team, message, call.url) };
}

const scopes = ['chat:write'];

/** Streams. https://docs.slack.dev/reference/methods/chat.startStream */
export const streamMethods: Methods = {
	'chat.startStream': { tier: 'tier2', scopes, run: start },
	'chat.appendStream': { tier: 'tier4', scopes, run: appendStream },
	'chat.stopStream': { tier: 'tier2', scopes, run: stop },
};
