import type { Files } from './files.ts';
import type { Messages } from './messages.ts';
import type { ShownId } from './shown-id.ts';
import type { SlackBody } from './slack-body.ts';
import { type CallResult, codeOf, type SlackCalls } from './slack-calls.ts';
import type { SlackSpot } from './slack-spot.ts';
import { messageOf, type Streams } from './streams.ts';

export interface ShownBodiesOptions {
	calls: SlackCalls;
	messages: Messages;
	streams: Streams;
	files: Files;
	/** The data of a call that went well; throws otherwise. */
	taken(result: CallResult): Readonly<Record<string, unknown>>;
	/** What an attempt with unknown outcome has posted. */
	find(spot: SlackSpot, body: SlackBody, nonce: string, except: readonly string[]): Promise<string | null>;
}

/** Shows bodies of every kind, and turns one kind into another. */
export interface ShownBodies {
	/** `mayExist`: an attempt was begun before whose outcome is not known; it is not posted twice. */
	post(spot: SlackSpot, body: SlackBody, nonce: string, mayExist: boolean): Promise<ShownId>;
	edit(spot: SlackSpot, id: ShownId, body: SlackBody, nonce: string): Promise<ShownId>;
	remove(spot: SlackSpot, id: ShownId): Promise<void>;
}

/** A message can no longer be edited: another takes its place. */
const CLOSED = ['edit_window_closed', 'cant_update_message'];

export function createShownBodies({ calls, messages, streams, files, taken, find }: ShownBodiesOptions): ShownBodies {
	const send = async (spot: SlackSpot, body: SlackBody, nonce: string): Promise<ShownId> => {
		if (body.type === 'stream') return streams.start(spot, body, nonce);
		if (body.type === 'file') return files.post(spot, body, nonce);
		const { ts } = taken(await messages.post(spot, body, nonce));
		return { type: 'message', ts: String(ts) };
	};

	const edit = async (spot: SlackSpot, id: ShownId, body: SlackBody, nonce: string): Promise<ShownId> => {
		if (id.type === 'stream' && body.type === 'stream') return streams.show(spot, id, body, nonce);
		if (id.type === 'stream' && body.type === 'message') return streams.finish(spot, id, body, nonce);
		if (id.type !== 'message' || body.type === 'file') {
			const next = await send(spot, body, nonce);
			await remove(spot, id);
			return next;
		}
		const shown = body.type === 'stream' ? messageOf(body) : body;
		const result = await messages.update(spot, id.ts, shown, nonce);
		if (CLOSED.includes(codeOf(result) ?? '')) {
			const ts = await find(spot, shown, nonce, [id.ts]);
			return ts === null ? send(spot, shown, nonce) : { type: 'message', ts };
		}
		taken(result);
		return id;
	};

	const remove = async (spot: SlackSpot, id: ShownId): Promise<void> => {
		if (id.type === 'stream') return streams.remove(spot, id);
		const ts = id.type === 'file' && id.ts === '' ? await files.shareOf(spot, id.file) : id.ts;
		if (ts === '') return;
		const result = await calls.call(spot, 'chat.delete', { channel: spot.channel, ts });
		if (codeOf(result) !== 'message_not_found') taken(result);
	};

	return {
		edit,
		remove,
		async post(spot, body, nonce, mayExist) {
			const ts = mayExist ? await find(spot, body, nonce, []) : null;
			if (ts === null) return send(spot, body, nonce);
			if (body.type === 'file') return { type: 'file', file: '', ts };
			return edit(
				spot,
				body.type === 'stream' ? { type: 'stream', ts, more: [] } : { type: 'message', ts },
				body,
				nonce,
			);
		},
	};
}
