import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/adapters/stores/memory.ts';
import { createToolBook } from '../../src/approvals/tool-book.ts';
import { createToolPins } from '../../src/approvals/tool-pins.ts';
import { createBot } from '../../src/bot.ts';
import type { Agent } from '../../src/core/agent.ts';
import { BotError } from '../../src/core/errors.ts';
import type { Gateway, Place, ThreadMessage } from '../../src/core/gateway.ts';
import type { RunEvent } from '../../src/core/run-event.ts';
import type { Store, StoreChange } from '../../src/core/store.ts';
import { accessWorld, shippedAccess } from '../support/access.ts';
import { actingAgent, hang, ordinaryAct } from '../support/acting-agent.ts';
import { noApprovals } from '../support/no-approvals.ts';
import { noPolicy } from '../support/no-policy.ts';
import { runWorld, teamOf } from '../support/run-world.ts';
import { strictEnglish } from '../support/say.ts';

const say = await strictEnglish();
const { rules } = await shippedAccess();
const principal = { platform: 'web', tenant: 'acme', user: 'ada', roles: [] };
const SESSION = 'web:acme:c:1';

/** A place where every message is taken at once. */
function showingGateway(canAsk: boolean) {
	const shown: { place: Place; message: ThreadMessage }[] = [];
	const gateway: Gateway<ThreadMessage> = {
		name: 'web',
		capabilities: { editIntervalMs: 0, canAsk, keepsMessages: false, maxMessages: Number.POSITIVE_INFINITY },
		async start() {},
		render: (message) => [message],
		async post(place, _slot, message) {
			shown.push({ place, message });
			return `${shown.length}`;
		},
		async edit(place, _slot, id, message) {
			shown.push({ place, message });
			return id;
		},
		async remove() {},
		standing: async () => ({ kind: 'member', roles: [], name: null }),
		async reply() {},
		async stop() {},
	};
	const finals = () =>
		shown.flatMap(({ message }) => (message.type === 'final' && message.outcome !== null ? [message] : []));
	return { gateway, shown, finals };
}

function world(
	agents: readonly Agent[],
	options: { store?: Store; rules?: object; canAsk?: boolean; seen?: boolean } = {},
) {
	const { runs, clock, store } = runWorld(agents, options.store === undefined ? {} : { store: options.store });
	const events: RunEvent[] = [];
	const lost: { run: string; error: unknown }[] = [];
	const screen = showingGateway(options.canAsk ?? false);
	const team = teamOf(
		agents.map((agent) => agent.id),
		{ ...options.rules },
	);
	const { roles, audit } = accessWorld({ rules, store, clock });
	const bot = createBot({
		desk: noApprovals,
		policyBook: noPolicy,
		historyLimit: 40_000,
		limit: { most: 100, isStrained: () => false, onBegun: () => {}, onLine: () => {} },
		store,
		runs,
		clock,
		sayIn: () => say,
		teams: async () => ({ teams: [], notes: [] }),
		tools: createToolBook(createToolPins(store), []),
		roles,
		audit,
		async teamOf(name) {
			if (name === null || name === 'test') return team;
			throw new BotError('team_unknown', `no team ${name}`, { userMessage: `There is no team ${name}. Known: test.` });
		},
		gatewayOf: () => (options.seen === false ? null : screen.gateway),
		observe: (event) => void events.push(event),
		onProblem: (text) => void lost.push({ run: '', error: text }),
		onLost: (run, error) => void lost.push({ run, error }),
	});
	const ask = async (extra: Partial<Parameters<typeof bot.ask>[0]> = {}) => {
		const common = { id: randomUUID(), session: SESSION, principal, question: 'Why?', team: null, quick: false };
		const showing = { verbosity: 'normal', locale: null, files: [] } as const;
		const asked = await bot.ask({ ...common, ...showing, ...extra });
		if (asked.type === 'queued') throw new Error('the question waits');
		return asked.run;
	};
	return { bot, ask, runs, clock, store, events, lost, ...screen };
}

const ordinary = () => ['a', 'b'].map((id) => actingAgent(id, ordinaryAct(id)));

describe('a question', () => {
	it('is answered, and shown in its session when `ended` says so', async () => {
		const { bot, ask, shown, finals, events } = world(ordinary());
		const run = await ask();
		expect(await bot.ended(run)).toBe('finished');
		expect(new Set(shown.map(({ place }) => place.session))).toEqual(new Set([SESSION]));
		expect(finals().at(-1)).toMatchObject({ content: 'final by a', outcome: 'answered', streaming: false });
		expect(events.at(-1)?.type).toBe('run_finished');
	});

	it('for a team that does not exist starts nothing and says what there is', async () => {
		const { ask, events, runs } = world(ordinary());
		await expect(ask({ team: 'dream' })).rejects.toMatchObject({
			code: 'team_unknown',
			userMessage: expect.stringContaining('Known: test'),
		});
		expect(events).toEqual([]);
		expect(await runs.unfinished()).toEqual([]);
	});

	it('that is empty starts nothing', async () => {
		const { ask, shown, runs } = world(ordinary());
		await expect(ask({ question: ' \n' })).rejects.toMatchObject({ code: 'input_invalid' });
		expect(shown).toEqual([]);
		expect(await runs.unfinished()).toEqual([]);
	});

	it('that is quick is answered by the first agent alone, and the team is the same afterwards', async () => {
		const agents = ordinary();
		const { bot, ask, finals } = world(agents);
		await bot.ended(await ask({ quick: true, session: 'web:acme:c:2' }));
		expect(agents.map((agent) => agent.turns.map((turn) => turn.kind))).toEqual([['present'], []]);
		expect(finals().at(-1)).toMatchObject({ winner: 'a', outcome: 'answered' });
		await bot.ended(await ask());
		expect(agents[1]?.turns.map((turn) => turn.kind)).toEqual(['answer', 'evaluate']);
	});

	it('nobody watches is answered all the same', async () => {
		const { bot, ask, shown, events } = world(ordinary(), { seen: false });
		await bot.ended(await ask());
		expect(shown).toEqual([]);
		expect(events.at(-1)).toMatchObject({ type: 'run_finished', outcome: 'answered' });
	});
});

describe('an interrupted run', () => {
	it('is continued by its id, or the latest without one, and shown where it was continued', async () => {
		const store = createMemoryStore();
		const before = world([actingAgent('a', (_, signal) => hang(signal))], { store });
		const first = await before.ask({ question: 'First?' });
		await before.clock.advance(10);
		const second = await before.ask({ question: 'Second?', session: 'web:acme:c:3' });
		await before.clock.advance(10);
		await before.runs.close();
		expect(await before.bot.ended(second)).toBe('suspended');
		const after = world([actingAgent('a', ordinaryAct('a'))], { store });
		expect(await after.bot.resume(null, 'web:acme:c:2')).toBe(second);
		expect(await after.bot.ended(second)).toBe('finished');
		expect(after.shown[0]).toMatchObject({
			place: { session: 'web:acme:c:2', run: second },
			message: { text: 'Second?' },
		});
		expect(await after.bot.resume(first, SESSION)).toBe(first);
		expect(await after.bot.ended(first)).toBe('finished');
		await expect(after.bot.resume(null, SESSION)).rejects.toMatchObject({
			code: 'run_unknown',
			userMessage: expect.stringContaining('no interrupted run'),
		});
		await expect(after.bot.resume(first, SESSION)).rejects.toMatchObject({ code: 'input_invalid' });
		await expect(after.bot.resume('nope', SESSION)).rejects.toMatchObject({ code: 'run_unknown' });
	});

	it('is said to be suspended to whoever waits for its end', async () => {
		const { bot, ask, clock, runs } = world([actingAgent('a', (_, signal) => hang(signal))]);
		const run = await ask();
		await clock.advance(1);
		const ended = bot.ended(run);
		await runs.close();
		expect(await ended).toBe('suspended');
	});
});

describe('a person', () => {
	const tied = () => ['a', 'b'].map((id, index) => actingAgent(id, ordinaryAct(id, `agent${2 - index}`)));

	it('breaks a tie once, among those who are tied', async () => {
		const { bot, ask, clock, finals } = world(tied(), { canAsk: true, rules: { tieBreak: 'requester' } });
		const run = await ask();
		await clock.advance(1);
		expect(await bot.choose(SESSION, run, 1, 'nobody')).toBe(false);
		expect(await bot.choose('web:other:c:1', run, 1, 'b')).toBe(false);
		expect(await Promise.all([bot.choose(SESSION, run, 1, 'b'), bot.choose(SESSION, run, 1, 'a')])).toEqual([
			true,
			false,
		]);
		await bot.ended(run);
		expect(finals().at(-1)).toMatchObject({ winner: 'b' });
	});

	it('stops a run once; what has ended, or never was, can be neither stopped nor chosen', async () => {
		const { bot, ask, clock, finals } = world([actingAgent('a', (_, signal) => hang(signal))]);
		const run = await ask();
		await clock.advance(1);
		expect(await bot.choose(SESSION, run, 1, 'a')).toBe(false);
		expect(await bot.stop({ session: SESSION, by: 'ada', allow: async () => {}, run: null, locale: null })).toBe(true);
		expect(await bot.ended(run)).toBe('finished');
		expect(finals().at(-1)).toMatchObject({ outcome: 'stopped' });
		for (const id of [run, 'nope']) {
			expect(await bot.stop({ session: SESSION, by: 'ada', allow: async () => {}, run: null, locale: null })).toBe(
				false,
			);
			expect(await bot.choose(SESSION, id, 1, 'a')).toBe(false);
		}
	});
});

describe('a run that is lost', () => {
	it('because the store was away is gone on with, also when only its session has not heard of its end', async () => {
		const disk = createMemoryStore();
		let isAway: (changes: readonly StoreChange[]) => boolean = () => false;
		const store: Store = {
			...disk,
			async commit(changes) {
				if (isAway(changes)) throw new BotError('store_away', 'not there');
				return disk.commit(changes);
			},
		};
		const { bot, ask, lost, runs } = world([actingAgent('a', ordinaryAct('a'))], { store });
		isAway = (changes) => changes.some((change) => change.type === 'delete' && change.kind === 'busy');
		const run = await ask();
		await expect.poll(() => lost).toMatchObject([{ run, error: { code: 'store_away' } }]);
		isAway = () => true;
		await bot.takeUpLost();
		expect(await bot.sessions.busy()).toHaveLength(1);
		isAway = () => false;
		await bot.takeUpLost();
		expect(await bot.sessions.busy()).toEqual([]);
		expect((await runs.record(run))?.status).toBe('finished');
	});

	it('is reported once, and whoever waits for its end hears of it', async () => {
		const disk = createMemoryStore();
		const store: Store = {
			...disk,
			async commit(changes) {
				if (changes.some((change) => change.type === 'check')) throw new BotError('store_full', 'disk full');
				return disk.commit(changes);
			},
		};
		const { bot, ask, lost } = world([actingAgent('a', (_, signal) => hang(signal))], { store });
		const run = await ask();
		const ended = expect(bot.ended(run)).rejects.toMatchObject({ code: 'store_full' });
		await bot.stop({ session: SESSION, by: 'ada', allow: async () => {}, run: null, locale: null });
		await ended;
		expect(lost).toEqual([{ run, error: expect.objectContaining({ code: 'store_full' }) }]);
	});
});
