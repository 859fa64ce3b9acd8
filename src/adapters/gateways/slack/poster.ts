import type { Clock } from '../../../core/clock.ts';
import { BotError } from '../../../core/errors.ts';
import type { Place, Slot } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import type { Controls } from '../shared/controls.ts';
import type { Places } from '../shared/places.ts';
import { encodeElsewhere, isCard, isPlaceGone, showElsewhere, shownAt } from './elsewhere.ts';
import { createFiles } from './files.ts';
import { createGoingRuns } from './going-runs.ts';
import { CALL_TIMEOUT_MS } from './limits.ts';
import { createMessages, type MessageBody, type Messages } from './messages.ts';
import { createPacer } from './pacer.ts';
import { createShownBodies } from './shown-bodies.ts';
import { decodeShownId, encodeShownId, type ShownId } from './shown-id.ts';
import type { SlackBody } from './slack-body.ts';
import { type CallResult, createSlackCalls, dataOf, isRefusal } from './slack-calls.ts';
import type { SlackClients } from './slack-clients.ts';
import { conversationKey, type SlackSpot } from './slack-spot.ts';
import { findSlot, type Wanted } from './slot-search.ts';
import { createStreams } from './streams.ts';

export interface PosterOptions {
	/** Of the workspace, as `createSlackClients` makes them. */
	clients(spot: SlackSpot): Promise<SlackClients>;
	places: Places<SlackSpot>;
	controls: Controls;
	/** A person's name as people write it; null when it is not known. Asked often: it should be cached. */
	nameOf(team: string, user: string): Promise<string | null>;
	/** The bytes of a kept file; null: it is not kept any more. */
	keptFile(id: string): Promise<Uint8Array | null>;
	/** Channels for cards whose own place is gone, in the order in which they are tried. */
	approvalsChannels: readonly string[];
	/** For whoever runs the bot. */
	say: Say;
	clock: Clock;
	/** Slack has told a call to wait. */
	onLimited?: (() => void) | undefined;
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
	/** What waits is given up, and nothing is sent any more. */
	close(): void;
}

export function createPoster(options: PosterOptions): SlackPoster {
	const { places, say } = options;
	const going = createGoingRuns();
	const { calls, messages, bodies, close } = createParts(options);
	/** Slots whose latest attempt is known to have failed: they need not be looked for. */
	const refused = new Set<string>();

	const spotOf = async ({ session }: Place): Promise<SlackSpot> => {
		const spot = await places.get(session);
		if (spot === null) throw new BotError('place_gone', say('slack.gone.unknown'));
		return spot;
	};

	const keep = async (spot: SlackSpot, shown: ShownId, body: SlackBody): Promise<string> => {
		if (body.type === 'message') await keepButtons(options, spot, shown, body);
		return encodeShownId(shown);
	};

	/** Shows a body, and keeps what follows from that: the thread it begins, its buttons, whether its run is going. */
	const show = async (place: Place, slot: Slot, spot: SlackSpot, id: Promise<ShownId>, body: SlackBody) => {
		try {
			const shown = await id;
			await keepRoot(options, place, spot, shown);
			const shownId = await keep(spot, shown, body);
			if (tellsWhetherItGoes(slot, body)) going.set(spot.team, place.run, isGoing(body));
			return shownId;
		} catch (error) {
			if (isRefusal(error)) refused.add(slot.nonce);
			// A board that is posted anew counts again.
			if (error instanceof BotError) going.set(spot.team, place.run, false);
			throw error;
		}
	};

	/** A card whose place is gone is shown elsewhere, if there is such a place. */
	const orElsewhere = (slot: Slot, spot: SlackSpot, body: SlackBody, error: unknown): Promise<string> => {
		if (!isPlaceGone(error) || !isCard(slot.key)) throw error;
		return showElsewhere(spot, options.approvalsChannels, error, async (there) => {
			// The app goes into public channels by itself; where it may not, the post says so.
			await calls.call(there, 'conversations.join', { channel: there.channel });
			return keep(there, await bodies.post(there, body, slot.nonce, slot.mayExist), body);
		});
	};

	return {
		get editIntervalMs() {
			return going.editIntervalMs();
		},
		async post(place, slot, body) {
			const spot = await spotOf(place);
			const mayExist = !refused.delete(slot.nonce) && slot.mayExist;
			const shown = show(place, slot, spot, bodies.post(spot, body, slot.nonce, mayExist), body);
			return shown.catch((error: unknown) => orElsewhere(slot, spot, body, error));
		},
		async edit(place, slot, given, body) {
			const { spot, id, isElsewhere } = shownAt(await spotOf(place), given);
			const edited = bodies.edit(spot, decodeShownId(id), body, slot.nonce);
			if (isElsewhere) return encodeElsewhere(spot.channel, await keep(spot, await edited, body));
			const shown = show(place, slot, spot, forgettingRoot(options, place, spot, id, edited), body);
			return shown.catch((error: unknown) => orElsewhere(slot, spot, body, error));
		},
		async remove(place, _slot, given) {
			const { spot, id } = shownAt(await spotOf(place), given);
			await bodies.remove(spot, decodeShownId(id));
		},
		async permalink(session) {
			const spot = await places.get(session);
			if (spot === null || spot.root === null) return null;
			const args = { channel: spot.channel, message_ts: spot.root };
			const result = await calls.call(spot, 'chat.getPermalink', args);
			return result.type === 'done' ? String(result.data.permalink) : null;
		},
		replaceClicked: (responseUrl, team, body) => respond(messages, responseUrl, team, body),
		close,
	};
}

function createParts({ clients, nameOf, keptFile, say, clock, onLimited }: PosterOptions) {
	const pacer = createPacer(clock, onLimited);
	const calls = createSlackCalls(clients, pacer);
	const closing = new AbortController();
	const taken = (result: CallResult) => dataOf(result, say);
	const messages = createMessages({ calls, nameOf, say });
	const files = createFiles({ calls, messages, clock, keptFile, say, taken, signal: closing.signal });
	const find = (spot: SlackSpot, wanted: Wanted) => findSlot(calls, spot, wanted, say);
	const streams = createStreams({
		...{ calls, messages, clock, taken },
		find: (spot, nonce, except) => find(spot, { nonce, except, file: null, isStream: true }),
	});
	const bodies = createShownBodies({
		...{ calls, messages, streams, files, taken },
		find: (spot, body, nonce, except) =>
			find(spot, { nonce, except, file: body.type === 'file' ? body.mark : null, isStream: body.type === 'stream' }),
	});
	const close = (): void => {
		closing.abort(new Error(say('slack.stopping')));
		pacer.close(say('slack.stopping'));
	};
	return { calls, messages, bodies, close };
}

/** The board does, and the result once it has been written. */
const tellsWhetherItGoes = ({ key }: Slot, { type }: SlackBody): boolean =>
	key === 'board' || (key === 'final' && type === 'message');

const isGoing = (body: SlackBody): boolean =>
	body.type === 'message' && body.controls.some(({ action }) => action === 'stop');

/** The first message of a session begins its thread, unless it has been begun by who asked. */
async function keepRoot({ places }: PosterOptions, { session }: Place, spot: SlackSpot, id: ShownId): Promise<void> {
	if (spot.root !== null || id.ts === '') return;
	const thread_ts = spot.thread_ts ?? id.ts;
	const conversation = conversationKey(spot.team, spot.channel, thread_ts);
	await places.put(session, { ...spot, root: id.ts, thread_ts }, conversation);
}

function keepButtons({ controls }: PosterOptions, spot: SlackSpot, id: ShownId, body: MessageBody): Promise<void> {
	return controls.keep(body.controls, { tenant: spot.team, channel: spot.channel, message: id.ts });
}

/** When the message that began a thread has been deleted, the next one begins another. */
async function forgettingRoot(
	{ places }: PosterOptions,
	{ session }: Place,
	spot: SlackSpot,
	id: string,
	edited: Promise<ShownId>,
): Promise<ShownId> {
	try {
		return await edited;
	} catch (error) {
		const isGone = error instanceof BotError && error.code === 'message_gone';
		if (isGone && id === spot.root && id === spot.thread_ts) {
			await places.put(session, { ...spot, root: null, thread_ts: null }, null);
		}
		throw error;
	}
}

/** https://docs.slack.dev/interactivity/handling-user-interaction#message_responses: 5 times in 30 minutes. */
async function respond(messages: Messages, responseUrl: string, team: string, body: MessageBody): Promise<boolean> {
	const { text, blocks } = await messages.named(team, body);
	const response = await fetch(responseUrl, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ replace_original: true, text, blocks }),
		redirect: 'error',
		signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
	}).catch(() => null);
	return response?.ok === true;
}
