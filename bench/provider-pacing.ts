/** Something that is due again and again. `fire` says when next, in milliseconds of `performance.now()`; null: never. */
export interface Paced {
	fire(due: number): number | null;
}

/** Runs thousands of paced streams on one timer: a wheel with a slot for each millisecond. */
export function createPacing() {
	const slots = new Map<number, { due: number; paced: Paced }[]>();
	let hand = 0;
	let waiting = 0;
	let lateMs = 0;
	let fired = 0;

	function add(due: number, paced: Paced): void {
		const slot = Math.max(hand, Math.ceil(due));
		const there = slots.get(slot);
		if (there === undefined) slots.set(slot, [{ due, paced }]);
		else there.push({ due, paced });
		waiting += 1;
	}

	function turn(): void {
		const now = performance.now();
		for (; hand <= now; hand += 1) {
			const due = slots.get(hand);
			if (due === undefined) continue;
			slots.delete(hand);
			waiting -= due.length;
			for (const one of due) {
				lateMs += now - one.due;
				fired += 1;
				const next = one.paced.fire(one.due);
				if (next !== null) add(next, one.paced);
			}
		}
		if (waiting > 0) setTimeout(turn, 1);
	}

	return {
		start(due: number, paced: Paced): void {
			if (waiting === 0) {
				hand = Math.floor(performance.now());
				setTimeout(turn, 1);
			}
			add(due, paced);
		},
		/** Mean lateness in milliseconds since the last call: how far the server itself was behind. */
		takeLateness(): number {
			const mean = fired === 0 ? 0 : lateMs / fired;
			lateMs = 0;
			fired = 0;
			return mean;
		},
	};
}
