/**
 * `npm run soak`: the program under a storm, for ten minutes or `--minutes`. Its process is killed and paused, Redis is
 * restarted and silent, the provider refuses, breaks off and hangs, Discord limits and drops, all at random by `--seed`.
 * Then the storm ends, and so must every run; the journals must agree with the provider's own counts.
 * Ends with 0 when everything was as it must be.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRedisStore } from '../src/adapters/stores/redis.ts';
import { runRecordSchema } from '../src/core/run.ts';
import { allRecords, type Store } from '../src/core/store.ts';
import { systemClock } from '../src/system-clock.ts';
import { createFakeDiscord, type FakeDiscord } from '../tests/platforms/discord/discord.ts';
import { startScript } from '../tests/support/command.ts';
import { pageAt } from '../tests/support/page.ts';
import { startRedis } from '../tests/support/redis.ts';
import { createChance } from './soak/chance.ts';
import { type Program, runProgram } from './soak/program.ts';
import { startMoodyProvider } from './soak/provider.ts';
import { makeTroubles } from './soak/troubles.ts';
import { doubled, isOver, judge } from './soak/verdict.ts';

const { values } = parseArgs({
	options: { minutes: { type: 'string' }, runs: { type: 'string' }, seed: { type: 'string' } },
});
const minutes = Number(values.minutes ?? 10);
/** Runs that are kept going at the same time. */
const most = Number(values.runs ?? 200);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
/** How long (ms) runs may take to end when all is well again. */
const CALM_MS = 180_000;

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const say = (text: string) => process.stdout.write(`${text}\n`);

async function going(store: Store): Promise<number> {
	let count = 0;
	for await (const { value } of allRecords(store, 'run')) {
		if (runRecordSchema.parse(value).status === 'running') count += 1;
	}
	return count;
}

/** Keeps `most` runs going: every second question is asked on Discord, the others on the page. */
async function askOn(store: Store, program: Program, discord: FakeDiscord, signal: AbortSignal): Promise<number> {
	const general = discord.channel('Alpha', 'general');
	const ada = discord.person('Ada');
	let asked = 0;
	while (!signal.aborted) {
		const address = await program.ready();
		// While Redis is away nobody knows how many there are.
		const missing = most - (await going(store).catch(() => most));
		const questions = Array.from({ length: Math.min(missing, 40) }, (_, index) => `Question ${asked + index + 1}?`);
		asked += questions.length;
		const page = pageAt(address);
		const asking = questions.map(async (question, index) => {
			if (index % 2 === 0) ada.say(general, `<@${discord.clientId}> ${question}`);
			// A process that has just died takes none.
			else await page.ask(question).catch(() => {});
		});
		await Promise.all(asking);
		await sleep(200);
	}
	return asked;
}

async function untilOver(store: Store): Promise<boolean> {
	const limit = performance.now() + CALM_MS;
	while (performance.now() < limit) {
		if (await isOver(store)) return true;
		await sleep(250);
	}
	return false;
}

const folder = await mkdtemp(join(tmpdir(), 'massgen-soak-'));
const chance = createChance(seed);
// The more runs, the longer they take: otherwise they would end before there are so many.
const provider = await startMoodyProvider(chance, 20 * most);
const redis = await startRedis();
const discord = await createFakeDiscord();
const config = join(folder, 'team.yaml');
const agents = [1, 2, 3].map((index) => {
	const backend = `{ type: chatcompletion, model: soak-${index}, base_url: "${provider.url}", idle_timeout_seconds: 3 }`;
	return `  - id: a${index}\n    backend: ${backend}\n`;
});
await writeFile(config, `agents:\n${agents.join('')}`);
const env = {
	...{ REDIS_URL: redis.url, DATA_DIR: join(folder, 'data'), PORT: '0', OPENAI_API_KEY: 'sk-soak' },
	...{ DISCORD_TOKEN: discord.token, DISCORD_API_URL: discord.api, DISCORD_DEPLOY: 'yes' },
};
say(`seed ${seed}: ${minutes} minutes with ${most} runs at a time`);
// One line for each process: what is added here is killed and paused like the others.
const programs = [runProgram(['start', '--config', config], env)];
const [program] = programs;
if (program === undefined) throw new Error('there is no program');
const store = await createRedisStore({ url: redis.url, prefix: 'massgen', clock: systemClock, onNotice: () => {} });
await program.ready();
const storm = AbortSignal.timeout(minutes * 60_000);
const told = (line: string) => (values.minutes === undefined ? say(line) : undefined);
const [troubles, asked] = await Promise.all([
	makeTroubles({ chance, programs, redis, discord, signal: storm, told }),
	askOn(store, program, discord, storm),
]);
provider.calm();
const isCalm = await untilOver(store);
const endMs = await program.end();
const verdict = await judge(store, provider.served);
const audit = await startScript('src/main.ts', ['audit', 'verify', '--config', config], { env }).ended;
const records = [];
for await (const { value } of allRecords(store, 'run')) records.push(runRecordSchema.parse(value));
const faults = [
	...(isCalm ? [] : [`not every run has ended ${CALM_MS / 1_000} s after the storm`]),
	...verdict.faults,
	...programs.flatMap((one) => one.faults),
	...doubled(discord, records),
	...(audit.code === 0 ? [] : [`the audit does not verify: ${audit.stdout}${audit.stderr}`]),
	...(endMs < 25_000 ? [] : [`SIGTERM took ${Math.round(endMs / 1_000)} s`]),
];
say(`troubles: ${JSON.stringify({ ...troubles, ...provider.troubles })}; lives: ${program.lives()}`);
say(
	`${asked} questions asked, ${verdict.runs} runs, at most ${verdict.concurrent} at once: ${JSON.stringify(verdict.outcomes)}`,
);
say(`${verdict.calls} model calls in the journals, ${provider.served.size} replies sent in full by the provider`);
for (const fault of faults.slice(0, 20)) say(`FAULT ${fault}`);
say(faults.length === 0 ? 'all is as it must be' : `${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
await store.close();
await redis.remove();
await discord.close();
provider.close();
await rm(folder, { recursive: true, force: true });
