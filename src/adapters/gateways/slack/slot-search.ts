import type { Say } from '../../../core/say.ts';
import { type CallResult, codeOf, dataOf, type SlackCalls } from './slack-calls.ts';
import type { SlackSpot } from './slack-spot.ts';

/** The event type of the metadata that names the slot which a message shows. */
const SLOT_EVENT = 'massgen_slot';
const PAGE = 100;
const MAX_PAGES = 5;

/** Put into every message, so that it is found when the answer to its post was lost. */
export const slotMetadata = (nonce: string) => ({ event_type: SLOT_EVENT, event_payload: { slot: nonce } });

/** What is looked for. */
export interface Wanted {
	nonce: string;
	/** Not these, which are known. */
	except: readonly string[];
	/** Found by the name of a file or by a part of the text above it instead: what has files has no metadata. */
	file: string | null;
	/** A stream has metadata only when it has ended: the latest one without any is meant. */
	isStream: boolean;
}

/** The time stamp of a message that shows a slot already; null when there is none, or when the bot may not look. */
export async function findSlot(calls: SlackCalls, spot: SlackSpot, wanted: Wanted, say: Say): Promise<string | null> {
	let open: string | null = null;
	let own: string | null = null;
	let cursor = '';
	for (let page = 0; page < MAX_PAGES; page += 1) {
		const result = await readPage(calls, spot, cursor);
		const code = codeOf(result);
		// It may not look there: a message that is there twice is better than none.
		if (code !== null && ['missing_scope', 'not_in_channel', 'thread_not_found'].includes(code)) return null;
		const { messages, next } = pageOf(dataOf(result, say));
		const found = messages.find((message) => shows(message, wanted));
		if (found !== undefined) return String(found.ts);
		if (wanted.isStream) {
			own ??= String(dataOf(await calls.call(spot, 'auth.test', {}), say).bot_id);
			const streams = messages.filter((one) => one.bot_id === own && isUnmarkedStream(one, wanted));
			open =
				streams
					.map(({ ts }) => String(ts))
					.toSorted()
					.at(-1) ?? open;
		}
		if (next === '') return open;
		cursor = next;
	}
	return open;
}

type Message = Readonly<Record<string, unknown>>;

function readPage(calls: SlackCalls, { channel, thread_ts, ...spot }: SlackSpot, cursor: string): Promise<CallResult> {
	const args = { channel, limit: PAGE, include_all_metadata: true, ...(cursor === '' ? {} : { cursor }) };
	const at = { ...spot, channel, thread_ts };
	if (thread_ts === null) return calls.call(at, 'conversations.history', args);
	return calls.call(at, 'conversations.replies', { ...args, ts: thread_ts });
}

function pageOf(data: Readonly<Record<string, unknown>>): { messages: readonly Message[]; next: string } {
	const messages = Array.isArray(data.messages) ? (data.messages as Message[]) : [];
	const { next_cursor } = Object(data.response_metadata) as { next_cursor?: unknown };
	return { messages, next: typeof next_cursor === 'string' ? next_cursor : '' };
}

function shows(message: Message, { nonce, except, file }: Wanted): boolean {
	if (except.includes(String(message.ts))) return false;
	if (file !== null) {
		const files = Array.isArray(message.files) ? (message.files as { name?: unknown }[]) : [];
		const isAbove = files.length > 0 && String(message.text ?? '').includes(file);
		return isAbove || files.some(({ name }) => name === file);
	}
	return slotOf(message) === nonce;
}

function slotOf({ metadata }: Message): unknown {
	const { event_type, event_payload } = Object(metadata) as { event_type?: unknown; event_payload?: unknown };
	return event_type === SLOT_EVENT ? (Object(event_payload) as { slot?: unknown }).slot : undefined;
}

const isUnmarkedStream = (message: Message, { except }: Wanted): boolean =>
	typeof message.streaming_state === 'string' && slotOf(message) === undefined && !except.includes(String(message.ts));
