import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createRedisStore } from '../../src/adapters/stores/redis.ts';
import { type App, createApp } from '../../src/app.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { RunEvent } from '../../src/core/run-event.ts';
import { encodeSessionId } from '../../src/core/session-id.ts';
import type { Store } from '../../src/core/store.ts';
import { systemClock } from '../../src/system-clock.ts';
import { text, tool } from '../platforms/mcp-server/behaviour.ts';
import { startMcpHttpServer } from '../platforms/mcp-server/http-server.ts';
import { massgen, startScript, temporaryFolder } from '../support/command.ts';
import { createQuickClock } from '../support/quick-clock.ts';
import { type RedisServer, startRedis } from '../support/redis.ts';
import { requireService } from '../support/services.ts';
import { eventsIn, threadOf } from '../support/thread-of.ts';

const QUESTION = 'the outage';
const FILE = 'tests/e2e/fixtures/crash.yaml';
const CONFIG = ['--config', FILE];
const SLOW = { timeout: 120_000 };

beforeEach((context) => requireService('redis', context));

async function ownServer(): Promise<RedisServer> {
	const server = await startRedis();
	onTestFinished(() => server.remove());
	return server;
}

const undisturbed = async (env: Record<string, string>) => {
	const ended = await massgen(['ask', '--json', ...CONFIG, QUESTION], { env });
	expect(ended).toMatchObject({ code: 0, stderr: '' });
	return threadOf(eventsIn(ended.stdout));
};

describe('kill -9 of the program, with its runs in Redis', () => {
	/** Of the writes of a run: that each can be the last is proven in one process, in crash-matrix.test.ts. */
	const EVERY = 12;
	/** Before it the run is not there: the process has told of itself and taken the question. */
	const FIRST = 6;

	it('is resumed in another process, and the thread is the same', SLOW, async () => {
		const server = await ownServer();
		const folder = await temporaryFolder();
		onTestFinished(() => folder.remove());
		const redis = (name: string) => ({ REDIS_URL: server.url, REDIS_PREFIX: name, DATA_DIR: join(folder.path, name) });
		const expected = await undisturbed(redis('whole'));
		const dieAt = async (at: number, when: string) => {
			const name = `${when}-${at}`;
			const COMMITS = join(folder.path, name);
			const env = { ...redis(name), CRASH_AT: String(at), CRASH_WHEN: when, COMMITS };
			const ended = await startScript('tests/e2e/crash-child.ts', ['ask', '--json', ...CONFIG, QUESTION], { env })
				.ended;
			return { env: redis(name), ended, commits: (await readFile(COMMITS, 'utf8')).length };
		};
		const { commits } = await dieAt(0, 'before');
		expect(commits).toBeGreaterThan(20);
		for (let at = FIRST; at < commits - 1; at += EVERY) {
			for (const when of ['before', 'after']) {
				const { env, ended } = await dieAt(at, when);
				expect(ended.signal).toBe('SIGKILL');
				const resumed = await massgen(['ask', '--resume', '--json', ...CONFIG], { env });
				expect(resumed, `${when} ${at}`).toMatchObject({ code: 0, stderr: '' });
				expect(await threadOf(eventsIn(resumed.stdout)), `${when} ${at}`).toEqual(expected);
			}
		}
	});
});

const QUIET = { file: FILE, flags: {}, cwd: process.cwd(), terminal: null, web: false, chats: false };

/** Asks as somebody at the page does. */
async function submitTo(app: App): Promise<void> {
	const principal = { platform: 'web', tenant: 'local', user: 'local', roles: [], kind: 'member' as const };
	const session = encodeSessionId({ ...principal, channel: 'main', thread: 'one' });
	const options = { question: QUESTION, quick: false };
	expect(await app.submit({ type: 'command', id: 'one', principal, session, name: 'ask', options })).toBeNull();
}

async function soon(isSo: () => boolean, meanwhile: () => void): Promise<void> {
	while (!isSo()) {
		meanwhile();
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
}

/** Asks in this process; resolves with what was seen when the run has finished. */
async function ask(options: {
	server: RedisServer;
	around?(store: Store): Store;
	observe?(event: RunEvent): void;
	clock?: Clock;
}) {
	const events: RunEvent[] = [];
	const problems: string[] = [];
	const { promise: finished, resolve } = Promise.withResolvers<void>();
	const { server, around, observe, clock } = options;
	const app = await createApp({
		...QUIET,
		env: { REDIS_URL: server.url },
		observe(event) {
			events.push(event);
			observe?.(event);
			if (event.type === 'run_finished') resolve();
		},
		onProblem: (text) => void problems.push(text),
		...(clock === undefined ? {} : { clock }),
		...(around === undefined
			? {}
			: {
					openStore: async (_, its) =>
						around(await createRedisStore({ url: server.url, prefix: 'massgen', clock: its, onNotice: () => {} })),
				}),
	});
	await submitTo(app);
	await finished;
	await app.close();
	return { thread: await threadOf(events.filter((event) => event.type !== 'text_delta')), problems };
}

describe('kill -9 of Redis in the middle of a run', () => {
	it('at every write: the run goes on each time, and its thread is the same', SLOW, async () => {
		const server = await ownServer();
		const expected = (await ask({ server })).thread;
		await server.command('FLUSHALL');
		let kills = 0;
		let up = Promise.resolve();
		const around = (store: Store): Store => ({
			...store,
			commit(changes) {
				const made = store.commit(changes);
				kills += 1;
				// Whether Redis has heard of it by then is left to chance.
				up = up.then(() => server.kill()).then(() => server.start());
				return made;
			},
		});
		const { thread } = await ask({ server, around });
		expect(thread).toEqual(expected);
		expect(kills).toBeGreaterThan(20);
	});

	it('for 30 seconds: nothing is lost, and it is told once', SLOW, async () => {
		const server = await ownServer();
		const expected = (await ask({ server })).thread;
		await server.command('FLUSHALL');
		const clock = createQuickClock(10);
		let isAway = false;
		const observe = ({ type }: RunEvent) => {
			if (type !== 'answer_given' || isAway) return;
			isAway = true;
			void server.kill();
			clock.after(30_000, () => void server.start());
		};
		const { thread, problems } = await ask({ server, observe, clock });
		expect(thread).toEqual(expected);
		expect(problems).toEqual([
			expect.stringMatching(/^Redis at redis:\/\/127\.0\.0\.1:\d+ does not answer\. Runs wait/),
			expect.stringMatching(/answers again\. Nothing is lost\.$/),
		]);
	});
});

describe('a Redis that stays away for longer than a minute', () => {
	it('keeps the run waiting, which goes on by itself; it is told once, and once that it is over', SLOW, async () => {
		const server = await ownServer();
		const expected = (await ask({ server })).thread;
		await server.command('FLUSHALL');
		const clock = createQuickClock(1);
		const events: RunEvent[] = [];
		const problems: string[] = [];
		const answered = Promise.withResolvers<string>();
		const finished = Promise.withResolvers<void>();
		const app = await createApp({
			...{ ...QUIET, web: true, env: { REDIS_URL: server.url, PORT: '0' }, clock },
			observe(event) {
				events.push(event);
				if (event.type === 'answer_given') answered.resolve(event.run);
				if (event.type === 'run_finished') finished.resolve();
			},
			onProblem: (text) => void problems.push(text),
		});
		await submitTo(app);
		const lost = expect(app.bot.ended(await answered.promise)).rejects.toMatchObject({ code: 'store_away' });
		await server.kill();
		await soon(
			() => problems.length > 0,
			() => clock.advance(50),
		);
		clock.advance(60_000);
		await lost;
		await server.start();
		await soon(
			() => problems.length > 1,
			() => {},
		);
		clock.advance(5_000);
		await finished.promise;
		await app.close();
		expect(await threadOf(events.filter(({ type }) => type !== 'text_delta'))).toEqual(expected);
		expect(problems).toEqual([expect.stringMatching(/does not answer/), expect.stringMatching(/answers again/)]);
		expect(events.filter(({ type }) => type === 'run_resumed')).toHaveLength(1);
	});
});

describe('a Redis without an append-only file', () => {
	it('has nothing done that people would be asked about, and the agent hears why', SLOW, async () => {
		const server = await startRedis(['--save', '']);
		onTestFinished(() => server.remove());
		const till = await startMcpHttpServer({ tools: [tool('charge')], call: () => text('charged') });
		onTestFinished(till.close);
		const folder = await temporaryFolder();
		onTestFinished(folder.remove);
		const problems: string[] = [];
		const finished = Promise.withResolvers<RunEvent>();
		const app = await createApp({
			...{ ...QUIET, file: 'tests/e2e/fixtures/approval.yaml', web: true },
			env: { REDIS_URL: server.url, PORT: '0', DATA_DIR: folder.path, TILL_URL: till.url },
			observe(event) {
				if (event.type === 'run_finished') finished.resolve(event);
			},
			onProblem: (sentence) => void problems.push(sentence),
		});
		await submitTo(app);
		const end = await finished.promise;
		expect(end).toMatchObject({ outcome: 'answered' });
		await app.close();
		const store = await createRedisStore({
			url: server.url,
			prefix: 'massgen',
			clock: systemClock,
			onNotice: () => {},
		});
		onTestFinished(store.close);
		const journal = await store.read(`journal/${end.run}`, { after: 0, limit: 100 });
		expect(JSON.stringify(journal).match(/has to make its store durable/g)).toHaveLength(2);
		expect(problems).toEqual([expect.stringContaining('nothing is done that a person would have to approve')]);
		expect(till.received.filter(({ method }) => method === 'tools/call')).toEqual([]);
		await expect(readFile(join(folder.path, 'noticeboard.md'))).rejects.toThrow('ENOENT');
	});
});

describe('the doctor', () => {
	it('says which Redis keeps the runs, or what to do about it, and shows no password', async () => {
		const server = await ownServer();
		const url = server.url.replace('//', '//:s3cret@');
		await server.command('CONFIG', 'SET', 'requirepass', 's3cret');
		const well = await massgen(['doctor', ...CONFIG], { env: { REDIS_URL: url } });
		expect(well.stdout).toMatch(/✓ Redis 7\.\S+ at redis:\/\/127\.0\.0\.1:\d+ keeps the runs\./);
		expect(well.stdout).not.toContain('data folder');
		const wrong = await massgen(['doctor', ...CONFIG], { env: { REDIS_URL: url.replace('s3cret', 'wr0ng') } });
		expect(wrong.code).toBe(1);
		expect(wrong.stdout).toMatch(/✗ Redis at \S+ refuses the user or the password/);
		const bad = await massgen(['doctor', ...CONFIG], { env: { REDIS_URL: 'http://:wr0ng@host' } });
		expect(bad.stdout).toContain('REDIS_URL: expected an address such as redis://host:6379');
		for (const { stdout, stderr } of [well, wrong, bad]) expect(stdout + stderr).not.toMatch(/s3cret|wr0ng/);
	}, 30_000);

	it('npm start ends with the reason when Redis refuses', async () => {
		const server = await ownServer();
		await server.command('CONFIG', 'SET', 'maxmemory', '100mb');
		await server.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
		const ended = await massgen(['start', ...CONFIG], { env: { REDIS_URL: server.url, PORT: '0' } });
		expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('maxmemory-policy allkeys-lru') });
	});
});
