import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { createDisks, finalOf, lasting, live, play, pressing } from './crash-world.ts';

const CRASH = 'tests/e2e/fixtures/crash.yaml';
const disks = createDisks('sqlite');

/** What a process of some version has left in its store. */
const leftSchema = z.object({
	config: z.string(),
	records: z.array(z.object({ kind: z.string(), key: z.string(), value: z.unknown() })),
	logs: z.record(z.string(), z.array(z.looseObject({ at: z.number() }))),
});

async function openDisk() {
	const disk = await disks.make();
	onTestFinished(disk.remove);
	return disk;
}

/** A process that takes up what was left, at the time at which it was left. */
async function takeUp(name: string) {
	const left = leftSchema.parse(JSON.parse(await readFile(`tests/fixtures/journals/${name}.json`, 'utf8')));
	const disk = await openDisk();
	const entries = Object.entries(left.logs).flatMap(([log, values]) => values.map((value) => ({ log, value })));
	await disk.store.commit([
		...left.records.map((record) => ({ type: 'put' as const, ...record })),
		...entries.map((entry) => ({ type: 'append' as const, ...entry })),
	]);
	const at = Math.max(...entries.map(({ value }) => value.at));
	const life = await live({ config: left.config, disk, death: null, speed: 5, at, observe: pressing });
	onTestFinished(life.end);
	await life.app.bot.recover();
	await life.settle();
	return { thread: await life.thread(), disk };
}

describe('a run that version 1 has left', () => {
	it.each(['finished', 'mid-answer', 'mid-evaluation', 'presented-not-finished'])(
		'%s: ends with the thread that a run has today',
		async (name) => {
			const today = await play({ config: CRASH, questions: ['the outage'], speed: 5 }, await openDisk(), null);
			const { thread } = await takeUp(`v1/${name}`);
			expect(lasting(thread)).toEqual(lasting(today.thread));
		},
	);

	it('suspended: people are heard, and what they let run has run once', async () => {
		const { thread, disk } = await takeUp('v1/suspended');
		expect(finalOf(thread)).toEqual([['answered', 'That was decided.']]);
		const board = await readFile(join(disk.dataDir, 'noticeboard.md'), 'utf8');
		expect(board.split('The shop is open.')).toHaveLength(2);
	});
});
