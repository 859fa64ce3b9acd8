import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createNoticeboard } from '../../../../src/adapters/tools/noticeboard.ts';
import { createManualClock } from '../../../support/manual-clock.ts';

function world() {
	const file = join(mkdtempSync(join(tmpdir(), 'board-')), 'data', 'noticeboard.md');
	const board = createNoticeboard(file, createManualClock());
	const post = (input: unknown, effectKey = 'one') =>
		board.call('post_notice', input, { signal: new AbortController().signal, effectKey, progress() {} });
	return { file, board, post, content: () => readFileSync(file, 'utf8') };
}

describe('the noticeboard', () => {
	it('keeps every notice, in order', async () => {
		const { post, content } = world();
		await post({ text: 'first' }, 'one');
		await post({ text: 'second' }, 'two');
		expect(content()).toMatch(/first[\s\S]*second/);
	});

	it('posts a call once, however often it is made', async () => {
		const { post, content } = world();
		for (let tries = 0; tries < 3; tries += 1)
			expect(await post({ text: 'only once' })).toMatchObject({ isError: false });
		expect(content().split('only once')).toHaveLength(2);
	});

	it.each([[undefined], [{}], [{ text: '' }], [{ text: 7 }], [{ text: 'x'.repeat(2_001) }], ['text']])(
		'refuses %j with what it needs',
		async (input) => {
			expect(await world().post(input)).toMatchObject({ isError: true, text: expect.stringContaining('1 to 2000') });
		},
	);

	it('says why it cannot be written', async () => {
		const { file, post } = world();
		await post({ text: 'there' });
		const board = createNoticeboard(join(file, 'below-a-file.md'), createManualClock());
		const options = { signal: new AbortController().signal, effectKey: 'k', progress() {} };
		expect(await board.call('post_notice', { text: 'x' }, options)).toMatchObject({ isError: true });
	});

	it('says that what it does cannot be undone, so that nothing is posted without a person', async () => {
		expect(
			await world().board.tools({ kind: 'present', question: 'Q', seen: [], files: null, attachments: [], plan: [] }),
		).toMatchObject([{ name: 'post_notice', effects: 'irreversible' }]);
	});
});
