import { POST_PACE } from '../src/adapters/gateways/slack/limits.ts';
import { createPacer } from '../src/adapters/gateways/slack/pacer.ts';
import { systemClock } from '../src/system-clock.ts';
import type { Contest } from './by-program.ts';
import type { Finding } from './findings.ts';
import { said } from './said.ts';
import { median } from './statistics.ts';

const REPETITIONS = 5;
/** Slack bounds posts of a channel; a post is to cost next to nothing beside its request. */
const MOST_US = 20;

/** What the pacing of posts costs, and whether a platform's pace is used up. */
export async function measurePacing({ sizes, note }: Contest): Promise<{ findings: Finding[] }> {
	note('pacing of posts');
	const { places, posts, seconds } = sizes.pacing;
	const free = { perMinute: 60_000_000, burst: 1_000_000 };
	const paced: number[] = [];
	const bare: number[] = [];
	for (let repetition = 0; repetition < REPETITIONS; repetition += 1) {
		const pacer = createPacer(systemClock);
		const perPost = async (post: (place: number) => Promise<unknown>): Promise<number> => {
			const before = process.cpuUsage();
			const all = Array.from({ length: places * posts }, (_, at) => post(at % places));
			await Promise.all(all);
			const { user, system } = process.cpuUsage(before);
			return (user + system) / all.length;
		};
		bare.push(await perPost(async () => ({ type: 'done' })));
		paced.push(
			await perPost((place) =>
				pacer.run([{ key: `T/C${place}`, pace: free }], async () => ({ type: 'done', value: null })),
			),
		);
		pacer.close('the end');
	}
	const done = await postsWithin(places, seconds);
	const allowed = places * (POST_PACE.burst + Math.floor((seconds * POST_PACE.perMinute) / 60));
	return {
		findings: [
			{
				...{ what: `CPU of the pacing for a post, ${places} channels at once`, value: median(paced), digits: 1 },
				...{ unit: 'microseconds', goal: { limit: MOST_US } },
				beside: `without: ${said(median(bare), 1)}; ${said(1e6 / median(paced), 0)} posts a second of CPU`,
			},
			{
				...{ what: `posts a second in the pace of Slack, ${places} channels`, value: done / seconds, digits: 1 },
				...{ unit: 'a second', goal: { limit: Math.floor((0.95 * allowed) / seconds), atLeast: true } },
				beside: `allowed: ${said(allowed / seconds, 1)}`,
			},
		],
	};
}

/** Posts that began while every channel had more to post than it may. */
async function postsWithin(places: number, seconds: number): Promise<number> {
	const pacer = createPacer(systemClock);
	let done = 0;
	const task = async () => {
		done += 1;
		return { type: 'done' as const, value: null };
	};
	const many = seconds + POST_PACE.burst + 2;
	const waiting = Array.from({ length: places * many }, (_, at) =>
		pacer.run([{ key: `T/C${at % places}`, pace: POST_PACE }], task).catch(() => {}),
	);
	await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
	const within = done;
	pacer.close('the end');
	await Promise.all(waiting);
	return within;
}
