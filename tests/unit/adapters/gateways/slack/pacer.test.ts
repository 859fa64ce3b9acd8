import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createPacer, type Lane } from '../../../../../src/adapters/gateways/slack/pacer.ts';
import { createManualClock } from '../../../../support/manual-clock.ts';

const lane = (key: string, perMinute = 60, burst = 1): Lane => ({ key, pace: { perMinute, burst } });

it('never begins more than a burst and its rate in a minute, and keeps nothing back longer than that takes', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.integer({ min: 1, max: 60 }),
			fc.integer({ min: 1, max: 10 }),
			fc.array(fc.nat(5000), { minLength: 1, maxLength: 60 }),
			async (perMinute, burst, gaps) => {
				const clock = createManualClock(0);
				const pacer = createPacer(clock);
				const begun: number[] = [];
				const work: Promise<number>[] = [];
				for (const gap of gaps) {
					await clock.advance(gap);
					const task = async () => ({ type: 'done', value: begun.push(clock.now()) }) as const;
					work.push(pacer.run([lane('a', perMinute, burst)], task));
				}
				await clock.advance((gaps.length * 60_000) / perMinute);
				expect(await Promise.all(work)).toEqual(gaps.map((_, index) => index + 1));
				for (const start of begun) {
					const within = begun.filter((at) => at >= start && at < start + 60_000);
					expect(within.length).toBeLessThanOrEqual(perMinute + burst);
				}
			},
		),
		{ numRuns: 60 },
	);
});

it('holds the lane that was told to wait, and no other', async () => {
	const clock = createManualClock(0);
	const pacer = createPacer(clock);
	const begun: string[] = [];
	let told = false;
	const task = (name: string) => async () => {
		begun.push(`${name} ${clock.now()}`);
		if (name !== 'a' || told) return { type: 'done', value: name } as const;
		told = true;
		return { type: 'too_soon', waitMs: 30_000 } as const;
	};
	const work = [
		pacer.run([lane('x')], task('a')),
		pacer.run([lane('x')], task('b')),
		pacer.run([lane('y')], task('c')),
		pacer.run([lane('z'), lane('x')], task('d')),
	];
	await clock.advance(60_000);
	expect(await Promise.all(work)).toEqual(['a', 'b', 'c', 'd']);
	expect(begun).toEqual(['a 0', 'c 0', 'a 30000', 'b 31000', 'd 32000']);
});

it('gives up what waits when it is closed', async () => {
	const clock = createManualClock(0);
	const pacer = createPacer(clock);
	const done = async () => ({ type: 'done', value: 1 }) as const;
	expect(await pacer.run([lane('x')], done)).toBe(1);
	const waiting = pacer.run([lane('x')], done);
	pacer.close('over');
	await expect(waiting).rejects.toThrow('over');
	await expect(pacer.run([lane('y')], done)).rejects.toThrow('over');
	expect(clock.pending()).toBe(0);
});
