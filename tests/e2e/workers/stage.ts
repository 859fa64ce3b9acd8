import { onTestFailed, onTestFinished } from 'vitest';
import { createRedisStore } from '../../../src/adapters/stores/redis.ts';
import type { JournalEntry } from '../../../src/core/run.ts';
import type { Store } from '../../../src/core/store.ts';
import { systemClock } from '../../../src/system-clock.ts';
import { createFakeDiscord } from '../../platforms/discord/discord.ts';
import { text, tool } from '../../platforms/mcp-server/behaviour.ts';
import { startMcpHttpServer } from '../../platforms/mcp-server/http-server.ts';
import { type Running, startScript, temporaryFolder } from '../../support/command.ts';
import { type RedisServer, startRedis } from '../../support/redis.ts';

const ARGS = ['start', '--config', 'tests/e2e/fixtures/workers.yaml'];
const LEASE_MS = 2_000;
const PREFIX = 'many';
const GREETING = {
	all: /On Discord as/,
	gateway: /On Discord as/,
	worker: /Runs of other processes are done here/,
};

type Kind = keyof typeof GREETING;

/** One Redis, a fake Discord and a till; gateways and workers are processes of their own. */
export async function stage() {
	const server = await startRedis();
	onTestFinished(() => server.remove());
	const discord = await createFakeDiscord();
	onTestFinished(discord.close);
	const till = await startMcpHttpServer({ tools: [tool('charge')], call: () => text('done at the till') });
	onTestFinished(till.close);
	const store = await createRedisStore({ url: server.url, prefix: PREFIX, clock: systemClock, onNotice: () => {} });
	onTestFinished(() => store.close());
	const ada = discord.person('Ada');
	const general = discord.channel('Alpha', 'general');
	const processes = new Set<Running>();

	const start = async (kind: Kind, more: Readonly<Record<string, string>> = {}): Promise<Running> => {
		const folder = await temporaryFolder();
		onTestFinished(folder.remove);
		const { SCRIPT = 'src/main.ts', ...env } = more;
		const running = startScript(SCRIPT, [...ARGS, '--role', kind], {
			env: {
				...{ REDIS_URL: server.url, REDIS_PREFIX: PREFIX, LEASE_SECONDS: String(LEASE_MS / 1_000) },
				...{ DATA_DIR: folder.path, PORT: '0', AUDIT_KEY: Buffer.alloc(32, 7).toString('base64') },
				...{ TILL_URL: till.url, OWNERS: `discord:${discord.guildId('Alpha')}:${ada.user.id}` },
				...(kind !== 'worker'
					? { DISCORD_TOKEN: discord.token, DISCORD_API_URL: discord.api, DISCORD_DEPLOY: 'yes' }
					: {}),
				...env,
			},
		});
		processes.add(running);
		onTestFinished(async () => {
			running.process.kill('SIGKILL');
			await running.ended;
		});
		await running.shows(GREETING[kind]);
		return running;
	};
	onTestFailed(async () => {
		console.log(discord.transcript(general));
		for (const { process, ended } of processes) {
			process.kill('SIGKILL');
			console.log(await ended);
		}
	});

	return {
		...{ server, discord, store, ada, general, start },
		...runsIn(store),
		charges: () => till.received.filter(({ method }) => method === 'tools/call').length,
		thread: () => discord.transcript(general),
		shows: (words: string | RegExp) =>
			discord.until(`${words}`, () => {
				const shown = discord.transcript(general);
				return typeof words === 'string' ? shown.includes(words) : words.test(shown);
			}),
		flushQueue: () => flushQueue(server),
	};
}

export type Stage = Awaited<ReturnType<typeof stage>>;

/** What the store tells of runs, to a process that takes no part. */
function runsIn(store: Store) {
	const look = async <T>(find: () => Promise<T | null>): Promise<T> => {
		for (;;) {
			const found = await find();
			if (found !== null) return found;
			// Other processes write it.
			await new Promise((resolve) => setTimeout(resolve, 10));
		}
	};
	const journal = async (run: string) =>
		(await store.read(`journal/${run}`, { after: 0, limit: 10_000 })).map(({ value }) => value as JournalEntry);
	return {
		journal,
		/** The latest run, as soon as there are so many. */
		run: (count = 1) =>
			look(async () => {
				const records = await store.list('run', { limit: 1_000 });
				return records.length < count ? null : (records.at(-1)?.key ?? null);
			}),
		/** Resolves when the journal of a run has an entry like this. */
		entry: async (run: string, isIt: (entry: JournalEntry) => boolean, count = 1) => {
			const until = new AbortController();
			let found = 0;
			for await (const { value } of store.watch(`journal/${run}`, 0, until.signal)) {
				if (isIt(value as JournalEntry)) found += 1;
				if (found === count) return until.abort();
			}
		},
		/** The process that holds a run, as soon as one of these does. */
		holder: (run: string, among: readonly Running[]) =>
			look(async () => {
				const lease = await store.get('lease', run);
				const owner = (lease?.value as { owner?: string } | undefined)?.owner ?? '';
				const home = owner === '' ? null : await store.get('holder', owner);
				const pid = Number(
					String((home?.value as { home?: string } | undefined)?.home)
						.split(' ')
						.at(-1),
				);
				return among.find(({ process }) => process.pid === pid) ?? null;
			}),
		/** Resolves when a process has given a sign of life from now on. */
		async alive({ process }: Running) {
			const isIts = ({ value }: { value: unknown }) =>
				String((value as { home?: string }).home).endsWith(` ${process.pid}`);
			const version = async () => (await store.list('holder', { limit: 100 })).find(isIts)?.version ?? 0;
			const before = await version();
			await look(async () => ((await version()) > before ? true : null));
		},
	};
}

/** Everything that BullMQ keeps, and nothing else. */
async function flushQueue(server: RedisServer): Promise<void> {
	const find = async () => [...(await server.command('KEYS', `${PREFIX}-queue:*`)).matchAll(/many-queue:\S+/g)];
	let keys = (await find()).map(([key]) => key);
	// The run is there before it is in the queue.
	while (!keys.some((key) => key.includes(':run-'))) keys = (await find()).map(([key]) => key);
	await server.command('DEL', ...keys);
}

/** Without what differs from run to run: ids, times, and anonymous names. */
export const comparable = (transcript: string) =>
	transcript
		.replace(/edited \d+x/g, 'edited')
		.replace(/ \((?:silent, )?edited\)/g, (note) => (note.includes('silent') ? ' (silent)' : ''))
		.replace(/<t:\d+:R>|<@\d+>|run `\w+`|· [\d.]+ s|agent\d|channels\/[\d/]+/g, '*')
		.replace(/MassGen \(answers .*\):\n.*\n/g, '');
