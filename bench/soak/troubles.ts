import type { FakeDiscord } from '../../tests/platforms/discord/discord.ts';
import type { RedisServer } from '../../tests/support/redis.ts';
import { between, type Chance } from './chance.ts';
import type { Program } from './program.ts';

export interface TroubleOptions {
	chance: Chance;
	programs: readonly Program[];
	redis: RedisServer;
	discord: FakeDiscord;
	/** No more of it from then on. */
	signal: AbortSignal;
	told(line: string): void;
}

type Trouble = 'kill' | 'pause' | 'redis away' | 'redis silent' | 'discord drops' | 'discord limits' | 'discord cuts';
/** Each as often as it is named. */
const TROUBLES: readonly Trouble[] = [
	'kill',
	'kill',
	'pause',
	'redis away',
	'redis silent',
	'discord drops',
	'discord limits',
	'discord cuts',
];

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Makes one trouble after the other; how often each. At its end all is well again. */
export async function makeTroubles(options: TroubleOptions): Promise<Readonly<Record<string, number>>> {
	const { chance, signal, told, programs } = options;
	const counts: Record<string, number> = {};
	while (!signal.aborted) {
		await sleep(between(chance, 500, 2_500));
		if (signal.aborted) break;
		const trouble = TROUBLES[between(chance, 0, TROUBLES.length - 1)] ?? 'kill';
		const program = programs[between(chance, 0, programs.length - 1)];
		if (program === undefined) break;
		// A process that is killed before it is there proves nothing.
		if (trouble === 'kill' || trouble === 'pause') await program.ready();
		counts[trouble] = (counts[trouble] ?? 0) + 1;
		told(trouble);
		await make(trouble, program, options);
	}
	return counts;
}

async function make(trouble: Trouble, program: Program, { chance, redis, discord }: TroubleOptions): Promise<void> {
	const messages = { route: 'POST /channels/*', times: between(chance, 1, 8) };
	switch (trouble) {
		case 'kill':
			return program.kill();
		case 'pause':
			program.pause();
			await sleep(between(chance, 200, 4_000));
			return program.resume();
		case 'redis away':
			await redis.kill();
			await sleep(between(chance, 0, 3_000));
			return redis.start();
		case 'redis silent':
			redis.pause();
			await sleep(between(chance, 100, 2_000));
			return redis.resume();
		case 'discord drops':
			return discord.gateway.drop();
		case 'discord limits':
			discord.fail(messages, { type: 'limit', retryAfter: 0.3 });
			discord.fail({ ...messages, route: 'PATCH /channels/*' }, { type: 'limit', retryAfter: 0.3 });
			return;
		case 'discord cuts':
			discord.fail(messages, { type: 'drop', by: between(chance, 0, 1) === 0 ? 'reset' : 'close' });
			discord.fail({ ...messages, times: 1 }, { type: 'error', status: 502, accept: true });
	}
}
