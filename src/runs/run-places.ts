import type { Clock } from '../core/clock.ts';
import { type Claimant, createFairLine } from './fair-line.ts';

/** How many runs this process works on at a time. */
export interface RunLimit {
	/** At least 1. */
	most: number;
	/** Whether runs that go on suffer already: then nothing new begins, whatever the limit. */
	isStrained(): boolean;
	/** Something has waited so long (ms) and begins now. */
	onBegun(waitedMs: number): void;
	/** So many wait now. */
	onLine(size: number): void;
}

export interface RunPlacesOptions extends RunLimit {
	clock: Clock;
	/** False: nothing begins any more in this process. */
	isOpen(): boolean;
	/** Runs that go on; those that only wait for people are none. */
	working(): number;
	/** It is this session's turn. When that rejects, it waits again. */
	onTurn(session: string): Promise<void>;
	/** The order of those that wait has changed. */
	onMoved(): void;
}

/** Places for runs that go on, and the line of sessions that wait for one. Each session waits once. */
export interface RunPlaces {
	/**
	 * Takes a place for a run that begins now, until `done`: by then the run is counted itself. False: there is none, or
	 * others wait already.
	 */
	take(session: string): boolean;
	done(session: string): void;
	wait(session: string, of: Claimant): void;
	/** How many are before a session in the line; null: it does not wait. */
	ahead(session: string): number | null;
	/** Those that wait, first to last. */
	order(): readonly string[];
	/** A place may have become free. */
	freed(): void;
}

/** How often it is looked whether a place is free while somebody waits, in milliseconds: strain ends unseen. */
const LOOK_MS = 1_000;

export function createRunPlaces(options: RunPlacesOptions): RunPlaces {
	const { clock, most, working } = options;
	const line = createFairLine();
	const waiting = new Map<string, { of: Claimant; since: number }>();
	const starting = new Set<string>();
	let isLooking = false;

	const hasRoom = (): boolean => {
		if (!options.isOpen()) return false;
		const going = working() + starting.size;
		// One goes on always, or a machine that is slow by itself would never answer.
		return going < most && (going === 0 || !options.isStrained());
	};

	const begin = (session: string): void => {
		starting.add(session);
		const { of, since = clock.now() } = waiting.get(session) ?? {};
		waiting.delete(session);
		options.onBegun(clock.now() - since);
		options.onTurn(session).then(
			() => {
				starting.delete(session);
				freed();
			},
			() => {
				starting.delete(session);
				if (of !== undefined) wait(session, of);
			},
		);
	};

	const wait = (session: string, of: Claimant): void => {
		if (line.has(session)) return;
		line.add(session, of);
		waiting.set(session, { of, since: clock.now() });
		moved();
		look();
	};

	const moved = (): void => {
		options.onLine(line.size);
		options.onMoved();
	};

	const freed = (): void => {
		const before = line.size;
		while (line.size > 0 && hasRoom()) {
			const session = line.next();
			if (session !== null) begin(session);
		}
		if (line.size !== before) moved();
		look();
	};

	const look = (): void => {
		if (line.size === 0 || isLooking) return;
		isLooking = true;
		clock.after(LOOK_MS, () => {
			isLooking = false;
			freed();
		});
	};

	return {
		take(session) {
			if (line.size > 0 || !hasRoom()) return false;
			starting.add(session);
			return true;
		},
		done(session) {
			starting.delete(session);
			freed();
		},
		wait,
		ahead(session) {
			const at = line.has(session) ? line.order().indexOf(session) : -1;
			return at === -1 ? null : at;
		},
		order: line.order,
		freed,
	};
}
