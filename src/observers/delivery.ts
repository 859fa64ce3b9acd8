import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../core/clock.ts';
import { BotError, messageOf as errorText, isStoreAway } from '../core/errors.ts';
import type { Gateway, Place, ThreadMessage } from '../core/gateway.ts';
import type { Lease } from '../core/lease.ts';
import type { Verbosity } from '../core/run.ts';
import type { Say } from '../core/say.ts';
import type { SlotRecords } from './slot-records.ts';

export interface DeliveryOptions {
	gateway: Gateway;
	place: Place;
	clock: Clock;
	say: Say;
	verbosity: Verbosity;
	/** Where it is kept which platform message shows what; null: nowhere. */
	records: SlotRecords | null;
	/** Under which the thread is shown; null: under none. Left out: never under any. */
	lease?: () => Lease | null;
	/** Told in one sentence when the gateway does not take a message. */
	onProblem(text: string): void;
	/** A message has been taken or refused: there may be more to offer. */
	onTurn(): void;
}

/** Brings one thread's messages to its gateway: each is posted once and then edited. */
export interface Delivery {
	/** What an earlier process has posted is edited from now on. */
	recall(posted: ReadonlyMap<string, string | null>): void;
	/**
	 * Begins to deliver what may go now. Returns when to offer again, in ms since the epoch, if something has to
	 * wait for its time. `isUrgent` messages are not held back.
	 */
	offer(messages: readonly ThreadMessage[], isUrgent: (message: ThreadMessage) => boolean): number | null;
	/** True while the gateway works on a message. */
	isBusy(): boolean;
	/** True when the platform shows everything that was offered: nothing was given up. */
	isComplete(): boolean;
}

/** Wait before a refused message is tried again, in ms; it doubles with each try, up to the longest. */
const RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;
const MAX_TRIES = 4;
/** Where messages outlive the process an outage of some minutes is waited for: about 9 minutes in all. */
const MAX_KEPT_TRIES = 14;
/** Places that are left for the result in `maxMessages`. */
const FOR_THE_RESULT = 3;

/** Where one platform message of the thread stands. */
interface Standing {
	key: string;
	/** The platform's id; null until it has been posted. */
	id: string | null;
	/** What the platform shows, or what was given up; undefined: not known. */
	shown: unknown;
	/** It was begun to be posted, and how that ended is not known. */
	attempted: boolean;
	inFlight: boolean;
	/** Not before this time, in ms since the epoch. */
	notBefore: number;
	failures: number;
	/** It was gone and posted anew. */
	renewed: boolean;
	/** It was gone once more, so whoever takes it away does not want it; or there is no place for it any more. */
	isUnwanted: boolean;
}

type Work = { type: 'show'; body: unknown } | { type: 'remove' };

export function createDelivery(options: DeliveryOptions): Delivery {
	const { gateway, place, clock, say, records } = options;
	const standings = new Map<string, Standing>();
	const rendered = new Map<string, { from: ThreadMessage; bodies: readonly unknown[] }>();
	/** Messages that could not be rendered, which is told once. */
	const formless = new Set<string>();
	let gone = false;
	let givenUp = false;

	const standingOf = (key: string): Standing => {
		const standing = standings.get(key) ?? newStanding(key);
		standings.set(key, standing);
		return standing;
	};

	const bodiesOf = (message: ThreadMessage): readonly unknown[] => {
		const known = rendered.get(message.key);
		if (known !== undefined && isDeepStrictEqual(known.from, message)) return known.bodies;
		const bodies = bodiesAnew(message) ?? known?.bodies ?? [];
		rendered.set(message.key, { from: message, bodies });
		return bodies;
	};

	/** Null when the gateway has no form for it: that must not end the process, which would meet it again. */
	const bodiesAnew = (message: ThreadMessage): readonly unknown[] | null => {
		const { verbosity } = options;
		try {
			return gateway.render(message, { place, say, verbosity });
		} catch (thrown) {
			const { key } = message;
			const values = { gateway: gateway.name, message: key, reason: errorText(thrown) };
			if (!formless.has(key)) options.onProblem(say('projector.given_up', values));
			formless.add(key);
			givenUp = true;
			return null;
		}
	};

	const show = async (standing: Standing, body: unknown): Promise<void> => {
		const { key, renewed } = standing;
		// A platform may take one that was deleted for the one it is asked for.
		const nonce = nonceOf(place, renewed ? `${key}~` : key);
		const slot = { key, nonce, mayExist: standing.attempted };
		if (standing.id === null) {
			if (!standing.attempted) await records?.opening(key);
			standing.attempted = true;
			standing.id = await gateway.post(place, slot, body);
			await records?.opened(key, standing.id);
		} else {
			const id = await gateway.edit(place, slot, standing.id, body);
			if (id !== standing.id) await records?.opened(key, id);
			standing.id = id;
		}
		standing.shown = body;
	};

	const remove = async (standing: Standing): Promise<void> => {
		const { key, id } = standing;
		if (id !== null) await gateway.remove(place, { key, nonce: nonceOf(place, key), mayExist: true }, id);
		await records?.removed(key);
		standings.delete(key);
	};

	async function deliver(standing: Standing, work: Work): Promise<void> {
		standing.inFlight = true;
		try {
			await (work.type === 'show' ? show(standing, work.body) : remove(standing));
			standing.failures = 0;
			standing.notBefore = clock.now() + gateway.capabilities.editIntervalMs;
		} catch (thrown) {
			refused(standing, work, thrown);
		}
		standing.inFlight = false;
		options.onTurn();
	}

	function refused(standing: Standing, work: Work, thrown: unknown): void {
		const values = { gateway: gateway.name, message: standing.key, reason: errorText(thrown) };
		const code = thrown instanceof BotError ? thrown.code : null;
		// Whoever shows it now does this, too.
		if (code === 'lease_lost') return;
		if (code === 'place_gone') {
			if (!gone) options.onProblem(say('projector.given_up', values));
			gone = true;
			standing.isUnwanted = true;
			return;
		}
		if (isStoreAway(thrown)) {
			standing.notBefore = clock.now() + RETRY_MS;
			standing.failures ||= 1;
			return;
		}
		standing.failures += 1;
		standing.notBefore = clock.now() + Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** (standing.failures - 1));
		if (code === 'message_gone' && !standing.renewed) {
			Object.assign(standing, { id: null, attempted: false, renewed: true, notBefore: 0, failures: 0 });
			return;
		}
		const most = gateway.capabilities.keepsMessages ? MAX_KEPT_TRIES : MAX_TRIES;
		standing.isUnwanted = code === 'message_gone';
		if (!standing.isUnwanted && standing.failures < most) {
			if (standing.failures < MAX_TRIES) options.onProblem(say('projector.refused', values));
			return;
		}
		// What somebody took away twice is not to be there.
		if (!standing.isUnwanted) givenUp = true;
		standing.failures = 0;
		if (work.type === 'remove') standings.delete(standing.key);
		else standing.shown = work.body;
		options.onProblem(say('projector.given_up', values));
	}

	/** Whether one more message may be posted. */
	const hasRoom = ({ type }: ThreadMessage): boolean => {
		// The run waits for it.
		if (type === 'approval') return true;
		const posted = [...standings.values()].filter(({ id }) => id !== null).length;
		const reserve = type === 'final' || type === 'choice' ? 0 : FOR_THE_RESULT;
		return posted + reserve < gateway.capabilities.maxMessages;
	};

	return {
		recall(posted) {
			for (const [key, id] of posted) Object.assign(standingOf(key), { id, attempted: true });
		},
		isBusy: () => [...standings.values()].some(({ inFlight }) => inFlight),
		isComplete: () => !givenUp && options.lease?.()?.isLost() !== true,
		offer(messages, isUrgent) {
			const lease = options.lease?.() ?? null;
			if (lease?.isLost() === true) return null;
			// A process that has slept shows nothing before it knows that nobody else does.
			if (lease?.isHeld() === false) return clock.now() + RETRY_MS;
			// A gateway may have another place for what a run waits for.
			let again: number | null = null;
			let postOpen = false;
			const consider = (standing: Standing, work: Work, urgent: boolean) => {
				const held = standing.notBefore > clock.now() && (standing.failures > 0 || !urgent);
				if (standing.inFlight || standing.isUnwanted) return;
				if (held) again = Math.min(again ?? standing.notBefore, standing.notBefore);
				else void deliver(standing, work);
			};
			for (const message of gone ? messages.filter(({ type }) => type === 'approval') : messages) {
				const bodies = bodiesOf(message);
				for (const [index, body] of bodies.entries()) {
					const standing = standingOf(partKey(message.key, index));
					const isPost = standing.id === null;
					if (isPost && !standing.inFlight && !standing.attempted && !hasRoom(message)) continue;
					const changed = !isDeepStrictEqual(standing.shown, body);
					if (changed && !(isPost && postOpen)) consider(standing, { type: 'show', body }, isUrgent(message));
					postOpen ||= isPost && (changed || standing.inFlight);
				}
				for (const standing of [...standings.values()]) {
					const { of, index } = partOf(standing.key);
					if (of === message.key && index >= bodies.length) consider(standing, { type: 'remove' }, true);
				}
			}
			return again;
		},
	};
}

const partKey = (key: string, index: number): string => (index === 0 ? key : `${key}#${index}`);

function partOf(key: string): { of: string; index: number } {
	const [of = key, index = '0'] = key.split('#');
	return { of, index: Number(index) };
}

/** The same in every process: a platform that is asked twice for the same message recognises it. */
function nonceOf({ session, run }: Place, key: string): string {
	return createHash('sha256')
		.update(JSON.stringify([session, run, key]))
		.digest('base64url')
		.slice(0, 22);
}

const newStanding = (key: string): Standing => ({
	key,
	id: null,
	shown: undefined,
	attempted: false,
	inFlight: false,
	notBefore: 0,
	failures: 0,
	renewed: false,
	isUnwanted: false,
});
