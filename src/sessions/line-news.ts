import type { Clock } from '../core/clock.ts';

export interface LineNewsOptions {
	clock: Clock;
	/** The sessions that wait for a place, first to last. */
	order(): readonly string[];
	/** Shows a session where it stands. */
	show(session: string): Promise<void>;
}

/** The order may change with every run that ends; it is told no oftener than this, in milliseconds. */
const EVERY_MS = 2_000;
/** Those at the front are told at each change, so many of them; who is farther behind hears of it when nearer. */
const MOST_TOLD = 50;

/** Tells sessions that wait how the line moves. The result is called when it may have moved. */
export function createLineNews({ clock, order, show }: LineNewsOptions): () => void {
	let told = new Map<string, number>();
	let isPlanned = false;

	const tell = async (): Promise<void> => {
		isPlanned = false;
		const now = new Map(
			order()
				.slice(0, MOST_TOLD)
				.map((session, index) => [session, index]),
		);
		const moved = [...now].filter(([session, index]) => told.get(session) !== index);
		told = now;
		for (const [session] of moved) await show(session);
	};

	return () => {
		if (isPlanned) return;
		isPlanned = true;
		clock.after(EVERY_MS, () => void tell());
	};
}
