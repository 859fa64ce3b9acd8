import type { Store } from '../../../src/core/store.ts';

/** Keeps every call of a store waiting while it is shut. */
export interface Gate {
	around(store: Store): Store;
	shut(): void;
	open(): void;
}

export function createGate(): Gate {
	let way = Promise.resolve();
	let release = () => {};
	return {
		around: (store) => ({
			...store,
			get: async (...given) => way.then(() => store.get(...given)),
			list: async (...given) => way.then(() => store.list(...given)),
			read: async (...given) => way.then(() => store.read(...given)),
			commit: async (...given) => way.then(() => store.commit(...given)),
		}),
		shut() {
			const gate = Promise.withResolvers<void>();
			way = gate.promise;
			release = gate.resolve;
		},
		open: () => release(),
	};
}
