import type { Clock } from '../../../core/clock.ts';
import type { Pace } from './limits.ts';

/** What counts together, such as one method in one workspace. */
export interface Lane {
	key: string;
	pace: Pace;
}

/** What a task was told: it is done, or it came too soon and was not done. */
export type Paced<Value> = { type: 'done'; value: Value } | { type: 'too_soon'; waitMs: number };

export interface Pacer {
	/**
	 * Begins `task` as soon as all lanes let it, in the order of the calls. A task that was told to wait is begun
	 * again after that time, and with it everything else of the last lane. Rejects when the pacer is closed.
	 */
	run<Value>(lanes: readonly [Lane, ...Lane[]], task: () => Promise<Paced<Value>>): Promise<Value>;
	/** What waits is given up, with this sentence. */
	close(reason: string): void;
}

interface LaneState {
	/** When the lane will be as rested as it can be, in ms since the epoch. */
	restedAt: number;
	heldUntil: number;
}

/** `onHeld`: somebody has told a task to wait. */
export function createPacer(clock: Clock, onHeld: () => void = () => {}): Pacer {
	const states = new Map<string, LaneState>();
	const waiting = new Set<(error: Error) => void>();
	let closed: Error | null = null;

	const stateOf = ({ key }: Lane): LaneState => {
		const state = states.get(key) ?? { restedAt: 0, heldUntil: 0 };
		states.set(key, state);
		return state;
	};

	/** Takes the next place of a lane: when it is, in ms since the epoch. */
	const reserve = (lane: Lane): number => {
		const state = stateOf(lane);
		const interval = 60_000 / lane.pace.perMinute;
		const earliest = state.restedAt - (lane.pace.burst - 1) * interval;
		const at = Math.max(clock.now(), state.heldUntil, earliest);
		state.restedAt = Math.max(at, state.restedAt) + interval;
		return at;
	};

	const waitUntil = (at: number): Promise<void> =>
		new Promise((resolve, reject) => {
			if (closed !== null) return reject(closed);
			if (at <= clock.now()) return resolve();
			const end = (): void => {
				cancel();
				waiting.delete(fail);
			};
			const fail = (error: Error): void => {
				end();
				reject(error);
			};
			const cancel = clock.after(at - clock.now(), () => {
				end();
				resolve();
			});
			waiting.add(fail);
		});

	/** A lane may be held while somebody waits for his place in it: he takes another then. */
	const pass = async (lane: Lane): Promise<void> => {
		do await waitUntil(reserve(lane));
		while (stateOf(lane).heldUntil > clock.now());
	};

	return {
		async run(lanes, task) {
			const last = lanes.at(-1) ?? lanes[0];
			for (;;) {
				for (const lane of lanes) await pass(lane);
				const result = await task();
				if (result.type === 'done') return result.value;
				onHeld();
				const state = stateOf(last);
				state.heldUntil = Math.max(state.heldUntil, clock.now() + result.waitMs);
				state.restedAt = Math.max(state.restedAt, state.heldUntil);
			}
		},
		close(reason) {
			closed = new Error(reason);
			for (const fail of [...waiting]) fail(closed);
		},
	};
}
