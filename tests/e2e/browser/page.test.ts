import type { Browser, Page as Tab } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { accessibilityFaults, startBrowser } from '../../support/browser.ts';
import { type Running, temporaryFolder } from '../../support/command.ts';
import { type Page, startPage } from '../../support/page.ts';
import { requireService } from '../../support/services.ts';
import { answered, askIn, openTab, type TabOptions, threadIdOf } from '../../support/tab.ts';

const CONFIG = ['--config', 'tests/e2e/fixtures/page.yaml'];
const QUESTION = 'Why is the sky blue?';
let browser: Browser | null = null;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let page: Page & { running: Running };

beforeAll(async () => {
	folder = await temporaryFolder();
	page = await startPage('src/main.ts', ['start', ...CONFIG], { env: { DATA_DIR: folder.path } });
});
beforeEach(async (context) => {
	requireService('chromium', context);
	browser ??= await startBrowser();
});
afterAll(async () => {
	await browser?.close();
	page.running.process.kill('SIGTERM');
	await page.running.ended;
	await folder.remove();
});

const open = (path = '/', options: TabOptions = {}) => openTab(browser, page.address + path, options);
const ask = (tab: Tab, question = QUESTION, team = 'calm') => askIn(tab, question, team);

describe('the page', () => {
	it('takes a question and shows the board, answers, vote, reasons and the presented answer', async () => {
		const tab = await open();
		await ask(tab);
		await answered(tab);
		const text = await tab.getByRole('article').innerText();
		for (const part of [QUESTION, 'ann', 'bob', '2 votes', 'Presented for', 'model calls'])
			expect(text).toContain(part);
		await tab.getByRole('button', { name: 'Why' }).click();
		expect(await tab.getByRole('dialog').innerText()).toContain('It is to the point.');
		await tab.keyboard.press('Escape');
		expect(await tab.getByRole('dialog').count()).toBe(0);
		await tab.getByText('Answer of bob').click();
		expect(await tab.getByText('Another view of it.').isVisible()).toBe(true);
	});

	it('lists the earlier threads; each has its own address and is the same after a reload and in a second tab', async () => {
		const tab = await open();
		await ask(tab, 'To be found again?');
		await answered(tab);
		const shown = await tab.getByRole('article').innerText();
		await tab.reload();
		await answered(tab);
		expect(await tab.getByRole('article').innerText()).toBe(shown);
		const second = await open(new URL(tab.url()).pathname);
		await answered(second);
		expect(await second.getByRole('article').innerText()).toBe(shown);
		await second.getByRole('link', { name: 'New question' }).click();
		await second.getByRole('link', { name: /To be found again/ }).click();
		await answered(second);
	});

	it('queues a follow-up with its position, and stop ends the run ahead of it', async () => {
		const tab = await open();
		await ask(tab, 'Slow?', 'slow');
		await tab.getByRole('combobox').selectOption('calm');
		await tab.getByLabel('Follow-up question').fill('And then?');
		await tab.getByRole('button', { name: 'Put in line' }).click();
		await tab.getByRole('heading', { name: 'Up next' }).waitFor();
		await tab.getByText('Queued, position 1').waitFor();
		await tab.getByRole('button', { name: 'Stop' }).click();
		await answered(tab, 2);
		expect(await tab.getByRole('heading', { name: 'Stopped' }).count()).toBe(1);
		expect(await tab.getByText('Presented for And then?').count()).toBe(1);
	});

	it('asks again in a run of its own', async () => {
		const tab = await open();
		await ask(tab, 'Once more?');
		await answered(tab);
		await tab.getByRole('button', { name: 'Ask again' }).click();
		await answered(tab, 2);
		expect(await tab.getByText('put again').count()).toBe(1);
	});

	it('says at once what is wrong with a question, and keeps it', async () => {
		const tab = await open();
		await tab.getByLabel('Your question').fill('x'.repeat(100_001));
		expect(await tab.getByRole('button', { name: 'Ask the team' }).isDisabled()).toBe(true);
		expect(await tab.getByText(/1 character too many/).isVisible()).toBe(true);
	});

	it('is not harmed by what a model wrote', async () => {
		const tab = await open();
		await ask(tab, 'Evil?', 'hostile');
		await answered(tab);
		expect(await tab.evaluate('window.hacked')).toBeUndefined();
		expect(await tab.locator('article img, article script, article a[href^="javascript"]').count()).toBe(0);
		expect(await tab.getByRole('article').innerText()).toContain('<script>');
	});

	it('catches up after its connection broke, without a reload', async () => {
		const tab = await open();
		await ask(tab, 'Interrupted?', 'slow');
		await tab.context().setOffline(true);
		await page.post(`/api/threads/${threadIdOf(tab)}/stop`);
		await tab.context().setOffline(false);
		await tab.getByRole('heading', { name: 'Stopped' }).waitFor({ timeout: 20_000 });
	});

	it('says of an address without a thread that there is none', async () => {
		const tab = await open('/t/nothing-here');
		await tab.getByRole('heading', { name: 'There is no such thread' }).waitFor();
	});
});

describe.each(['light', 'dark'] as const)('in %s, axe finds nothing', (colorScheme) => {
	it.each([1280, 360])('at a width of %i, and nothing is wider than the screen', async (width) => {
		const tab = await open('/', { colorScheme, width });
		await tab.getByLabel('Your question').waitFor();
		expect(await accessibilityFaults(tab)).toEqual([]);
		await ask(tab);
		expect(await accessibilityFaults(tab)).toEqual([]);
		await answered(tab);
		await tab.getByText('Answer of bob').click();
		expect(await accessibilityFaults(tab)).toEqual([]);
		await tab.getByRole('button', { name: 'Why' }).click();
		expect(await accessibilityFaults(tab)).toEqual([]);
		expect(await tab.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
	});
});
