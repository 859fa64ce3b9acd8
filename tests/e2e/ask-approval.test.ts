import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { massgen, temporaryFolder } from '../support/command.ts';

/** Asks in a terminal whose input is `typed`. */
async function ask(typed: string, ...flags: string[]) {
	const folder = await temporaryFolder();
	onTestFinished(folder.remove);
	const args = ['ask', 'Open the shop', '--config', 'tests/e2e/fixtures/notice.yaml', ...flags];
	const ended = await massgen(args, { env: { DATA_DIR: folder.path }, input: typed });
	const board = await readFile(join(folder.path, 'noticeboard.md'), 'utf8').catch(() => '');
	return { ...ended, shown: ended.stdout + ended.stderr, board };
}

describe('a call that waits, in the terminal', () => {
	it('is shown with its arguments, and runs once after y', async () => {
		const { code, shown, board } = await ask('y\n', '--approve', 'ask');
		expect(code, shown).toBe(0);
		expect(shown).toContain('"text": "The shop is open."');
		expect(shown).toContain('That was decided.');
		expect(board.split('The shop is open.')).toHaveLength(2);
	});

	it('runs as it was edited; what is no JSON is asked for again', async () => {
		const { code, shown, board } = await ask(
			'e\n{"text": nonsense\ne\n{"text": "Open from nine."}\ny\n',
			'--approve',
			'ask',
		);
		expect(code, shown).toBe(0);
		expect(board).toContain('Open from nine.');
		expect(board).not.toContain('The shop is open.');
	});

	it('does not run after n, whose reason is on the card', async () => {
		const { code, shown, board } = await ask('n\nNot on a Sunday.\n', '--approve', 'ask');
		expect(code, shown).toBe(0);
		expect(board).toBe('');
		expect(shown).toContain('Not on a Sunday.');
	});

	it.each([
		['--approve deny', 'y\n', ['--approve', 'deny']],
		['in a pipe that says nothing of it', 'y\n', []],
		['when the input ends', '', ['--approve', 'ask']],
	])('does not run %s, and the output says so', async (_, typed, flags) => {
		const { code, shown, board } = await ask(typed, ...flags);
		expect(code, shown).toBe(0);
		expect(board).toBe('');
		expect(shown).toContain('post_notice');
		expect(shown).toMatch(/denied|nobody/i);
		expect(shown).toContain('That was decided.');
	});
});
