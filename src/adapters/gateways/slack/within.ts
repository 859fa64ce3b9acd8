import type { Clock } from '../../../core/clock.ts';

/** What a promise gives, or undefined when it takes longer than `ms`. */
export async function within<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T | undefined> {
	const late = Promise.withResolvers<undefined>();
	const cancel = clock.after(ms, () => late.resolve(undefined));
	return Promise.race([work, late.promise]).finally(cancel);
}
