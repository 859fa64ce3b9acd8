import { isRunHeld, isStoreAway } from '../core/errors.ts';
import type { Runs } from './runs.ts';

export interface LeftRunsOptions {
	runs: Pick<Runs, 'unfinished' | 'suspects' | 'proven'>;
	/** Goes on with a run. */
	take(run: string): Promise<unknown>;
	/** Goes on with a run of a session, or with what comes after its end. */
	goOn(run: string, session: string): Promise<void>;
	/** A run could not be gone on with. */
	onFailed(run: string, error: unknown): void;
}

/** The runs that have nobody who holds them. What keeps one of them from going on keeps no other. */
export function createLeftRuns({ runs, take, goOn, onFailed }: LeftRunsOptions) {
	/** Runs that were left while the store was away, with their sessions. */
	const lost = new Map<string, string>();

	const tryToTake = async (run: string): Promise<void> => {
		await take(run).catch((error: unknown) => onFailed(run, error));
	};

	/** Each when the one before has got on: whichever the process dies over, the others are not blamed for it. */
	const oneByOne = async (ids: readonly string[]): Promise<void> => {
		for (const id of ids) {
			await tryToTake(id);
			await runs.proven(id);
		}
	};

	return {
		/** This process has to leave a run, because of `error`. */
		lose(run: string, session: string, error: unknown): void {
			if (isStoreAway(error)) lost.set(run, session);
		},
		/** Takes up what an earlier process left; the result are those that wait to be taken up one after the other. */
		async takeUp(): Promise<readonly string[]> {
			const left = (await runs.unfinished()).map(({ id }) => id);
			const suspects = (await runs.suspects()).filter((id) => left.includes(id));
			for (const id of left) if (!suspects.includes(id)) await tryToTake(id);
			void oneByOne(suspects);
			return suspects;
		},
		/** Goes on with those that were lost while the store was away, if it is back. */
		async takeUpLost(): Promise<void> {
			for (const [run, session] of lost) {
				try {
					await goOn(run, session);
				} catch (error) {
					if (isStoreAway(error)) return;
					if (isRunHeld(error)) continue;
					onFailed(run, error);
				}
				lost.delete(run);
			}
		},
	};
}
