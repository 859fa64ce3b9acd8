import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createControls, forgetControls } from '../../../src/adapters/gateways/shared/controls.ts';
import { createPlaces, forgetPlaces } from '../../../src/adapters/gateways/shared/places.ts';
import { newItem } from '../../../src/adapters/memory/mem0/item.ts';
import { createShelves, forgetSpace } from '../../../src/adapters/memory/mem0/shelves.ts';
import { createMemoryStore } from '../../../src/adapters/stores/memory.ts';
import { createFileVault } from '../../../src/adapters/tools/workspace/file-vault.ts';
import { createApprovalRecords } from '../../../src/approvals/records.ts';
import type { OfferedFile } from '../../../src/core/attachment.ts';
import type { Clock } from '../../../src/core/clock.ts';
import { allRecords, type Store } from '../../../src/core/store.ts';
import { recalledChange } from '../../../src/memory/recalled.ts';
import { threadSpace } from '../../../src/memory/spaces.ts';
import { sweepSessions } from '../../../src/sessions/retention.ts';
import { takeFiles } from '../../../src/sessions/take-files.ts';
import { accessWorld, shippedAccess } from '../../support/access.ts';
import { actingAgent, hang, ordinaryOutcome } from '../../support/acting-agent.ts';
import { approvalOf } from '../../support/approvals.ts';
import { botWorld, person } from '../../support/bot-world.ts';
import { teamOf } from '../../support/run-world.ts';
import { strictEnglish } from '../../support/say.ts';

const { rules } = await shippedAccess();
const DAY = 86_400_000;
const patient = { firstAnswerMs: 100 * DAY, turnMs: 100 * DAY, runMs: 100 * DAY };
const OLD = 'test:t:c:old';
const NEW = 'test:t:c:new';
const BUSY = 'test:t:c:busy';

const fileOf = (name: string, text: string): OfferedFile => {
	const bytes = Buffer.from(text);
	return { name, mediaType: 'text/plain', bytes: bytes.length, read: async () => bytes };
};
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** A store that knows which kinds and logs were ever written, so that all of it can be looked through. */
function scannable(store: Store) {
	const kinds = new Set<string>();
	const logs = new Set<string>();
	const noting: Store = {
		...store,
		commit(changes) {
			for (const change of changes) {
				if (change.type === 'put') kinds.add(change.kind);
				if (change.type === 'append') logs.add(change.log);
			}
			return store.commit(changes);
		},
	};
	/** Where any of the words is to be found, but for the audit, which keeps what was deleted. */
	const placesOf = async (words: readonly string[]) => {
		const found: string[] = [];
		const look = (place: string, text: string) => {
			if (words.some((word) => text.includes(word))) found.push(place);
		};
		for (const kind of kinds) {
			for await (const { key, value } of allRecords(store, kind)) look(`${kind} ${key}`, key + JSON.stringify(value));
		}
		for (const log of logs) {
			if (log.startsWith('audit')) continue;
			for (const { value } of await store.read(log, { after: 0, limit: 10_000 }))
				look(log, log + JSON.stringify(value));
		}
		return found;
	};
	return { store: noting, placesOf };
}

/** An old thread with all that can belong to one, a new one with a file of its, and one whose run never ends. */
async function world() {
	const { store, placesOf } = scannable(createMemoryStore());
	const agent = actingAgent('a', async function* (turn, signal) {
		if (turn.question === 'Forever?') yield* hang(signal);
		else yield ordinaryOutcome(turn, 'a');
	});
	const bot = botWorld([agent], { store, team: teamOf(['a'], { deadlines: patient }), keepsMessages: true });
	const { clock, runs } = bot;
	const { audit, audited } = accessWorld({ rules, store, clock });
	const ask = async (question: string, session: string, files: readonly OfferedFile[] = []) => {
		const common = { id: `${session} ${question}`, session, principal: person, team: null, quick: false };
		await bot.bot.ask({ ...common, question, verbosity: 'normal', locale: null, files });
		for (let i = 0; i < 6; i += 1) await clock.advance(1);
	};
	await ask('First?', OLD, [fileOf('own.txt', 'only of the old'), fileOf('both.txt', 'of both')]);
	await ask('Second?', OLD);
	await ask('Forever?', BUSY);
	await ask('And what waits?', BUSY, [fileOf('waits.txt', 'of what waits')]);
	const own = (await bot.bot.sessions.get(OLD))?.runs.map(({ run }) => run) ?? [];
	const [run = ''] = own;
	await bot.bot.rate({ session: OLD, run: null, principal: person, verdict: 'good' });
	await store.commit(createApprovalRecords(store).create({ ...approvalOf(), run, session: OLD }));
	const vault = createFileVault(store, run);
	const kept = await vault.keepContents([['made.txt', 4, 'x', false]], async (paths) =>
		paths.map(() => ({ content: base64('made by the old'), executable: false })),
	);
	await vault.keepFolder({ files: kept, changes: [] });
	await vault.setLatest('a', kept, []);
	await createPlaces(store, 'slack', z.unknown()).put(OLD, { channel: 'c' }, 'conversation of the old');
	const control = { session: OLD, run, action: 'stop', orchestration: null, agent: null } as const;
	await createControls(store, 'slack').keep([control], { tenant: 't', channel: 'c', message: 'm' });
	await remember(store, run, clock);
	await clock.advance(31 * DAY);
	await ask('New?', NEW, [fileOf('both.txt', 'of both')]);
	const sweep = (over: Store = store) =>
		sweepSessions({
			...{
				store: over,
				clock,
				audit: {
					record: (rows, changes) => (over === store ? audit.record(rows, changes) : over.commit(changes ?? [])),
				},
			},
			...{ runs, ageMs: 30 * DAY },
			async alsoForget(sessions) {
				await forgetPlaces(over, 'slack', sessions);
				await forgetControls(over, 'slack', sessions);
				for (const session of sessions) await forgetSpace(over, threadSpace(session));
			},
		});
	const words = [OLD, ...own, threadSpace(OLD).id];
	return { ...bot, audited, store, placesOf, ask, sweep, words, runs, run };
}

/** What the old thread remembers, what its run was given, and that it is to be learned of. */
async function remember(store: Store, run: string, clock: Clock) {
	const source = { session: OLD, run, by: null, trust: 'foreign' } as const;
	const payload = { data: 'remembered of the old', source, place: 'c', keptAt: 0 };
	const item = newItem({ id: 'm', vector: null, embedder: null, usedAt: null, payload });
	const shelves = createShelves({ store, clock, most: 10 });
	const space = threadSpace(OLD);
	await shelves.write(space, () => ({ put: [item] }));
	await shelves.used(space, ['m']);
	await shelves.addHistory(space, 'm', {});
	await store.commit([
		...recalledChange(run, [{ ...source, id: 'm', owner: 'thread', text: payload.data, at: 0 }]),
		{ type: 'put', kind: 'memory-due', key: run, value: { tries: 0, notBefore: 0 } },
	]);
}

const texts = ['only of the old', 'made by the old', 'of both', 'of what waits'];

describe('a sweep', () => {
	it('deletes a thread that is too old with all that belongs to it, and its files a day later', async () => {
		const { sweep, placesOf, words, clock, bot, runs } = await world();
		expect((await placesOf(words)).length).toBeGreaterThan(18);
		expect(await sweep()).toEqual({ sessions: 1, runs: 2, files: 0 });
		expect(await placesOf(words)).toEqual([]);
		expect(await bot.sessions.get(OLD)).toBeNull();
		await clock.advance(DAY);
		expect(await sweep()).toEqual({ sessions: 0, runs: 0, files: 2 });
		const left = await Promise.all(texts.map(async (text) => (await placesOf([base64(text)])).length));
		expect(left).toEqual([0, 0, 1, 1]);
		expect(await placesOf(['loose-'])).toEqual([]);
		const newest = (await bot.sessions.get(NEW))?.runs.at(-1)?.run ?? '';
		expect((await runs.input(newest)).question).toBe('New?');
	});

	it('leaves a thread whose run goes on and what waits behind it, however old', async () => {
		const { sweep, bot, runs } = await world();
		await sweep();
		const busy = await bot.sessions.get(BUSY);
		expect(busy?.waiting).toMatchObject([{ question: 'And what waits?' }]);
		expect((await runs.input(busy?.active ?? '')).question).toBe('Forever?');
	});

	it('counts what it deletes in the audit', async () => {
		const { sweep, audited } = await world();
		await sweep();
		const rows = JSON.stringify(await audited('test', 't'));
		expect(rows).toContain('"action":"session.expire"');
		expect(rows).toContain('"runs":2');
	});

	it('happens once a day, in one process', async () => {
		const { sweep, clock } = await world();
		const both = await Promise.all([sweep(), sweep()]);
		expect(both.filter((swept) => swept === null)).toHaveLength(1);
		await clock.advance(DAY - 1_000);
		expect(await sweep()).toBeNull();
		await clock.advance(1_000);
		expect(await sweep()).not.toBeNull();
	});

	it('leaves a file that somebody sends again before it is deleted', async () => {
		const { sweep, placesOf, clock, store } = await world();
		await sweep();
		await takeFiles(store, [fileOf('again.txt', 'only of the old')], await strictEnglish());
		await clock.advance(DAY);
		expect(await sweep()).toMatchObject({ files: 1 });
		expect(await placesOf([base64('only of the old')])).toHaveLength(1);
	});

	it('leaves a thread that was asked in at the same moment, and one that was begun again keeps its place', async () => {
		const { sweep, ask, bot, words, store } = await world();
		await Promise.all([ask('Still here?', OLD), sweep()]);
		const record = await bot.sessions.get(OLD);
		expect(record?.runs.length).toBeGreaterThan(0);
		for (const { run } of record?.runs ?? [])
			expect((await store.read(`journal/${run}`, { after: 0, limit: 1 })).length).toBe(1);
		expect(words).toContain(OLD);
	});
});

describe('kill -9 in a sweep', () => {
	it.each(Array.from({ length: 16 }, (_, index) => index + 1))(
		'at its write %i: the next one ends what was begun',
		async (at) => {
			const { sweep, placesOf, words, store, clock, bot } = await world();
			let commits = 0;
			const dying: Store = {
				...store,
				commit(changes) {
					commits += 1;
					return commits < at ? store.commit(changes) : new Promise(() => {});
				},
			};
			void sweep(dying);
			await clock.advance(1);
			for (let day = 0; day < 2; day += 1) {
				await clock.advance(DAY);
				await sweep();
			}
			expect(await placesOf(words)).toEqual([]);
			const left = await Promise.all(texts.map(async (text) => (await placesOf([base64(text)])).length));
			expect(left).toEqual([0, 0, 1, 1]);
			expect(await bot.sessions.get(NEW)).not.toBeNull();
		},
	);
});
