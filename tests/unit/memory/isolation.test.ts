import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/adapters/stores/memory.ts';
import type { Recalled } from '../../../src/core/memory.ts';
import { channelSpace, isReadByOne, threadSpace } from '../../../src/memory/spaces.ts';
import { asking, at, memoryWorld } from '../../support/memory-world.ts';

const CASES = 10_000;
const WORDS = ['deploy', 'budget', 'cat', 'database', 'harbour', 'lunch', 'release', 'tea'] as const;
const TENANTS = ['T1', 'T2'];
/** `D1` and `D2` are direct conversations, each of one person. */
const CHANNELS = ['C1', 'C2', 'D1', 'D2'];
const THREADS = ['1', '2'];
const USERS = ['ann', 'bob'];

interface Where {
	tenant: string;
	channel: string;
	thread: string;
	user: string;
}

const where: fc.Arbitrary<Where> = fc.record({
	tenant: fc.constantFrom(...TENANTS),
	channel: fc.constantFrom(...CHANNELS),
	thread: fc.constantFrom(...THREADS),
	user: fc.constantFrom(...USERS),
});
const wordy = fc.uniqueArray(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 4 }).map((words) => words.join(' '));
const sessionOf = ({ tenant, channel, thread }: Where) => `slack:${tenant}:${channel}:${thread}`;

const step = fc.oneof(
	{ weight: 1, arbitrary: fc.record({ type: fc.constant('note' as const), where, words: wordy }) },
	{ weight: 1, arbitrary: fc.record({ type: fc.constant('own' as const), where, words: wordy }) },
	{ weight: 1, arbitrary: fc.record({ type: fc.constant('found' as const), where, words: wordy }) },
	{ weight: 7, arbitrary: fc.record({ type: fc.constant('recall' as const), where, words: wordy }) },
);

/** Where a memory was said, by whom and for whom: part of its text, so that it tells of itself. */
const label = (kind: string, { tenant, channel, thread, user }: Where) =>
	`<${kind} ${tenant} ${channel} ${thread} ${user}>`;
const LABEL = /<(\w+) (\w+) (\w+) (\w+) (\w+)>/;

/** Why somebody who asks at a place may not be given a memory; null: they may. */
function objection({ text }: Recalled, asked: Where): string | null {
	const [, kind, tenant, channel, thread, user] = LABEL.exec(text) ?? [];
	if (tenant !== asked.tenant) return 'of another tenant';
	if (kind === 'note') return channel === asked.channel ? null : 'of another channel';
	if (kind === 'found') return channel === asked.channel && thread === asked.thread ? null : 'of another thread';
	if (user !== asked.user) return 'of another person';
	return channel === asked.channel || isReadByOne(sessionOf(asked)) ? null : 'said elsewhere, where fewer read';
}

describe('memories stay where they belong', () => {
	it(`in ${CASES} random cases of two tenants, channels, threads and people`, async () => {
		const { engine, book } = await memoryWorld({ store: createMemoryStore(), recallLimit: 50, most: 60 });
		for (const tenant of TENANTS) {
			for (const user of USERS) await book.turn(at(`slack:${tenant}:C1:1`, user, true), true, null);
		}
		let recalled = 0;
		let given = 0;
		const check = async ({ type, where: place, words }: { type: string; where: Where; words: string }) => {
			const session = sessionOf(place);
			const text = `${words} ${label(type, place)}`;
			if (type === 'note') await book.add(at(session, place.user), text);
			if (type === 'own') await book.add(at(session, place.user, true), text);
			if (type === 'found') {
				const source = { session, run: 'r', by: place.user, trust: 'foreign' } as const;
				await engine.keep(threadSpace(session), text, source);
			}
			if (type !== 'recall') return;
			const memories = await book.recall(asking(session, words, place.user));
			recalled += 1;
			given += memories.length;
			expect(memories.map((memory) => objection(memory, place)).filter((why) => why !== null)).toEqual([]);
		};
		await fc.assert(fc.asyncProperty(step, check), { numRuns: CASES });
		expect(recalled).toBeGreaterThan(CASES / 2);
		// The property says something only when there was something to give.
		expect(given).toBeGreaterThan(recalled);
	}, 300_000);

	it.each([
		['a colon', 'slack:T1:C%3A1:1', 'slack:T1%3AC:1:1'],
		['letters of other cases', 'slack:T1:c1:1', 'slack:T1:C1:1'],
		['another platform', 'discord:T1:C1:1', 'slack:T1:C1:1'],
		['parts that run together', 'slack:T1:C11:1', 'slack:T1:C1:11'],
		['a dot', 'slack:T1:C1.1:1', 'slack:T1:C1:1'],
	])('tells places with %s apart', (_what, one, other) => {
		expect(channelSpace(one).id).not.toBe(channelSpace(other).id);
		expect(threadSpace(one).id).not.toBe(threadSpace(other).id);
	});

	it('takes a place for private only where it is certain', () => {
		const sessions = ['discord:123:9:1', 'slack:T1:C1:1', 'slack:T1:G1:1', 'matrix:t:c:1'];
		expect(sessions.filter(isReadByOne)).toEqual([]);
		expect(['discord:dm:9:1', 'slack:T1:D1:1', 'terminal:local:x:1', 'web:local:x:1'].filter(isReadByOne)).toHaveLength(
			4,
		);
	});
});
