import { z } from 'zod';
import type { Store, StoreChange } from '../core/store.ts';

/** Open runs that are work for whichever worker takes them, by id. */
export const DISPATCHES = 'dispatch';

const dispatchSchema = z.object({
	/** Whether a person can be asked where its thread is shown. */
	canAsk: z.boolean(),
});
export type Dispatch = z.infer<typeof dispatchSchema>;

/** The change that makes a run work for the workers. */
export const dispatched = (run: string, value: Dispatch): StoreChange => ({
	type: 'put',
	kind: DISPATCHES,
	key: run,
	value,
});

/** The change after which it is that no more. */
export const dispatchForgotten = (run: string): StoreChange => ({ type: 'delete', kind: DISPATCHES, key: run });

/** Null: it is no work for workers, or not any more. */
export async function readDispatch(store: Store, run: string): Promise<Dispatch | null> {
	const found = await store.get(DISPATCHES, run);
	return found === null ? null : dispatchSchema.parse(found.value);
}
