import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/adapters/stores/memory.ts';
import type { OfferedFile } from '../../../src/core/attachment.ts';
import type { KeptFiles } from '../../../src/core/kept-files.ts';
import type { Store } from '../../../src/core/store.ts';
import { keptFile } from '../../../src/sessions/kept-file.ts';
import { aCall, actingAgent, ordinaryOutcome } from '../../support/acting-agent.ts';
import { botWorld, person } from '../../support/bot-world.ts';

const SESSION = 'test:t:c:1';

const fileOf = (name: string, text: string): OfferedFile => {
	const bytes = Buffer.from(text);
	return { name, mediaType: 'text/plain', bytes: bytes.length, read: async () => bytes };
};

const left = (id: string): KeptFiles => ({ id, count: 1, bytes: 3, listed: [{ path: 'a.txt', bytes: 3, id }] });

/** A process: it sees only what is in the store, and is never told to end. */
function life(store: Store) {
	const agent = actingAgent('a', (turn) =>
		turn.kind === 'present'
			? { type: 'answered', content: `On ${turn.question}`, files: left(`files of ${turn.question}`), calls: [aCall] }
			: ordinaryOutcome(turn, 'a'),
	);
	const world = botWorld([agent], { store });
	const settle = async () => {
		for (let i = 0; i < 5; i += 1) await world.clock.advance(1);
	};
	const ask = async (question: string, files: readonly OfferedFile[] = []) => {
		const common = { session: SESSION, principal: person, team: null, quick: false };
		await world.bot.ask({ id: question, ...common, question, verbosity: 'normal', locale: null, files });
		await settle();
		return agent.turns.find((turn) => turn.question === question && turn.kind === 'answer');
	};
	return { ...world, settle, ask };
}

/** The store, until the process dies: from its n-th commit on nothing is written or heard of any more. */
function untilDeath(store: Store, at: number): Store {
	let commits = 0;
	return {
		...store,
		commit(changes) {
			commits += 1;
			return commits < at ? store.commit(changes) : new Promise(() => {});
		},
	};
}

describe('the third turn, in a third process', () => {
	const played = async (deaths: readonly [number, number]) => {
		const store = createMemoryStore();
		const first = life(untilDeath(store, deaths[0]));
		await Promise.race([first.ask('One?', [fileOf('one.txt', 'the sea')]), first.settle()]);
		const second = life(untilDeath(store, deaths[1]));
		await second.bot.recover();
		await second.settle();
		await Promise.race([second.ask('Two?', [fileOf('two.txt', 'the sky')]), second.settle()]);
		const third = life(store);
		await third.bot.recover();
		await third.settle();
		const turn = await third.ask('Three?');
		return { store, turn, record: await third.bot.sessions.get(SESSION) };
	};

	const never = Number.POSITIVE_INFINITY;

	it('has what was said, what was attached and what the last winner left', async () => {
		const { store, turn } = await played([never, never]);
		expect(turn?.history).toEqual([
			{ question: 'One?', answer: 'On One?' },
			{ question: 'Two?', answer: 'On Two?' },
		]);
		expect(turn?.attachments.map(({ name, text }) => [name, text])).toEqual([
			['one.txt', 'the sea'],
			['two.txt', 'the sky'],
		]);
		expect(turn?.files).toBe('files of Two?');
		for (const { key, text } of turn?.attachments ?? []) {
			expect(Buffer.from((await keptFile(store, key)) ?? []).toString()).toBe(text);
		}
	});

	it.each(Array.from({ length: 12 }, (_, index) => index + 3))(
		'has all of it when both processes before it died at their write %i',
		async (at) => {
			const { turn, record } = await played([at, at]);
			const asked = record?.runs.length ?? 0;
			expect(turn?.history.map(({ question }) => question)).toEqual(['One?', 'Two?'].slice(0, asked - 1));
			expect(turn?.attachments.map(({ name }) => name)).toEqual(['one.txt', 'two.txt'].slice(0, asked - 1));
			expect(turn?.files).toBe(asked === 3 ? 'files of Two?' : 'files of One?');
			expect(asked).toBeGreaterThanOrEqual(2);
		},
	);
});

describe('the threads of a channel', () => {
	it('are listed with their state, newest first, and none of another channel or tenant', async () => {
		const { bot, ask, settle, clock } = life(createMemoryStore());
		await ask('One?');
		await clock.advance(1_000);
		for (const session of ['test:t:c:2', 'test:t:other:1', 'test:u:c:1']) {
			const common = { session, principal: person, team: null, quick: false, files: [] };
			await bot.ask({ id: session, ...common, question: `In ${session}?`, verbosity: 'normal', locale: null });
			await settle();
		}
		const { threads, more } = await bot.threads(SESSION);
		expect(threads.map(({ title, runs, outcome }) => [title, runs, outcome])).toEqual([
			['In test:t:c:2?', 1, 'answered'],
			['One?', 1, 'answered'],
		]);
		expect(more).toBe(false);
	});
});
