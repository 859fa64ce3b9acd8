import type { Browser } from 'playwright-core';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { accessibilityFaults, startBrowser } from '../../support/browser.ts';
import { requireService } from '../../support/services.ts';
import { placeIn } from '../../unit/adapters/gateways/web/thread-messages.ts';
import { board, cardIn } from './card-in.ts';

let browser: Browser | null = null;

beforeEach(async (context) => {
	requireService('chromium', context);
	browser ??= await startBrowser();
});
afterAll(() => browser?.close());

describe('a run that uses tools and leaves files', () => {
	it('lists its files with their sizes, and gives them for keeping', async () => {
		const { page, tab } = await cardIn(browser, {});
		const listed = [
			{ path: 'site/index.html', bytes: 5, id: 'f1' },
			{ path: 'a\u202Egpj.exe', bytes: 1_234_567, id: 'f2' },
		];
		page.host.kept.set('f1', new TextEncoder().encode('<p>Hi'));
		await page.show(placeIn('t1'), {
			type: 'final',
			key: 'final',
			...{ winner: 'writer', content: 'Done.', streaming: false, outcome: 'answered', answers: 1, agents: 1 },
			...{ shortfalls: [], spend: null, activeMs: 1, files: { id: 'f', count: 3, bytes: 1_300_000, listed } },
		});
		await tab.getByText('and 1 more, which is not listed').waitFor();
		const text = await tab.locator('.files').innerText();
		for (const part of ['3 files', '1.3 MB', 'site/index.html', '5 bytes', 'a\\u202egpj.exe', '1.2 MB'])
			expect(text).toContain(part);
		const [download] = await Promise.all([
			tab.waitForEvent('download'),
			tab.getByRole('link', { name: 'site/index.html' }).click(),
		]);
		expect(download.suggestedFilename()).toBe('index.html');
		expect(await accessibilityFaults(tab)).toEqual([]);
	});

	it('shows in Details what an agent plans, as a checklist', async () => {
		const { page, tab } = await cardIn(browser, {});
		const plan = [
			{ id: 'read', description: 'Read <b>all</b>', status: 'completed', dependsOn: [] },
			{ id: 'file', description: 'File it', status: 'blocked', dependsOn: ['read', 'ask'] },
		] as const;
		const [row] = board().rows;
		if (row === undefined) throw new Error('there is no row');
		await page.show(placeIn('t1'), {
			...board(),
			rows: [{ ...row, plan: plan.map((task) => ({ ...task, dependsOn: [...task.dependsOn] })) }],
		});
		await tab.getByText('Details').click();
		expect(await tab.getByRole('list', { name: 'Plan of writer' }).innerText()).toBe(
			'☑ Read <b>all</b> done\n⊘ File it blocked · after: read, ask',
		);
		expect(await accessibilityFaults(tab)).toEqual([]);
	});

	it('tells in Details which agent used which tools, and how far they said they were', async () => {
		const { page, tab } = await cardIn(browser, {});
		for (const [tool, note] of [
			['web search', null],
			['web search', '10 pages'],
			['web search', '20 pages'],
			[null, null],
			['file reader', null],
		] as const) {
			await page.show(placeIn('t1'), board(tool, note));
			await tab
				.locator('.board')
				.getByText(note ?? tool ?? 'writing the final answer')
				.waitFor();
		}
		await tab.getByText('Details').click();
		expect(await tab.locator('.trace').innerText()).toMatch(
			/Tools of writer\s+web search\s+10 pages\s+20 pages\s+file reader/,
		);
		expect(await tab.getByText('2 uses of tools').count()).toBe(1);
		expect(await accessibilityFaults(tab)).toEqual([]);
	});
});
