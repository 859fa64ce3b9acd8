import { AsyncLocalStorage } from 'node:async_hooks';
import { BotError } from '../../../core/errors.ts';
import type { AskModel, MemorySpace } from '../../../core/memory.ts';

/**
 * What mem0 is called for at the moment. It hands its parts ids and filters only; this is what they check them
 * against, so that no call can leave its space.
 */
export interface Job {
	space: MemorySpace;
	/** What is looked for, in its own words. */
	question: string;
	/** What it may embed beside a question: the texts that become memories. */
	texts: Set<string>;
	/** Ids of the memories that the model was shown, in the order of its numbers for them. */
	shown: string[];
	/** Ids that a new text takes the place of. */
	replaces: Map<string, readonly string[]>;
	/** Asks the model; null: this job needs none. */
	ask: AskModel | null;
	signal: AbortSignal;
	/** What went wrong where mem0 would only write it to the terminal. */
	failure: { error: unknown } | null;
	/** Ids of what was kept; what was known already is not among them. */
	written: string[];
	/** Texts of what it took the place of. */
	replaced: readonly string[];
}

const jobs = new AsyncLocalStorage<Job>();

export function newJob(space: MemorySpace, given: Partial<Job> = {}): Job {
	return {
		space,
		...{ question: '', texts: new Set<string>(), shown: [], replaces: new Map<string, readonly string[]>() },
		...{ failure: null, ask: null, signal: new AbortController().signal, written: [], replaced: [] },
		...given,
	};
}

/** Throws what went wrong, also what mem0 has passed over. */
export async function during<Result>(job: Job, work: () => Promise<Result>): Promise<Result> {
	const result = await jobs.run(job, work);
	if (job.failure !== null) throw job.failure.error;
	return result;
}

/** Throws when mem0 does something that nobody has asked it for. */
export function currentJob(): Job {
	const job = jobs.getStore();
	if (job === undefined) throw new BotError('bug', 'mem0 reached for memories outside of any space');
	return job;
}

/** What is asked for must be of the space that it is asked for in. */
export function checkSpace({ space }: Job, userId: unknown): void {
	if (userId !== space.id) throw new BotError('bug', `memories of another space than ${space.id} were asked for`);
}
