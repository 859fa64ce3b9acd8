import type { StoreChange } from './store.ts';

/** What this process holds until another one takes it. */
export interface Lease {
	/** Belongs into every commit made for what is held: it is refused when another has taken it. */
	readonly check: StoreChange;
	/** What this process knows by itself, without asking. False: another one may have taken it, or has. */
	isHeld(): boolean;
	/** Another one certainly has taken it. */
	isLost(): boolean;
	/** Resolves when it is certain that it is held, at once if it is. Throws `lease_lost` when it is not any more. */
	certain(): Promise<void>;
	/** What a failed commit means: `lease_lost` when another has taken it, otherwise the same error. */
	explain(thrown: unknown): Promise<unknown>;
	/** Calls once when another one has taken it. */
	onLost(lost: () => void): void;
	/** Nothing is done under it any more. It is not given back. */
	end(): void;
}
