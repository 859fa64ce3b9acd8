import type { Clock } from '../core/clock.ts';
import type { GatedRun } from '../core/gate.ts';
import { decodeSessionId } from '../core/session-id.ts';
import type { ApprovalLedger } from './ledger.ts';
import type { ApprovalRecords } from './records.ts';

/** How long a turn that may ask has to do so, in milliseconds, before its place is given away. */
const RESERVED_MS = 60_000;

/** How many requests may wait in one channel. */
export interface Capacity {
	/**
	 * A place for the request of a turn: null. Where there is none, how many are open; the newest of them then says that
	 * calls were held back, each time their number has doubled.
	 */
	take(run: GatedRun, turn: { agent: string; attempt: number }): Promise<number | null>;
	/** The turn's request has been made. */
	made(run: GatedRun, turn: { agent: string; attempt: number }): void;
}

export function createCapacity(needs: {
	records: ApprovalRecords;
	ledger: ApprovalLedger;
	clock: Clock;
	most: number;
}): Capacity {
	const { records, ledger, clock, most } = needs;
	/** Turns that may ask and have not yet, by channel, with the time until which they may. */
	const reserved = new Map<string, Map<string, number>>();
	const held = new Map<string, number>();

	const waitingIn = (channel: string): Map<string, number> => {
		const turns = reserved.get(channel) ?? new Map<string, number>();
		for (const [turn, until] of turns) if (until <= clock.now()) turns.delete(turn);
		reserved.set(channel, turns);
		return turns;
	};

	const sayHeld = async (channel: string, ids: readonly string[]): Promise<void> => {
		const count = (held.get(channel) ?? 0) + 1;
		held.set(channel, count);
		const requests = await Promise.all(ids.map((id) => records.get(id)));
		const newest = requests
			.flatMap((stored) => (stored === null ? [] : [stored.approval]))
			.toSorted((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
			.at(-1);
		if (newest === undefined || !Number.isInteger(Math.log2(count))) return;
		await ledger.move(newest.id, async (stored) => ({
			next: stored === null ? null : { ...stored.approval, heldBack: Math.max(stored.approval.heldBack, count) },
			...{ rows: [], answer: undefined },
		}));
	};

	return {
		async take(run, turn) {
			const channel = channelOf(run.session);
			const name = nameOf(run, turn);
			const open = (await records.open()).filter(({ session }) => channelOf(session) === channel);
			const turns = waitingIn(channel);
			if (!turns.has(name) && open.length + turns.size >= most) {
				await sayHeld(
					channel,
					open.map(({ id }) => id),
				);
				return open.length + turns.size;
			}
			if (open.length + turns.size === 0) held.delete(channel);
			turns.set(name, clock.now() + RESERVED_MS);
			return null;
		},
		made(run, turn) {
			reserved.get(channelOf(run.session))?.delete(nameOf(run, turn));
		},
	};
}

const nameOf = ({ run }: GatedRun, { agent, attempt }: { agent: string; attempt: number }) =>
	JSON.stringify([run, agent, attempt]);

/** The part of a session id that names its channel. */
export function channelOf(session: string): string {
	const { platform, tenant, channel } = decodeSessionId(session);
	return JSON.stringify([platform, tenant, channel]);
}
