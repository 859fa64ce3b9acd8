import { z } from 'zod';
import { type Signal, signalSchema } from '../core/coordination.ts';
import type { Store, StoreChange } from '../core/store.ts';

/** What a person may do to a run that is going. */
export type PersonSignal = Signal & { type: 'chosen' | 'cancel' };

const entrySchema = z.object({ signal: signalSchema });

const logOf = (run: string) => `signals/${run}`;

/** Tells a run that another process holds. Whoever takes it over hears of it, too. */
export async function tellRun(store: Store, run: string, signal: PersonSignal): Promise<void> {
	await store.commit([{ type: 'append', log: logOf(run), value: { signal } }]);
}

/**
 * Hears all that people have done to a run, from its beginning, until `until` aborts: what had its effect before means
 * nothing to it any more.
 */
export async function hearPeople(
	store: Store,
	run: string,
	heard: (signal: PersonSignal) => unknown,
	until: AbortSignal,
): Promise<void> {
	for await (const { value } of store.watch(logOf(run), 0, until)) {
		const { signal } = entrySchema.parse(value);
		if (signal.type === 'chosen' || signal.type === 'cancel') heard(signal);
	}
}

/** The change after which nobody knows what people did to a run. */
export const signalsForgotten = (run: string): StoreChange => ({ type: 'drop', log: logOf(run) });
