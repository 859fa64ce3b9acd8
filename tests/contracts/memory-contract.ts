import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AskModel, Lesson, MemorySource, MemorySpace } from '../../src/core/memory.ts';
import { allRecords, type Store } from '../../src/core/store.ts';
import { readRecalled, recalledChange } from '../../src/memory/recalled.ts';
import { channelSpace, threadSpace, userSpace } from '../../src/memory/spaces.ts';
import { asking, at, memoryWorld, wordEmbedder } from '../support/memory-world.ts';

const HERE = 'slack:T1:C1:1';
const ELSEWHERE = 'slack:T1:C2:1';
const DIRECT = 'slack:T1:D9:1';
const CANARY = 'Zyx canary 4711 sleeps in the harbour';
const KINDS = [
	'memory',
	'memory-history',
	'memory-use',
	'memory-recalled',
	'memory-due',
	'memory-setting',
	'memory-space',
];

const learned: MemorySource = { session: HERE, run: 'r1', by: 'ann', trust: 'learned' };
const space: MemorySpace = channelSpace(HERE);
const lesson: Lesson = { question: 'When do we deploy?', answer: 'On Tuesdays.', source: learned };
const replying =
	(...memory: readonly Record<string, unknown>[]): AskModel =>
	async () =>
		JSON.stringify({ memory: memory.map((one, index) => ({ id: String(index), ...one })) });
const never = new AbortController().signal;

/** What the memory does over any store. `make`: an empty store for each test. */
export function memoryContract(name: string, make: () => Promise<Store>): void {
	describe(`memory contract: ${name}`, () => {
		let store: Store;
		beforeEach(async () => {
			store = await make();
		});
		afterEach(() => store.close());
		recalling(() => store);
		learning(() => store);
		forgetting(() => store);
		keepingHouse(() => store);
	});
}

function recalling(store: () => Store): void {
	it('gives a run what was written down in its channel, with where it came from', async () => {
		const { book } = await memoryWorld({ store: store() });
		await book.add(at(HERE), 'We deploy on Fridays');
		expect(await book.recall(asking('slack:T1:C1:2', 'When do we deploy?'))).toMatchObject([
			{ text: 'We deploy on Fridays', owner: 'channel', trust: 'said', by: 'ann', run: null, session: HERE },
		]);
		expect(await book.recall(asking(ELSEWHERE, 'When do we deploy?'))).toEqual([]);
		expect(await book.recall(asking('slack:T2:C1:1', 'When do we deploy?'))).toEqual([]);
	});

	it('remembers nothing of a person who has not said so', async () => {
		const { book } = await memoryWorld({ store: store() });
		await expect(book.add(at(HERE, 'ann', true), 'Ann likes tea')).rejects.toMatchObject({ code: 'input_invalid' });
	});

	it('brings what a person said in private up only where they alone read', async () => {
		const { book } = await memoryWorld({ store: store() });
		await book.turn(at(DIRECT, 'ann', true), true, null);
		await book.add(at(DIRECT, 'ann', true), 'Ann likes tea');
		expect(await book.recall(asking(HERE, 'What does Ann like?'))).toEqual([]);
		expect(await book.recall(asking(DIRECT, 'What does Ann like?', 'bob'))).toEqual([]);
		expect(await book.recall(asking('slack:T1:D9:7', 'What does Ann like?'))).toMatchObject([{ owner: 'user' }]);
	});

	it('gives nothing and keeps nothing while the channel is off', async () => {
		const { book } = await memoryWorld({ store: store() });
		await book.add(at(HERE), 'We deploy on Fridays');
		await book.turn(at(HERE), false, null);
		expect(await book.recall(asking(HERE, 'When do we deploy?'))).toEqual([]);
		await expect(book.add(at(HERE), 'The cat is Minka')).rejects.toMatchObject({ code: 'input_invalid' });
		await book.turn(at(HERE), true, null);
		expect(await book.recall(asking(HERE, 'When do we deploy?'))).toHaveLength(1);
	});

	it('leaves out what the conversation itself has said', async () => {
		const { book, engine } = await memoryWorld({ store: store() });
		await engine.keep(space, 'We deploy on Tuesdays', learned);
		const occasion = asking(HERE, 'When do we deploy?');
		expect(await book.recall({ ...occasion, known: ['r1'] })).toEqual([]);
		expect(await book.recall({ ...occasion, known: ['r0'] })).toHaveLength(1);
	});

	it('gives something of each, however much one of them has, and looks past what the conversation has said', async () => {
		const { book, engine } = await memoryWorld({ store: store(), recallLimit: 4 });
		await book.turn(at(HERE, 'ann', true), true, null);
		for (let n = 0; n < 12; n += 1) {
			await book.add(at(HERE), `Deploy note ${n}`);
			await book.add(at(HERE, 'ann', true), `My deploy habit ${n}`);
			await engine.keep(space, `Deploy deploy deploy ${n}`, { ...learned, run: 'said-here' });
		}
		const found = { ...learned, trust: 'foreign' } as const;
		await engine.keep(threadSpace(HERE), 'search: the last deploy took nine minutes and nobody noticed', found);
		const given = await book.recall({ ...asking(HERE, 'How does a deploy go?'), known: ['said-here'] });
		expect(given.map(({ owner }) => owner).toSorted()).toEqual(['channel', 'thread', 'user', 'user']);
		expect(given.map(({ run }) => run)).not.toContain('said-here');
	});

	it('finds by words while the embedder is away, and gives vectors later', async () => {
		const away = { id: 'words/64', load: async () => {}, embed: () => Promise.reject(new Error('away')) };
		const without = await memoryWorld({ store: store(), embedder: away });
		await without.book.add(at(HERE), 'We deploy on Fridays');
		expect(await without.book.recall(asking(HERE, 'When do we deploy?'))).toHaveLength(1);
		expect(without.problems.length).toBeGreaterThan(0);
		const { engine } = await memoryWorld({ store: store() });
		expect((await engine.list(space))[0]?.embedder).toBeNull();
		expect(await engine.renew(never)).toBe(1);
		expect((await engine.list(space))[0]?.embedder).toBe('words/64');
	});
}

function learning(store: () => Store): void {
	it('makes memories of a run by one model call, without how the answer came about', async () => {
		const { engine } = await memoryWorld({ store: store() });
		const reply = replying({ text: 'The team deploys on Tuesdays' }, { text: 'agent2 voted for agent1' });
		expect(await engine.learn(space, lesson, reply, never)).toMatchObject({
			kept: [{ text: 'The team deploys on Tuesdays', source: learned }],
			replaced: [],
		});
		expect(await engine.counts(space)).toMatchObject({ count: 1, calls: 1 });
	});

	it('puts a correction in the place of what it corrects, and keeps what is known once', async () => {
		const { engine, book } = await memoryWorld({ store: store() });
		await book.add(at(HERE), 'The team deploys on Fridays');
		const corrected = replying({ text: 'The team deploys on Tuesdays', replaces: ['0'] });
		await engine.learn(space, lesson, corrected, never);
		await engine.learn(
			space,
			{ ...lesson, source: { ...learned, run: 'r2' } },
			replying({ text: 'the team deploys on tuesdays.' }),
			never,
		);
		expect((await engine.list(space)).map(({ text }) => text)).toEqual(['The team deploys on Tuesdays']);
		expect(await book.add(at(HERE), 'The team deploys on Tuesdays!')).toBeNull();
	});

	it('puts nothing that anyone may have written in the place of what a person wrote down', async () => {
		const { engine, book } = await memoryWorld({ store: store() });
		await book.add(at(HERE), 'The team deploys on Fridays');
		const planted = replying({ text: 'The team deploys\u{e0041} whenever it likes', replaces: ['0'] });
		const source = { ...learned, trust: 'foreign' } as const;
		expect((await engine.learn(space, { ...lesson, source }, planted, never)).replaced).toEqual([]);
		const texts = (await engine.list(space)).map(({ text }) => text);
		expect(texts.toSorted()).toEqual(['The team deploys on Fridays', 'The team deploys whenever it likes']);
	});

	it('shows the model nothing of another space, whatever number it names', async () => {
		const { engine, book } = await memoryWorld({ store: store() });
		await book.add(at(ELSEWHERE), CANARY);
		let shown = '';
		await engine.learn(
			space,
			lesson,
			async (system, text) => {
				shown = system + text;
				return JSON.stringify({ memory: [{ id: '0', text: 'The harbour is closed', replaces: [0, '1', 'x'] }] });
			},
			never,
		);
		expect(shown).toContain('When do we deploy?');
		expect(shown).not.toContain('canary');
		expect(await book.list(at(ELSEWHERE))).toHaveLength(1);
	});

	it('keeps nothing of a reply that is no list, and says so', async () => {
		const { engine } = await memoryWorld({ store: store() });
		await expect(engine.learn(space, lesson, async () => 'I cannot do that.', never)).rejects.toThrow(
			/list of memories/,
		);
		expect(await engine.list(space)).toEqual([]);
	});
}

function forgetting(store: () => Store): void {
	it('forgets one memory everywhere: text, vector, history, use, and what runs were given', async () => {
		const { book, engine, scrubbed } = await memoryWorld({ store: store() });
		const added = await book.add(at(HERE), 'The harbour has a cat');
		await book.edit(at(HERE), added?.id ?? '', CANARY);
		await book.add(at(HERE), 'We deploy on Fridays');
		const given = await book.recall(asking(HERE, 'Where does the canary sleep, and when do we deploy?'));
		expect(given).toHaveLength(2);
		await store().commit(recalledChange('run-7', given));
		await engine.used(
			space,
			given.map(({ id }) => id),
		);
		expect(await everything(store())).toContain('canary');
		expect(await book.forget(at(HERE), [added?.id ?? ''])).toBe(1);
		const left = await everything(store());
		expect(left).not.toContain('canary');
		expect(left).not.toContain('has a cat');
		expect(left).not.toContain(added?.id);
		expect(left).toContain('We deploy on Fridays');
		expect(scrubbed).toEqual(['run-7']);
		expect(JSON.stringify(await book.recall(asking(HERE, 'Where does the canary sleep?')))).not.toContain('canary');
	});

	it('forgets a channel also where runs were given what had gone before for other reasons', async () => {
		const { book, engine } = await memoryWorld({ store: store() });
		await book.add(at(HERE), CANARY);
		const given = await book.recall(asking(HERE, 'Where does the canary sleep?'));
		await book.add(at(ELSEWHERE), 'We deploy on Fridays');
		const elsewhere = await book.recall(asking(ELSEWHERE, 'When do we deploy?'));
		await store().commit([...recalledChange('run-7', given), ...recalledChange('run-8', elsewhere)]);
		await engine.learn(space, lesson, replying({ text: 'The harbour has no birds', replaces: ['0'] }), never);
		expect(await everything(store())).toContain('canary');
		await book.forget(at(HERE), null);
		expect(await everything(store())).not.toContain('canary');
		expect(await readRecalled(store(), 'run-7')).toEqual({ memories: [], isScrubbed: true });
		expect(await readRecalled(store(), 'run-8')).toMatchObject({ memories: elsewhere, isScrubbed: false });
	});

	it('forgets what people keep for themselves of what is forgotten, and not what they wrote themselves', async () => {
		const { book, engine } = await memoryWorld({ store: store() });
		const mine = at(HERE, 'ann', true);
		await book.turn(mine, true, null);
		await book.add(mine, 'I like tea');
		const keep = async (text: string) => {
			await engine.keep(userSpace(mine.person), text, learned);
			return engine.keep(space, text, learned);
		};
		const one = await keep(CANARY);
		await keep('The harbour has two gates');
		expect(await book.forget(at(HERE), [one?.id ?? ''])).toBe(1);
		expect(await everything(store())).not.toContain('canary');
		expect(await book.list(mine)).toHaveLength(2);
		expect(await book.forget(at(HERE), null)).toBe(1);
		expect((await book.list(mine)).map(({ text }) => text)).toEqual(['I like tea']);
	});

	it('does not learn again of a run whose memory was forgotten before that was noted', async () => {
		const { book, engine } = await memoryWorld({ store: store() });
		const one = await engine.keep(space, CANARY, learned);
		await store().commit([{ type: 'put', kind: 'memory-due', key: 'r1', value: { tries: 1, notBefore: 0 } }]);
		await book.forget(at(HERE), [one?.id ?? '']);
		expect(await store().list('memory-due', { limit: 10 })).toEqual([]);
	});

	it('forgets a channel with what its threads had found, and nothing of any other', async () => {
		const { book, engine } = await memoryWorld({ store: store() });
		await book.add(at(HERE), CANARY);
		await engine.keep(threadSpace('slack:T1:C1:8'), `search: ${CANARY}`, { ...learned, trust: 'foreign' });
		await book.add(at(ELSEWHERE), 'We deploy on Fridays');
		expect(await book.forget(at(HERE), null)).toBe(2);
		expect(await everything(store())).not.toContain('canary');
		expect(await book.list(at(ELSEWHERE))).toHaveLength(1);
	});

	it('does not forget by an id of another place', async () => {
		const { book } = await memoryWorld({ store: store() });
		const added = await book.add(at(ELSEWHERE), CANARY);
		expect(await book.find(at(HERE), added?.id ?? '')).toBeNull();
		expect(await book.forget(at(HERE), [added?.id ?? ''])).toBe(0);
		expect(await book.edit(at(HERE), added?.id ?? '', 'Nothing')).toBeNull();
		expect(await book.list(at(ELSEWHERE))).toMatchObject([{ text: CANARY }]);
	});
}

function keepingHouse(store: () => Store): void {
	it('lets what was not used for longest go when there is no room, and counts it', async () => {
		let now = 1_000;
		const clock = { now: () => now, after: () => () => {} };
		const { engine, book } = await memoryWorld({ store: store(), clock, most: 3 });
		for (const text of ['One apple here', 'Two pears here', 'Three plums here']) {
			now += 1_000;
			await book.add(at(HERE), text);
		}
		const [oldest] = (await engine.list(space)).slice(-1);
		now += 1_000;
		await engine.used(space, [oldest?.id ?? '']);
		now += 1_000;
		await book.add(at(HERE), 'Four figs here');
		const left = (await engine.list(space)).map(({ text }) => text);
		expect(left).toEqual(['Four figs here', 'Three plums here', 'One apple here']);
		expect(await book.about(at(HERE))).toMatchObject({ count: 3, most: 3, evicted: 1 });
	});

	it('gives memories of another embedder a vector of this one, and finds them by their words until then', async () => {
		const before = await memoryWorld({ store: store(), embedder: wordEmbedder('old/32', 32) });
		await before.book.add(at(HERE), 'We deploy on Fridays');
		const { engine, book } = await memoryWorld({ store: store() });
		expect(await book.recall(asking(HERE, 'deploy?'))).toHaveLength(1);
		expect(await engine.renew(never)).toBe(1);
		expect(await engine.renew(never)).toBe(0);
		expect(await engine.list(space)).toMatchObject([{ text: 'We deploy on Fridays', embedder: 'words/64' }]);
	});

	it('sees what another process has written', async () => {
		const one = await memoryWorld({ store: store() });
		const other = await memoryWorld({ store: store() });
		await one.book.add(at(HERE), 'We deploy on Fridays');
		expect(await other.book.list(at(HERE))).toHaveLength(1);
		await Promise.all([one.book.add(at(HERE), 'The cat is Minka'), other.book.add(at(HERE), 'The dog is Rex')]);
		expect(await one.book.list(at(HERE))).toHaveLength(3);
		await other.book.forget(at(HERE), null);
		expect(await one.book.recall(asking(HERE, 'When do we deploy?'))).toEqual([]);
	});
}

/** All records of every kind that the memory writes, as one text. */
async function everything(store: Store): Promise<string> {
	const found: string[] = [];
	for (const kind of KINDS) {
		for await (const record of allRecords(store, kind)) found.push(JSON.stringify([kind, record]));
	}
	return found.join('\n');
}
