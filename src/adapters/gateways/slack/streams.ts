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
}

export function createStreams({ calls, messages, clock, taken }: StreamsOptions): Streams {
	/** By the first message. What an earlier process streamed is not in here. */
	const lives = new Map<string, Live>();

	const begin = (spot: SlackSpot, text: string): Promise<CallResult> => {
		const recipient = spot.form === 'dm' ? {} : { recipient_user_id: spot.asker, recipient_team_id: spot.team };
		const thread = spot.thread_ts === null ? {} : { thread_ts: spot.thread_ts };
		return calls.call(spot, 'chat.startStream', {
			channel: spot.channel,
			...thread,
			...recipient,
			markdown_text: text,
		});
	};

	/** Ends a stream, if it has not ended by itself. */
	const stop = async (spot: SlackSpot, ts: string, nonce: string, text = ''): Promise<void> => {
		const more = text === '' ? {} : { markdown_text: text };
		const args = { channel: spot.channel, ts, metadata: slotMetadata(nonce), ...more };
		const result = await calls.call(spot, 'chat.stopStream', args);
		if (result.type === 'unknown') taken(result);
	};

	const close = async (spot: SlackSpot, live: Live, nonce: string): Promise<void> => {
		if (live.ts === null) return;
		await stop(spot, live.ts, nonce, closingOf(live.shown));
		live.ts = null;
	};

	const discard = async (spot: SlackSpot, ts: string): Promise<void> => {
		const result = await calls.call(spot, 'chat.delete', { channel: spot.channel, ts });
		if (codeOf(result) !== 'message_not_found') taken(result);
	};

	/** Ends what may be open, shows the message in the first place, and takes the others away. */
	const replace = async (spot: SlackSpot, id: StreamId, body: MessageBody, nonce: string): Promise<ShownId> => {
		const live = lives.get(id.ts);
		const last = id.more.at(-1) ?? id.ts;
		if (live === undefined) await stop(spot, last, nonce);
		else if (live.ts !== null) await stop(spot, live.ts, nonce);
		lives.delete(id.ts);
		taken(await messages.update(spot, id.ts, body, nonce));
		for (const ts of id.more) await discard(spot, ts);
		return { type: 'message', ts: id.ts };
	};

	/** Goes on in a new message. Its id is part of what is kept. */
	const goOn = async (spot: SlackSpot, id: StreamId, live: Live, body: StreamBody, nonce: string): Promise<ShownId> => {
		const opening = fenceAt(live.shown)?.opening ?? '';
		const result = await begin(spot, opening + body.markdown.slice(live.shown.length));
		if (result.type === 'refused') return replace(spot, id, messageOf(body), nonce);
		const ts = String(taken(result).ts);
		Object.assign(live, { ts, startedAt: clock.now(), from: live.shown.length, shown: body.markdown });
		return { ...id, more: [...id.more, ts] };
	};

	/** What of the latest stream may or may not have been taken is set right. */
	const heal = async (spot: SlackSpot, id: StreamId, live: Live, body: StreamBody, nonce: string): Promise<ShownId> => {
		const ts = live.ts ?? id.ts;
		await stop(spot, ts, nonce);
		live.ts = null;
		const opening = fenceAt(body.markdown.slice(0, live.from))?.opening ?? '';
		const text = opening + body.markdown.slice(live.from);
		taken(await messages.update(spot, ts, messageOf({ ...body, markdown: text }), nonce));
		live.shown = body.markdown;
		return id;
	};

	const append = async (
		spot: SlackSpot,
		id: StreamId,
		live: Live,
		body: StreamBody,
		nonce: string,
	): Promise<ShownId> => {
		const added = body.markdown.slice(live.shown.length);
		const result = await calls.call(spot, 'chat.appendStream', {
			channel: spot.channel,
			ts: live.ts,
			markdown_text: added,
		});
		if (result.type === 'unknown') return heal(spot, id, live, body, nonce);
		if (result.type === 'done') {
			live.shown = body.markdown;
			return id;
		}
		if (result.code === 'message_not_found') taken(result);
		live.ts = null;
		if (result.code === 'stopped_by_user') return replace(spot, id, messageOf(body), nonce);
		return goOn(spot, id, live, body, nonce);
	};

	return {
		async start(spot, body, nonce) {
			const result = await begin(spot, body.markdown);
			if (result.type === 'refused') {
				const { ts } = taken(await messages.post(spot, messageOf(body), nonce));
				return { type: 'message', ts: String(ts) };
			}
			const ts = String(taken(result).ts);
			const live: Live = { ts, startedAt: clock.now(), shown: body.markdown, from: 0 };
			lives.set(ts, live);
			return { type: 'stream', ts, more: [] };
		},
		async show(spot, id, body, nonce) {
			const live = lives.get(id.ts);
			if (live === undefined || !body.markdown.startsWith(live.shown)) {
				return replace(spot, id, messageOf(body), nonce);
			}
			const isOld = clock.now() - live.startedAt >= STREAM_LIFE_MS;
			if (isOld) await close(spot, live, nonce);
			let next: ShownId = id;
			if (body.markdown.length > live.shown.length) {
				next = await (live.ts === null ? goOn : append)(spot, id, live, body, nonce);
			}
			if (body.isDone && next.type === 'stream') await close(spot, live, nonce);
			return next;
		},
		finish: replace,
		async remove(spot, id) {
			const live = lives.get(id.ts);
			const last = live === undefined ? (id.more.at(-1) ?? id.ts) : live.ts;
			if (last !== null) await calls.call(spot, 'chat.stopStream', { channel: spot.channel, ts: last });
			lives.delete(id.ts);
			for (const ts of [...id.more, id.ts]) await discard(spot, ts);
		},
	};
}

/** The text as a message like any other. */
export function messageOf({ markdown, text }: StreamBody): MessageBody {
	const [whole = markdown] = splitMarkdown(markdown, MAX_MARKDOWN);
	const blocks = [markdownBlock(whole)];
	return { type: 'message', text, blocks, plainBlocks: plainSections(whole), controls: [] };
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
