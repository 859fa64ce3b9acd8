import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../core/clock.ts';
import { messageOf as errorText } from '../core/errors.ts';
import type { Gateway, Place, ThreadMessage } from '../core/gateway.ts';
import type { Say } from '../core/say.ts';

export interface DeliveryOptions {
	gateway: Gateway;
	place: Place;
	clock: Clock;
	say: Say;
	/** Told in one sentence when the gateway does not take a message. */
	onProblem(text: string): void;
	/** A message has been taken or refused: there may be more to offer. */
	onTurn(): void;
}

/** Brings one thread's messages to its gateway: each is posted once and then edited. */
export interface Delivery {
	/**
	 * Begins to deliver what may go now. Returns when to offer again, in ms since the epoch, if something has to
	 * wait for its time. `isUrgent` messages are not held back.
	 */
	offer(messages: readonly ThreadMessage[], isUrgent: (message: ThreadMessage) => boolean): number | null;
	/** True while the gateway works on a message. */
	isBusy(): boolean;
}

/** Wait before a refused message is tried again, in ms; it doubles with each try. */
const RETRY_MS = 1000;
const MAX_TRIES = 4;

/** Where one message of the thread stands. */
interface Slot {
	/** The platform's id; null until it has been posted. */
	id: string | null;
	/** What the platform shows, or what was given up. */
	shown: ThreadMessage | null;
	inFlight: boolean;
	/** Not before this time, in ms since the epoch. */
	notBefore: number;
	failures: number;
}

export function createDelivery({ gateway, place, clock, say, onProblem, onTurn }: DeliveryOptions): Delivery {
	const slots = new Map<string, Slot>();

	async function deliver(slot: Slot, message: ThreadMessage): Promise<void> {
		slot.inFlight = true;
		try {
			if (slot.id === null) slot.id = await gateway.post(place, message);
			else await gateway.edit(place, slot.id, message);
			slot.shown = message;
			slot.failures = 0;
			slot.notBefore = clock.now() + gateway.capabilities.editIntervalMs;
		} catch (thrown) {
			refused(slot, message, thrown);
		}
		slot.inFlight = false;
		onTurn();
	}

	function refused(slot: Slot, message: ThreadMessage, thrown: unknown): void {
		slot.failures += 1;
		slot.notBefore = clock.now() + RETRY_MS * 2 ** (slot.failures - 1);
		const values = { gateway: gateway.name, message: message.key, reason: errorText(thrown) };
		if (slot.failures < MAX_TRIES) return onProblem(say('projector.refused', values));
		slot.shown = message;
		slot.failures = 0;
		onProblem(say('projector.given_up', values));
	}

	return {
		isBusy: () => [...slots.values()].some(({ inFlight }) => inFlight),
		offer(messages, isUrgent) {
			let again: number | null = null;
			let postOpen = false;
			for (const message of messages) {
				const slot = slots.get(message.key) ?? newSlot();
				slots.set(message.key, slot);
				const changed = !isDeepStrictEqual(slot.shown, message);
				const held = slot.notBefore > clock.now() && (slot.failures > 0 || !isUrgent(message));
				const isPost = slot.id === null;
				if (changed && !slot.inFlight && !(isPost && postOpen)) {
					if (held) again = Math.min(again ?? slot.notBefore, slot.notBefore);
					else void deliver(slot, message);
				}
				postOpen ||= isPost && (changed || slot.inFlight);
			}
			return again;
		},
	};
}

const newSlot = (): Slot => ({ id: null, shown: null, inFlight: false, notBefore: 0, failures: 0 });
