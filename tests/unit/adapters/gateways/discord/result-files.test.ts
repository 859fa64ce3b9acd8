import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { KeptFiles } from '../../../../../src/core/kept-files.ts';
import { approvalStage } from './approval-stage.ts';
import { finalMessage } from './discord-stage.ts';

const files: KeptFiles = {
	id: 'k',
	count: 4,
	bytes: 30,
	listed: [
		{ path: 'report/summary.md', bytes: 9, id: 'one' },
		{ path: 'data.bin', bytes: 4, id: 'two' },
		{ path: 'gone.txt', bytes: 5, id: 'three' },
	],
};

describe('the files of a result on Discord', () => {
	it('are attached under the answer, and what is missing is said', async () => {
		const on = await approvalStage({ kept: { one: '# Summary', two: '\u0000\u0001ab' } });
		await on.show(finalMessage('Done.', { files }));
		const message = on.discord.messages(on.thread).at(-1);
		expect(message?.content).toBe(
			'-# 3 files of the answer · 1 file is not attached here: too large, too many, or empty. Ask in this thread for what you need of it.\n' +
				'-# gone.txt is not kept any more and could not be attached.',
		);
		const read = (message?.attachments ?? []).map(async ({ filename, url }) => [
			filename,
			await (await fetch(url)).text(),
		]);
		expect(await Promise.all(read)).toEqual([
			['report_summary.md', '# Summary'],
			['data.bin', '\u0000\u0001ab'],
		]);
		expect(on.discord.violations).toEqual([]);
	});

	it('that the place does not take are named with their size', async () => {
		const noise = randomBytes(12_000_000);
		const on = await approvalStage({ kept: { one: noise, two: 'abcd' } });
		const listed = [
			{ path: 'large.bin', bytes: noise.length, id: 'one' },
			{ path: 'small.txt', bytes: 4, id: 'two' },
		];
		await on.show(finalMessage('Done.', { files: { ...files, count: 2, listed } }));
		const message = on.discord.messages(on.thread).at(-1);
		expect(message?.content).toBe(
			'-# 2 files of the answer\n-# large.bin (11.4 MB) could not be attached here. Ask in this thread for what you need of it.',
		);
		expect(message?.attachments.map(({ filename }) => filename)).toEqual(['small.txt']);
		expect(on.discord.violations).toEqual([]);
	});

	it('are not there while the answer is written, nor where there are none', async () => {
		const on = await approvalStage();
		await on.show(finalMessage('Do', { files: null, streaming: true, outcome: null }));
		await on.show(finalMessage('Done.'));
		const [last] = on.discord.messages(on.thread).toReversed();
		expect([last?.content.includes('Done.'), last?.attachments]).toEqual([true, []]);
	});
});
