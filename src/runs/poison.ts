import { z } from 'zod';
import { BotError } from '../core/errors.ts';
import { allRecords, type Store, type StoreChange } from '../core/store.ts';

/** Runs that were taken up and have written nothing since. */
const TRIES = 'tries';
/** A run that was taken up so often, and over which the process died or failed each time, is given up. */
export const MOST_TRIES = 5;
/** From so many on a run is taken up alone, so that no other is blamed for it. */
const SUSPECT_TRIES = 3;

const triesSchema = z.object({ tries: z.number().int().positive() });

const triesIn = (value: unknown): number => triesSchema.safeParse(value).data?.tries ?? 0;

/** How often a run was taken up since it last wrote something. */
export async function triesOf(store: Store, run: string): Promise<number> {
	return triesIn((await store.get(TRIES, run))?.value);
}

/** Whether a run may be what processes have died over, and is to be tried alone. */
export const isSuspect = (tries: number): boolean => tries >= SUSPECT_TRIES;

/** Runs that may be what the process died over, the least tried first. */
export async function suspects(store: Store): Promise<readonly string[]> {
	const found: { run: string; tries: number }[] = [];
	for await (const { key: run, value } of allRecords(store, TRIES)) found.push({ run, tries: triesIn(value) });
	const suspected = found.filter(({ tries }) => isSuspect(tries));
	return suspected.sort((a, b) => a.tries - b.tries).map(({ run }) => run);
}

/** The change that counts one more try, to be committed before it is made. */
export const tried = (run: string, tries: number): StoreChange => ({
	type: 'put',
	kind: TRIES,
	key: run,
	value: { tries },
});

/** The change after which nothing is held against a run. */
export const cleared = (run: string): StoreChange => ({ type: 'delete', kind: TRIES, key: run });

/**
 * Lets suspects be tried one after the other, whoever finds them: the next when the one before has got on. The result
 * throws `run_held` meanwhile.
 */
export function oneAtATime() {
	let isTrying = false;
	const free = () => {
		isTrying = false;
	};
	return async <Taken>(run: string, take: () => Promise<Taken>, proven: () => Promise<void>): Promise<Taken> => {
		if (isTrying) throw waitingError(run);
		isTrying = true;
		try {
			const taken = await take();
			void proven().then(free);
			return taken;
		} catch (thrown) {
			free();
			throw thrown;
		}
	};
}

const waitingError = (run: string) =>
	new BotError('run_held', `${run} waits until another run has got on`, {
		userMessage:
			'The program may have ended over this run more than once, so it is taken up alone. Wait until the other one has got on.',
	});
