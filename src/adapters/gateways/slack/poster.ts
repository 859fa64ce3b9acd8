import type { Clock } from '../../../core/clock.ts';
import { BotError } from '../../../core/errors.ts';
import type { Place, Slot } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import type { Controls } from '../shared/controls.ts';
import type { Places } from '../shared/places.ts';
import { createFiles } from './files.ts';
import { CALL_TIMEOUT_MS, EDIT_INTERVAL_MS, EDIT_INTERVAL_PER_RUN_MS } from './limits.ts';
import { createMessages, type MessageBody } from './messages.ts';
import { createPacer } from './pacer.ts';
import { decodeShownId, encodeShownId, type ShownId } from './shown-id.ts';
import type { SlackBody } from './slack-body.ts';
import { type CallResult, codeOf, createSlackCalls, dataOf } from './slack-calls.ts';
import type { SlackClients } from './slack-clients.ts';
import { conversationKey, type SlackSpot } from './slack-spot.ts';
import { findSlot } from './slot-search.ts';
import { createStreams, messageOf } from './streams.ts';

export interface PosterOptions {
	/** Of the workspace, as `createSlackClients` makes them. */
	clients(spot: SlackSpot): Promise<SlackClients>;
	places: Places<SlackSpot>;
	controls: Controls;
	/** A person's name as people write it; null when it is not known. Asked often: it should be cached. */
	nameOf(team: string, user: string): Promise<string | null>;
	/** For whoever runs the bot. */
	say: Say;
	clock: Clock;
}

/** The half of the gateway that writes. `post`, `edit` and `remove` are the port's. */
export interface SlackPoster {
	/** Grows with the runs that are going. */
	readonly editIntervalMs: number;
	post(place: Place, slot: Slot, body: SlackBody): Promise<string>;
	edit(place: Place, slot: Slot, id: string, body: SlackBody): Promise<string>;
	remove(place: Place, slot: Slot, id: string): Promise<void>;
	/** The address of a session's first board; null when there is none. */
	permalink(session: string): Promise<string | null>;
	/**
	 * Replaces the message that somebody has clicked on, through the address that came with the click: it is not
	 * paced, and it works while everything else has to wait. False when Slack did not take it.
	 */
	replaceClicked(responseUrl: string, team: string, body: MessageBody): Promise<boolean>;
	/** Nothing is sent any more. */
	close(): void;
}

/** A message can no longer be edited: another takes its place. */
const CLOSED = ['edit_window_closed', 'cant_update_message'];

export function createPoster({ clients, places, controls, nameOf, say, clock }: PosterOptions): SlackPoster {
	const pacer = createPacer(clock);
	const calls = createSlackCalls(clients, pacer);
	const closing = new AbortController();
	const taken = (result: CallResult) => dataOf(result, say);
	const messages = createMessages({ calls, nameOf, say });
	const streams = createStreams({ calls, messages, clock, taken });
	const files = createFiles({ calls, messages, clock, taken, signal: closing.signal });
	/** Runs that are going, by workspace. */
	const going = new Map<string, Set<string>>();
	/** Slots whose latest attempt is known to have failed: they need not be looked for. */
	const refused = new Set<string>();

	const spotOf = async ({ session }: Place): Promise<SlackSpot> => {
		const spot = await places.get(session);
		if (spot === null) throw new BotError('place_gone', say('slack.gone.unknown'));
		return spot;
	};

	const send = async (spot: SlackSpot, body: SlackBody, nonce: string): Promise<ShownId> => {
		if (body.type === 'stream') return streams.start(spot, body, nonce);
		if (body.type === 'file') return files.post(spot, body, nonce);
		const { ts } = taken(await messages.post(spot, body, nonce));
		return { type: 'message', ts: String(ts) };
	};

	/** What an attempt with unknown outcome has posted. */
	const found = async (spot: SlackSpot, body: SlackBody, nonce: string, except: string | null) => {
		const file = body.type === 'file' ? body.name : null;
		return findSlot(calls, spot, { nonce, except, file, isStream: body.type === 'stream' }, say);
	};

	/** Brings a message that is there to what it is to show. */
	const renew = async (spot: SlackSpot, id: ShownId, body: SlackBody, nonce: string): Promise<ShownId> => {
		if (id.type === 'stream' && body.type === 'stream') return streams.show(spot, id, body, nonce);
		if (id.type === 'stream' && body.type === 'message') return streams.finish(spot, id, body, nonce);
		if (id.type === 'message' && body.type !== 'file') {
			const shown = body.type === 'stream' ? messageOf(body) : body;
			const result = await messages.update(spot, id.ts, shown, nonce);
			if (!CLOSED.includes(codeOf(result) ?? '')) {
				taken(result);
				return id;
			}
			const ts = (await found(spot, shown, nonce, id.ts)) ?? null;
			return ts === null ? send(spot, shown, nonce) : { type: 'message', ts };
		}
		const next = await send(spot, body, nonce);
		await discard(spot, id);
		return next;
	};

	const discard = async (spot: SlackSpot, id: ShownId): Promise<void> => {
		if (id.type === 'stream') return streams.remove(spot, id);
		const ts = id.type === 'file' && id.ts === '' ? await files.shareOf(spot, id.file) : id.ts;
		if (ts === '') return;
		const result = await calls.call(spot, 'chat.delete', { channel: spot.channel, ts });
		if (codeOf(result) !== 'message_not_found') taken(result);
	};

	/** After a message is shown: the thread it begins, its buttons, and whether its run is going. */
	const settle = async (place: Place, spot: SlackSpot, slot: Slot, id: ShownId, body: SlackBody): Promise<string> => {
		if (spot.root === null && id.ts !== '') {
			const thread_ts = spot.thread_ts ?? id.ts;
			await places.put(
				place.session,
				{ ...spot, root: id.ts, thread_ts },
				conversationKey(spot.team, spot.channel, thread_ts),
			);
		}
		if (body.type === 'message') {
			await controls.keep(body.controls, { tenant: spot.team, channel: spot.channel, message: id.ts });
			if (slot.key === 'board')
				count(
					place,
					spot,
					body.controls.some(({ action }) => action === 'stop'),
				);
		}
		return encodeShownId(id);
	};

	const count = ({ run }: Place, { team }: SlackSpot, isGoing: boolean): void => {
		const runs = going.get(team) ?? new Set();
		going.set(team, runs);
		if (run !== null && isGoing) runs.add(run);
		else if (run !== null) runs.delete(run);
	};

	/** Nobody waits for a run that can be shown no more, and a thread whose first message is gone has another. */
	const lost = async (place: Place, spot: SlackSpot, id: string | null, error: unknown): Promise<void> => {
		const code = error instanceof BotError ? error.code : null;
		if (code === 'place_gone') count(place, spot, false);
		if (code !== 'message_gone' || id === null || id !== spot.root || spot.form !== 'channel') return;
		await places.put(place.session, { ...spot, root: null, thread_ts: null }, null);
	};

	return {
		get editIntervalMs() {
			const most = Math.max(0, ...[...going.values()].map(({ size }) => size));
			return Math.max(EDIT_INTERVAL_MS, EDIT_INTERVAL_PER_RUN_MS * most);
		},
		async post(place, slot, body) {
			const spot = await spotOf(place);
			const { nonce } = slot;
			const isSure = refused.delete(nonce);
			try {
				const ts = slot.mayExist && !isSure ? await found(spot, body, nonce, null) : null;
				const id = ts === null ? await send(spot, body, nonce) : await adopt(spot, ts, body, nonce);
				return await settle(place, spot, slot, id, body);
			} catch (error) {
				await lost(place, spot, null, error);
				throw error;
			}
		},
		async edit(place, slot, id, body) {
			const spot = await spotOf(place);
			try {
				const next = await renew(spot, decodeShownId(id), body, slot.nonce);
				return await settle(place, spot, slot, next, body);
			} catch (error) {
				await lost(place, spot, id, error);
				throw error;
			}
		},
		async remove(place, _slot, id) {
			await discard(await spotOf(place), decodeShownId(id));
		},
		async permalink(session) {
			const spot = await places.get(session);
			if (spot === null || spot.root === null) return null;
			const args = { channel: spot.channel, message_ts: spot.root };
			const result = await calls.call(spot, 'chat.getPermalink', args);
			return result.type === 'done' ? String(result.data.permalink) : null;
		},
		async replaceClicked(responseUrl, team, body) {
			const { text, blocks } = await messages.named(team, body);
			const response = await fetch(responseUrl, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ replace_original: true, text, blocks }),
				redirect: 'error',
				signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
			}).catch(() => null);
			return response?.ok === true;
		},
		close() {
			closing.abort(new Error(say('slack.stopping')));
			pacer.close(say('slack.stopping'));
		},
	};

	/** Takes over what an earlier attempt has posted. */
	async function adopt(spot: SlackSpot, ts: string, body: SlackBody, nonce: string): Promise<ShownId> {
		if (body.type === 'file') return { type: 'file', file: '', ts };
		if (body.type === 'message') return renew(spot, { type: 'message', ts }, body, nonce);
		return streams.show(spot, { type: 'stream', ts, more: [] }, body, nonce);
	}
}
