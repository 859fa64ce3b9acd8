/** Something that happens now and then, and can be waited for. */
export interface Signalling {
	now(): void;
	/** Resolves the next time. */
	next(): Promise<void>;
}

export function createSignalling(): Signalling {
	let coming = Promise.withResolvers<void>();
	return {
		now() {
			coming.resolve();
			coming = Promise.withResolvers();
		},
		next: () => coming.promise,
	};
}
