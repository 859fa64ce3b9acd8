import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storeClosing } from './store/closing.ts';
import { storeCommits } from './store/commits.ts';
import { storeProperties } from './store/properties.ts';
import { storeRecords } from './store/records.ts';
import type { MadeStore } from './store/steps.ts';
import { storeValues } from './store/values.ts';
import { storeWatches } from './store/watches.ts';

/**
 * What every `Store` does, sentence by sentence of the port. `make` gives an empty store for each test; `durable`:
 * what it holds outlives it, and `make` says how to reopen it.
 */
export function storeContract(name: string, make: () => Promise<MadeStore>, { durable }: { durable: boolean }): void {
	describe(`store contract: ${name}`, () => {
		let made: MadeStore;
		beforeEach(async () => {
			made = await make();
		});
		afterEach(() => made.store.close());

		const store = () => made.store;
		it('says whether what it holds outlives a crash', () => {
			expect(store().durable).toBe(durable);
		});
		storeRecords(store);
		storeCommits(store);
		storeValues(store);
		storeWatches(store);
		storeClosing(() => made, durable);
		storeProperties(store);
	});
}
