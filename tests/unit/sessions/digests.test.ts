import { describe, expect, it } from 'vitest';
import { createScriptedBackend } from '../../../src/adapters/backends/scripted.ts';
import type { Turn } from '../../../src/core/agent.ts';
import type { Backend, BackendRequest } from '../../../src/core/backend.ts';
import type { Clock } from '../../../src/core/clock.ts';
import { runInputSchema } from '../../../src/core/run.ts';
import { tendDigests } from '../../../src/sessions/digests.ts';
import { aCall, actingAgent, ordinaryOutcome } from '../../support/acting-agent.ts';
import { botWorld } from '../../support/bot-world.ts';
import { scriptedSettings } from '../adapters/backends/scripted/settings.ts';

const SESSION = 'test:t:c:1';
const LIMIT = 4_000;

/** A bot whose answers are long, and what sums up. */
async function world(digest: Record<string, unknown>[] | null, answer = 1_500) {
	const agent = actingAgent('a', (turn) =>
		turn.kind === 'present'
			? { type: 'answered', content: `About ${turn.question} `.padEnd(answer, 'x'), calls: [aCall] }
			: ordinaryOutcome(turn, 'a'),
	);
	const bot = botWorld([agent], { historyLimit: LIMIT });
	const services = { clock: bot.clock, random: () => 0 };
	const script = { answer: [{ new_answer: 'x' }], ...(digest === null ? {} : { digest }) };
	const model = await createScriptedBackend(scriptedSettings(script), services);
	const requests: BackendRequest[] = [];
	const backend: Backend = {
		...model,
		stream(request, signal) {
			requests.push(request);
			return model.stream(request, signal);
		},
	};
	const givenUp: unknown[] = [];
	const ending = new AbortController();
	const { store, clock, runs } = bot;
	const common = { store, clock, runs, limit: LIMIT, onGivenUp: (_: string, error: unknown) => givenUp.push(error) };
	const tend = (given: { signal?: AbortSignal; clock?: Clock; modelFor?: () => Promise<Backend | null> } = {}) =>
		tendDigests({ ...common, modelFor: async () => backend, signal: ending.signal, ...given });
	const ask = async (question: string) => {
		await bot.ask(question);
		for (let i = 0; i < 5; i += 1) await clock.advance(1);
		const isFirst = (turn: Turn) => turn.question === question && turn.kind === 'answer';
		return agent.turns.find(isFirst);
	};
	const due = async () => (await store.list('digest-due', { limit: 100 })).length;
	return { ...bot, agent, requests, givenUp, ending, tend, ask, due };
}

describe('a long thread', () => {
	it('is summed up after an answer, and the next run is told that, from its journal too', async () => {
		const { ask, tend, requests, due, runs, bot } = await world([{ text: 'Facts: tides come twice a day.' }]);
		for (const question of ['One?', 'Two?', 'Three?']) await ask(question);
		await tend();
		expect(requests).toHaveLength(1);
		expect(requests[0]).toMatchObject({ kind: 'digest', tools: [] });
		expect(requests[0]?.messages[0]).toMatchObject({ text: expect.stringMatching(/<question-\d{9}>\nOne\?\n/) });
		await tend();
		expect([requests.length, await due()]).toEqual([1, 0]);
		const turn = await ask('Four?');
		expect(turn?.digest).toEqual({ text: 'Facts: tides come twice a day.', covers: 2 });
		expect(turn?.history.map(({ question, answer }) => [question, answer.length])).toEqual([
			['One?', 0],
			['Two?', 0],
			['Three?', 1_500],
		]);
		const latest = (await bot.sessions.get(SESSION))?.runs.at(-1)?.run ?? '';
		expect(await runs.input(latest)).toMatchObject({ digest: turn?.digest, history: turn?.history });
	});

	it('is taken further from the record so far', async () => {
		const { ask, tend, requests } = await world([{ text: 'Facts: the record so far.' }]);
		for (const question of ['1?', '2?', '3?', '4?', '5?']) {
			await ask(question);
			await tend();
		}
		const texts = requests.map(({ messages }) => JSON.stringify(messages));
		expect(texts.length).toBeGreaterThan(1);
		expect(texts[0]).not.toContain('record so far');
		for (const text of texts.slice(1)) expect(text).toContain('record so far');
		for (const question of ['1?', '2?', '3?']) {
			expect(texts.filter((text) => text.includes(`\\n${question}\\n`))).toHaveLength(1);
		}
	});

	it('is summed up in portions when it is more than one call takes', async () => {
		const { ask, tend, requests, due } = await world([{ text: 'Facts.' }], 50_000);
		for (const question of ['1?', '2?', '3?', '4?']) await ask(question);
		while ((await due()) > 0) await tend();
		expect(requests).toHaveLength(3);
	});

	it('with a question put again is summed up anew, without the answer that was replaced', async () => {
		const { ask, tend, requests, bot, clock } = await world([{ text: 'Facts.' }]);
		for (const question of ['One?', 'Two?', 'Three?']) await ask(question);
		await tend();
		const first = (await bot.sessions.get(SESSION))?.runs.at(0)?.run ?? null;
		const principal = { platform: 'test', tenant: 't', user: 'ada', roles: [] };
		await bot.retry({ id: 'again', session: SESSION, run: first, principal, locale: null });
		for (let i = 0; i < 5; i += 1) await clock.advance(1);
		const turn = await ask('Four?');
		expect(turn?.digest).toBeNull();
		await tend();
		const text = JSON.stringify(requests.at(-1)?.messages);
		expect(text).not.toContain('<record');
		expect(text).toContain('Two?');
	});
});

describe('nothing is summed up', () => {
	it('in a thread that fits, and after one run there is not even a look', async () => {
		const { ask, tend, requests, due } = await world([{ text: 'Facts.' }], 100);
		await ask('One?');
		expect(await due()).toBe(0);
		await ask('Two?');
		expect(await due()).toBe(1);
		await tend();
		expect([requests.length, await due()]).toEqual([0, 0]);
	});

	it('where there is no model: the older answers are shortened, and say so', async () => {
		const { ask, tend, due } = await world(null);
		for (const question of ['One?', 'Two?', 'Three?']) await ask(question);
		await tend({ modelFor: async () => null });
		expect(await due()).toBe(0);
		const turn = await ask('Four?');
		expect(turn?.digest).toBeNull();
		expect(turn?.history[0]).toMatchObject({ question: 'One?', full: { question: 4, answer: 1_500 } });
	});

	it('while the model fails: it is tried again after pauses, given up, and tried again after the next answer', async () => {
		const { ask, tend, requests, due, givenUp, clock } = await world(null);
		for (const question of ['One?', 'Two?', 'Three?']) await ask(question);
		await tend();
		await tend();
		expect(requests).toHaveLength(1);
		for (const pause of [60_000, 600_000, 3_600_000]) {
			await clock.advance(pause);
			await tend();
		}
		expect([requests.length, givenUp.length, await due()]).toEqual([4, 1, 0]);
		await ask('Four?');
		await tend();
		expect(requests).toHaveLength(5);
	});
});

describe('the work', () => {
	it('delays no answer: while the model thinks, the next question runs', async () => {
		const { ask, tend, ending, finished } = await world([{ hang: true }]);
		for (const question of ['One?', 'Two?', 'Three?']) await ask(question);
		const tending = tend();
		await ask('Four?');
		expect(finished()).toHaveLength(4);
		ending.abort();
		await tending;
	});

	it('is done once, when two processes see it', async () => {
		const { ask, tend, requests, due } = await world([{ text: 'Facts.' }]);
		for (const question of ['One?', 'Two?', 'Three?']) await ask(question);
		await Promise.all([tend(), tend()]);
		await tend();
		expect([requests.length, await due()]).toEqual([1, 0]);
	});

	it('goes on at the next start when the program ends, and after a while when the process was killed', async () => {
		const { ask, tend, requests, due, clock, ending } = await world([{ hang: true }]);
		for (const question of ['One?', 'Two?', 'Three?']) await ask(question);
		const ended = new AbortController();
		const first = tend({ signal: ended.signal });
		await clock.advance(1);
		ended.abort();
		await first;
		expect(await due()).toBe(1);
		// Nothing more is heard of this one.
		void tend({ signal: new AbortController().signal, clock: { now: clock.now, after: () => () => {} } });
		await clock.advance(1);
		expect(requests).toHaveLength(2);
		await tend();
		expect(requests).toHaveLength(2);
		await clock.advance(180_000);
		const third = tend();
		await clock.advance(1);
		expect(requests).toHaveLength(3);
		ending.abort();
		await third;
	});

	it('reads journals from before there were summaries', () => {
		const input = { session: SESSION, question: 'Why?', retryOf: null, history: [{ question: 'a', answer: 'b' }] };
		const team = { name: 't', description: '', members: [{ id: 'a', model: 'm' }], rules: {} };
		expect(runInputSchema.parse({ ...input, team, names: {} })).toMatchObject({ digest: null, history: input.history });
	});
});
