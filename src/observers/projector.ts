import { isStoreAway, messageOf } from '../core/errors.ts';
import type { RunEvent } from '../core/run-event.ts';
import { createDelivery, type DeliveryOptions } from './delivery.ts';
import type { SlotRecords } from './slot-records.ts';
import { threadAfter } from './thread.ts';
import { messagesOf } from './thread-messages.ts';
import { createThreadView } from './thread-view.ts';

export interface Projector {
	/** Takes the next event of the run. Never throws and never waits for the gateway. */
	handle(event: RunEvent): void;
	/**
	 * Resolves as soon as everything handed in so far is shown, or was given up after repeated failures. A finished
	 * run whose thread is shown to the end is then marked so in the records.
	 */
	settled(): Promise<void>;
}

export type ProjectorOptions = Omit<DeliveryOptions, 'onTurn'>;

/** A passing event waits at least this long (ms) for others, however often the gateway may edit. */
const PASSING_INTERVAL_MS = 50;

/**
 * Keeps a thread equal to its run. A message is edited at most once per `editIntervalMs` and always to its newest
 * state; the states in between are skipped. Requests to people, the result and the end of a run are not held back.
 * Posts keep their order; an edit that hangs holds back nothing but its own message. A gateway that fails does not
 * harm the run.
 */
export function createProjector(options: ProjectorOptions): Projector {
	const { gateway, clock, say, records, onProblem } = options;
	const delivery = createDelivery({ ...options, onTurn: passSoon });
	let view = createThreadView();
	let wake: { at: number; cancel: () => void } | null = null;
	let soon = false;
	let recalling = records !== null;
	let isMarked = records === null;
	const waiting: (() => void)[] = [];

	const isIdle = () => !recalling && !soon && wake === null && !delivery.isBusy();

	const recall = async (from: SlotRecords): Promise<void> => {
		await from.load().then(delivery.recall, (error: unknown) => onProblem(messageOf(error)));
		recalling = false;
		passSoon();
	};
	if (records !== null) void recall(records);

	const mark = async (): Promise<void> => {
		if (isMarked || records === null || view.finished === null || !delivery.isComplete()) return;
		isMarked = true;
		await records.complete().catch((error: unknown) => isStoreAway(error) || onProblem(messageOf(error)));
	};

	function wakeAt(at: number): void {
		if (wake !== null && wake.at <= at) return;
		wake?.cancel();
		wake = { at, cancel: clock.after(Math.max(0, at - clock.now()), pass) };
	}

	function passSoon(): void {
		if (soon) return;
		soon = true;
		queueMicrotask(pass);
	}

	function pass(): void {
		soon = false;
		if (recalling) return;
		wake?.cancel();
		wake = null;
		const again = delivery.offer(messagesOf(view, say), (message) => {
			if (message.type === 'approval') return true;
			return view.finished !== null || (message.type === 'final' && !message.streaming);
		});
		if (again !== null) wakeAt(again);
		if (isIdle()) for (const resolve of waiting.splice(0)) resolve();
	}

	return {
		handle(event) {
			const next = threadAfter(view, event);
			if (next === view) return;
			view = next;
			if ('seq' in event) passSoon();
			else wakeAt(clock.now() + Math.max(gateway.capabilities.editIntervalMs, PASSING_INTERVAL_MS));
		},
		async settled() {
			if (!isIdle()) await new Promise<void>((resolve) => waiting.push(resolve));
			await mark();
		},
	};
}
