import type { Clock } from '../../../core/clock.ts';
import { createMarkdownLines, type Fence } from '../shared/markdown-lines.ts';
import { closingAt } from '../shared/part-end.ts';
import { splitMarkdown } from '../shared/split-markdown.ts';
import { markdown as markdownBlock, plainSections } from './blocks.ts';
import { MARKDOWN_PART, MAX_MARKDOWN, STREAM_LIFE_MS } from './limits.ts';
import type { MessageBody, Messages } from './messages.ts';
import type { ShownId } from './shown-id.ts';
import type { SlackBody } from './slack-body.ts';
import { type CallResult, codeOf, type SlackCalls } from './slack-calls.ts';
import type { SlackSpot } from './slack-spot.ts';
import { slotMetadata } from './slot-search.ts';

export type StreamBody = Extract<SlackBody, { type: 'stream' }>;
type StreamId = Extract<ShownId, { type: 'stream' }>;

export interface StreamsOptions {
	calls: SlackCalls;
	messages: Messages;
	clock: Clock;
	/** The data of a call that went well; throws otherwise. */
	taken(result: CallResult): Readonly<Record<string, unknown>>;
	/** A stream that was begun and not heard of, if there is one. */
	find(spot: SlackSpot, nonce: string, except: readonly string[]): Promise<string | null>;
}

/** Texts that people see being written. Slack lets a stream die after some minutes: the text then goes on in another. */
export interface Streams {
	/** Begins a text; where nothing can be streamed it is a message like any other. */
	start(spot: SlackSpot, body: StreamBody, nonce: string): Promise<ShownId>;
	/** Shows what has been added; a text that is not the same any more takes the place of what was shown. */
	show(spot: SlackSpot, id: StreamId, body: StreamBody, nonce: string): Promise<ShownId>;
	/** Puts a message in the place of all that was streamed. */
	finish(spot: SlackSpot, id: StreamId, body: MessageBody, nonce: string): Promise<ShownId>;
	/** Takes away all that was streamed. */
	remove(spot: SlackSpot, id: StreamId): Promise<void>;
}

interface Live {
	/** The stream that takes the next text; null: that one has ended. */
	ts: string | null;
	startedAt: number;
	/** All that has been streamed for sure. */
	shown: string;
	/** Where in `shown` the latest stream begins. */
	from: number;
	/** Another was begun, and how that ended is not known. */
	isLost: boolean;
}

interface Desk extends StreamsOptions {
	/** By the first message. What an earlier process streamed is not in here. */
	lives: Map<string, Live>;
}

/** One text, and where it is shown. */
interface Text {
	spot: SlackSpot;
	nonce: string;
	id: StreamId;
	live: Live;
	body: StreamBody;
}

export function createStreams(options: StreamsOptions): Streams {
	const desk: Desk = { ...options, lives: new Map() };
	const { messages, clock, taken, lives } = desk;
	return {
		async start(spot, body, nonce) {
			const result = await begin(desk, spot, body.markdown);
			if (result.type === 'refused') {
				const { ts } = taken(await messages.post(spot, messageOf(body), nonce));
				return { type: 'message', ts: String(ts) };
			}
			const ts = String(taken(result).ts);
			lives.set(ts, { ts, startedAt: clock.now(), shown: body.markdown, from: 0, isLost: false });
			return { type: 'stream', ts, more: [] };
		},
		async show(spot, id, body, nonce) {
			const live = lives.get(id.ts);
			if (live === undefined || live.isLost || !body.markdown.startsWith(live.shown)) {
				return replace(desk, spot, id, messageOf(body), nonce);
			}
			const text: Text = { spot, nonce, id, live, body };
			if (clock.now() - live.startedAt >= STREAM_LIFE_MS) await close(desk, text);
			let next: ShownId = id;
			if (body.markdown.length > live.shown.length) next = await (live.ts === null ? goOn : append)(desk, text);
			if (body.isDone && next.type === 'stream') await close(desk, text);
			return next;
		},
		finish: (spot, id, body, nonce) => replace(desk, spot, id, body, nonce),
		async remove(spot, id) {
			const live = lives.get(id.ts);
			const last = live === undefined ? (id.more.at(-1) ?? id.ts) : live.ts;
			if (last !== null) await desk.calls.call(spot, 'chat.stopStream', { channel: spot.channel, ts: last });
			lives.delete(id.ts);
			for (const ts of [...id.more, id.ts]) await discard(desk, spot, ts);
		},
	};
}

function begin({ calls }: Desk, spot: SlackSpot, text: string): Promise<CallResult> {
	const recipient = spot.form === 'dm' ? {} : { recipient_user_id: spot.asker, recipient_team_id: spot.team };
	const thread = spot.thread_ts === null ? {} : { thread_ts: spot.thread_ts };
	return calls.call(spot, 'chat.startStream', { channel: spot.channel, ...thread, ...recipient, markdown_text: text });
}

/** Ends a stream, if it has not ended by itself. Until it has, Slack lets nobody edit the message. */
async function stop({ calls, taken }: Desk, spot: SlackSpot, ts: string, nonce: string, text = ''): Promise<void> {
	const more = text === '' ? {} : { markdown_text: text };
	const args = { channel: spot.channel, ts, metadata: slotMetadata(nonce), ...more };
	const result = await calls.call(spot, 'chat.stopStream', args);
	if (result.type === 'unknown') taken(result);
}

async function close(desk: Desk, { spot, nonce, live }: Text): Promise<void> {
	if (live.ts === null) return;
	await stop(desk, spot, live.ts, nonce, closingOf(live.shown));
	live.ts = null;
}

async function discard({ calls, taken }: Desk, spot: SlackSpot, ts: string): Promise<void> {
	const result = await calls.call(spot, 'chat.delete', { channel: spot.channel, ts });
	if (codeOf(result) !== 'message_not_found') taken(result);
}

/** Ends what may be open, shows the message in the first place, and takes the others away. */
async function replace(desk: Desk, spot: SlackSpot, id: StreamId, body: MessageBody, nonce: string): Promise<ShownId> {
	const live = desk.lives.get(id.ts);
	const lost = live?.isLost === true ? await desk.find(spot, nonce, [id.ts, ...id.more]) : null;
	const all = lost === null ? id.more : [...id.more, lost];
	const open = live === undefined || lost !== null ? (all.at(-1) ?? id.ts) : live.ts;
	if (open !== null) await stop(desk, spot, open, nonce);
	if (live !== undefined) live.ts = null;
	desk.taken(await desk.messages.update(spot, id.ts, body, nonce));
	for (const ts of all) await discard(desk, spot, ts);
	desk.lives.delete(id.ts);
	return { type: 'message', ts: id.ts };
}

/** Goes on in a new message. Its id is part of what is kept. */
async function goOn(desk: Desk, { spot, nonce, id, live, body }: Text): Promise<ShownId> {
	const opening = fenceAt(live.shown)?.opening ?? '';
	const result = await begin(desk, spot, opening + body.markdown.slice(live.shown.length));
	if (result.type === 'refused') return replace(desk, spot, id, messageOf(body), nonce);
	live.isLost = result.type === 'unknown';
	const ts = String(desk.taken(result).ts);
	Object.assign(live, { ts, startedAt: desk.clock.now(), from: live.shown.length, shown: body.markdown });
	return { ...id, more: [...id.more, ts] };
}

async function append(desk: Desk, text: Text): Promise<ShownId> {
	const { spot, nonce, id, live, body } = text;
	const added = body.markdown.slice(live.shown.length);
	const args = { channel: spot.channel, ts: live.ts, markdown_text: added };
	const result = await desk.calls.call(spot, 'chat.appendStream', args);
	if (result.type === 'unknown') return heal(desk, text);
	if (result.type === 'done') {
		live.shown = body.markdown;
		return id;
	}
	if (result.code === 'message_not_found') desk.taken(result);
	live.ts = null;
	if (result.code === 'stopped_by_user') return replace(desk, spot, id, messageOf(body), nonce);
	return goOn(desk, text);
}

/** What of the latest stream may or may not have been taken is set right. */
async function heal(desk: Desk, { spot, nonce, id, live, body }: Text): Promise<ShownId> {
	const ts = live.ts ?? id.ts;
	await stop(desk, spot, ts, nonce);
	live.ts = null;
	const opening = fenceAt(body.markdown.slice(0, live.from))?.opening ?? '';
	const markdown = opening + body.markdown.slice(live.from);
	desk.taken(await desk.messages.update(spot, ts, messageOf({ ...body, markdown }), nonce));
	live.shown = body.markdown;
	return id;
}

/** The text as a message like any other. */
export function messageOf({ markdown, text }: StreamBody): MessageBody {
	const [whole = markdown] = splitMarkdown(markdown, MAX_MARKDOWN);
	return { type: 'message', text, blocks: [markdownBlock(whole)], plainBlocks: plainSections(whole), controls: [] };
}

/** The fence that is open at the end of a text. */
function fenceAt(text: string): Fence | null {
	const lines = createMarkdownLines(text, MARKDOWN_PART);
	let fence: Fence | null = null;
	for (let at = 0; at < text.length; ) {
		const line = lines.lineAt(at, fence);
		fence = line.after;
		at = line.end;
	}
	return fence;
}

const closingOf = (text: string): string => closingAt(text, { at: text.length, fence: fenceAt(text) });
