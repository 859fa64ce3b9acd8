/** Texts to vectors. Vectors of different ids cannot be compared. */
export interface Embedder {
	/** Names model and size, such as `use-lite-en/512`. */
	readonly id: string;
	/** Throws when it cannot be had at the moment. */
	embed(text: string): Promise<readonly number[]>;
	/** Loads what it needs, so that the first text does not wait for it. */
	load(): Promise<void>;
}
