import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { createRedisStore } from '../../src/adapters/stores/redis.ts';
import { createSqliteStore } from '../../src/adapters/stores/sqlite.ts';
import { type App, createApp } from '../../src/app.ts';
import type { Approval, ApprovalDecision, ApprovalItem } from '../../src/core/approval.ts';
import type { PlacedMessage } from '../../src/core/gateway.ts';
import type { RunEvent } from '../../src/core/run-event.ts';
import { encodeSessionId } from '../../src/core/session-id.ts';
import type { Store } from '../../src/core/store.ts';
import { systemClock } from '../../src/system-clock.ts';
import { temporaryFolder } from '../support/command.ts';
import { createMortal, type Death } from '../support/mortal.ts';
import { pageAt } from '../support/page.ts';
import { createQuickClock } from '../support/quick-clock.ts';
import { type RedisServer, startRedis } from '../support/redis.ts';

export const STORES = ['sqlite', 'redis'] as const;
export type StoreName = (typeof STORES)[number];

/** State that outlives processes, and a folder beside it. */
export interface Disk {
	store: Store;
	dataDir: string;
	remove(): Promise<void>;
}

/** Makes as many disks as are asked for. Those in Redis share one server, which ends with `close`. */
export function createDisks(name: StoreName) {
	let server: Promise<RedisServer> | null = null;
	const open = async (dataDir: string): Promise<Store> => {
		if (name === 'sqlite') return createSqliteStore({ dataDir, clock: systemClock });
		server ??= startRedis();
		const { url } = await server;
		return createRedisStore({ url, prefix: randomUUID(), clock: systemClock, onNotice: () => {} });
	};
	return {
		async make(): Promise<Disk> {
			const folder = await temporaryFolder();
			const store = await open(folder.path);
			return {
				...{ store, dataDir: folder.path },
				async remove() {
					await store.close();
					await folder.remove();
				},
			};
		},
		close: async () => (await server)?.remove(),
	};
}

interface LifeOptions {
	config: string;
	disk: Disk;
	death: Death | null;
	/** How much faster than the machine's its time goes. */
	speed?: number;
	env?: Readonly<Record<string, string>>;
	/** What its clock says when it starts, in ms since the epoch; left out: the machine's time. */
	at?: number;
	/** Reads every event. */
	observe?(event: RunEvent, life: Life): void;
}

/** One process of the program, in this one: at its death it falls silent. */
export interface Life {
	readonly app: App;
	readonly events: readonly RunEvent[];
	readonly died: Promise<void>;
	commits(): number;
	/** Asks on the page, in its one thread. `id`: of what the person did. */
	ask(question: string, id: string): Promise<void>;
	/** Ends what a dead process has left; then, as time passes, takes up what it had heard and not begun. */
	recover(): Promise<void>;
	/** Resolves when nothing goes on any more. */
	settle(): Promise<void>;
	/** The thread as the page shows it; empty: there is none. */
	thread(): Promise<readonly PlacedMessage[]>;
	end(): Promise<void>;
}

const place = { platform: 'web', tenant: 'local', user: 'local', channel: 'page' };
const principal = { ...place, roles: [], kind: 'member' as const };
const session = encodeSessionId({ ...place, thread: 'a1b2c3d4e5f60718' });

/** After this time (ms) a process takes up what another has heard and not begun. */
const LEFT_MS = 60_001;

export async function live({ config, disk, death, speed = 1, env = {}, at, observe }: LifeOptions): Promise<Life> {
	const time = createQuickClock(speed);
	if (at !== undefined) time.leap(at - time.now());
	const mortal = createMortal(disk.store, time, death);
	const events: RunEvent[] = [];
	const app = await createApp({
		...{ file: config, flags: {}, cwd: process.cwd(), terminal: null, web: true, chats: false },
		env: { DATA_DIR: disk.dataDir, PORT: '0', ...env },
		clock: mortal.clock,
		openStore: async () => mortal.store,
		observe(event) {
			events.push(event);
			observe?.(event, life);
		},
		onProblem: () => {},
	});
	const ask = async (question: string, id: string) => {
		const options = { question, quick: false };
		await app.submit({ type: 'command', id, principal, session, name: 'ask', options });
	};
	let hasEnded = false;
	const life: Life = {
		...{ app, events, died: mortal.died, commits: mortal.commits, ask },
		async recover() {
			await app.bot.recover();
			await life.settle();
			const heard = () => disk.store.list('inbound-open', { limit: 1 });
			if ((await heard()).length > 0) time.advance(LEFT_MS);
			while ((await heard()).length > 0) await new Promise((resolve) => setTimeout(resolve, 2));
		},
		async settle() {
			for (;;) {
				const busy = await app.bot.sessions.busy();
				if (busy.length === 0 || hasEnded) return;
				for (const { active } of busy) if (active !== null) await app.bot.ended(active);
				await app.bot.settled();
			}
		},
		async thread() {
			await app.listen();
			const page = pageAt(app.web?.address() ?? '');
			const [thread] = await page.threads();
			return thread === undefined ? [] : page.thread(thread.id);
		},
		async end() {
			hasEnded = true;
			mortal.bury();
			await app.close();
		},
	};
	return life;
}

/** Without what differs from run to run: ids, times and the shuffled anonymous names. */
function comparable(messages: readonly PlacedMessage[]): unknown {
	const varying = ['run', 'startedAt', 'askedAt', 'activeMs'];
	const texts = messages.map((placed) => {
		const text = JSON.stringify(placed, (key, value) => (varying.includes(key) ? 0 : value));
		const board = messages.find(({ run, message }) => run === placed.run && message.type === 'board')?.message;
		const ids = new Map(board?.type === 'board' ? board.rows.map((row) => [row.name, row.agent]) : []);
		return text.replace(/agent\d+/g, (name) => ids.get(name) ?? name);
	});
	return texts.map((text) => JSON.parse(text) as unknown);
}

/** Every death of a process that makes so many commits. */
export const deathsOf = (commits: number): Death[] =>
	Array.from({ length: commits }, (_, index) => index + 1).flatMap((commit) => [
		{ commit, when: 'before' },
		{ commit, when: 'after' },
	]);

/** The events of every run are numbered without gaps, and each run has ended once. */
async function expectWhole({ app }: Life, runs: readonly string[]): Promise<void> {
	for (const run of runs) {
		const events = await app.runs.events(run);
		expect(events.map((event) => ('seq' in event ? event.seq : 0))).toEqual(events.map((_, index) => index + 1));
		expect(events.filter(({ type }) => type === 'run_finished')).toHaveLength(1);
	}
}

interface Scene extends Omit<LifeOptions, 'disk' | 'death'> {
	/** Asked one after the other in one thread. */
	questions: readonly string[];
}

interface Played {
	/** Commits of the process that died or lived to the end. */
	commits: number;
	/** The thread in the end. */
	thread: readonly PlacedMessage[];
}

/** Plays a scene on a disk of its own: in one life, or in one that ends with `death` and another that goes on. */
export async function play({ questions, ...scene }: Scene, disk: Disk, death: Death | null): Promise<Played> {
	const first = await live({ ...scene, disk, death });
	const askAll = async (life: Life) => {
		for (const [index, question] of questions.entries()) await life.ask(question, `ask-${index}`);
		await life.settle();
	};
	try {
		const asked = askAll(first);
		asked.catch(() => {});
		if (death === null) {
			await asked;
			return { commits: first.commits(), thread: await first.thread() };
		}
		await Promise.race([first.died, asked]);
		const second = await live({ ...scene, disk, death: null });
		try {
			await second.recover();
			// What was not even heard is asked again, as a platform does.
			await askAll(second);
			const known = await second.app.bot.sessions.list(place.platform, place.tenant, { limit: 9 });
			await expectWhole(
				second,
				known.flatMap(({ runs }) => runs.map(({ run }) => run)),
			);
			return { commits: first.commits(), thread: await second.thread() };
		} finally {
			await second.end();
		}
	} finally {
		await first.end();
	}
}

/** The thread as it can be compared, without the line of questions: that is told by the process that has one. */
export const lasting = (thread: readonly PlacedMessage[]) =>
	comparable(thread.filter(({ message }) => message.type !== 'queue'));

export const cardsIn = (messages: readonly PlacedMessage[]): Approval[] =>
	messages.flatMap(({ message }) => (message.type === 'approval' ? [message.approval] : []));

export const finalOf = (messages: readonly PlacedMessage[]) =>
	messages.flatMap(({ message }) => (message.type === 'final' ? [[message.outcome, message.content]] : []));

/** A person who lets everything run that is asked about, and says that what may have happened has. */
export function pressing(event: RunEvent, { app }: Life): void {
	if (event.type !== 'approval_changed') return;
	const { id: approval, items } = event.approval;
	const yes = ({ question }: ApprovalItem): ApprovalDecision['verdict'] =>
		question === 'run' ? { type: 'approve', forRun: false } : { type: 'outcome', outcome: 'happened' };
	for (const item of items.filter(({ state }) => state === 'pending')) {
		const { callId, revision } = item;
		const decision = { approval, callId, revision, verdict: yes(item) };
		const id = `${approval}/${callId}/${revision}/${Math.random()}`;
		void app.submit({ type: 'decision', id, principal, session, decision, via: 'page' });
	}
}
