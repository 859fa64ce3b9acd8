import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { text, tool } from '../platforms/mcp-server/behaviour.ts';
import { startMcpHttpServer } from '../platforms/mcp-server/http-server.ts';
import type { Death } from '../support/mortal.ts';
import { requireService } from '../support/services.ts';
import {
	cardsIn,
	createDisks,
	deathsOf,
	finalOf,
	lasting,
	play,
	pressing,
	STORES,
	type StoreName,
} from './crash-world.ts';

const disks = { sqlite: createDisks('sqlite'), redis: createDisks('redis') };
afterAll(() => disks.redis.close());

const WAIT = 60_000;

async function onDisk<Result>(
	store: StoreName,
	work: (disk: Awaited<ReturnType<typeof disks.sqlite.make>>) => Promise<Result>,
) {
	const disk = await disks[store].make();
	return work(disk).finally(() => disk.remove());
}

const SCENES = {
	'a run with everything in it': { config: 'tests/e2e/fixtures/crash.yaml', questions: ['the outage'], speed: 5 },
	'a question that waits behind another': {
		config: 'tests/e2e/fixtures/crash-line.yaml',
		questions: ['the outage', 'the cause'],
		speed: 1,
	},
} as const;

describe.each(Object.entries(SCENES))('a process that dies at any commit of %s', async (_, scene) => {
	const whole = await onDisk('sqlite', (disk) => play(scene, disk, null));
	const expected = lasting(whole.thread);

	it('has an undisturbed thread to compare with', () => {
		const results = whole.thread.filter(({ message }) => message.type === 'final');
		expect(results).toHaveLength(scene.questions.length);
		expect(whole.commits).toBeGreaterThan(15);
	});

	describe.each(STORES)('in %s', (store) => {
		beforeEach((context) => (store === 'redis' ? requireService('redis', context) : undefined));

		it.concurrent.each(deathsOf(whole.commits))(
			'$when commit $commit: the next one ends it, and the thread is the same',
			async (death) => {
				const { thread } = await onDisk(store, (disk) => play(scene, disk, death));
				expect(lasting(thread)).toEqual(expected);
			},
			WAIT,
		);
	});
});

/** A run whose two calls are let run by people; what it did in the world, and what people saw of it. */
async function openShop(store: StoreName, death: Death | null) {
	const till = await startMcpHttpServer({ tools: [tool('charge')], call: () => text('charged') });
	try {
		return await onDisk(store, async (disk) => {
			const scene = { config: 'tests/e2e/fixtures/approval.yaml', questions: ['Open the shop'] };
			const { commits, thread } = await play({ ...scene, env: { TILL_URL: till.url }, observe: pressing }, disk, death);
			const board = await readFile(join(disk.dataDir, 'noticeboard.md'), 'utf8').catch(() => '');
			const charges = till.received.filter(({ method }) => method === 'tools/call').length;
			return { commits, thread, charges, notices: board.split('The shop is open.').length - 1 };
		});
	} finally {
		await till.close();
	}
}

describe('a process that dies at any commit while calls wait for people and run', async () => {
	const whole = await openShop('sqlite', null);

	it('undisturbed: both calls run once, after one card with two items', () => {
		expect(finalOf(whole.thread)).toEqual([['answered', 'Both were decided.']]);
		expect([whole.notices, whole.charges]).toEqual([1, 1]);
		const cards = cardsIn(whole.thread);
		expect(cards).toHaveLength(1);
		expect(cards[0]?.items).toMatchObject([
			{ tool: 'post_notice', state: 'approved', effect: 'done', votes: [{ decision: 'approve' }] },
			{ tool: 'till__charge', state: 'approved', effect: 'done' },
		]);
		expect(whole.commits).toBeGreaterThan(12);
	});

	describe.each(STORES)('in %s', (store) => {
		beforeEach((context) => (store === 'redis' ? requireService('redis', context) : undefined));

		it.concurrent.each(deathsOf(whole.commits))(
			'case 16: $when commit $commit: nothing happens twice, and the run ends as undisturbed',
			async (death) => {
				const { thread, notices, charges } = await openShop(store, death);
				expect(finalOf(thread)).toEqual(finalOf(whole.thread));
				expect(notices).toBe(1);
				// A charge that may have happened is never made again: a person was asked, and said that it had.
				const unknown = cardsIn(thread).flatMap(({ items }) => items.filter(({ question }) => question === 'outcome'));
				expect(unknown.every(({ tool: name }) => name === 'till__charge')).toBe(true);
				expect(charges).toBeLessThanOrEqual(1);
				if (unknown.length === 0) expect(charges).toBe(1);
			},
			WAIT,
		);
	});
});
