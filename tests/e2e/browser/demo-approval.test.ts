import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBrowser } from '../../support/browser.ts';
import { type Running, temporaryFolder } from '../../support/command.ts';
import { type Page, startPage } from '../../support/page.ts';
import { requireService } from '../../support/services.ts';
import { answered, openTab } from '../../support/tab.ts';

let browser: Browser | null = null;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let page: Page & { running: Running };

beforeAll(async () => {
	folder = await temporaryFolder();
	page = await startPage('src/main.ts', ['start'], { env: { DATA_DIR: folder.path } });
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

const board = () => readFile(join(folder.path, 'noticeboard.md'), 'utf8').catch(() => '');

/** Asks the demo team, as a newcomer does, and waits for the card. */
async function askToPost() {
	const tab = await openTab(browser, page.address);
	await tab.getByLabel('Your question').fill('Should we ship on Friday? Post the decision.');
	await tab.getByLabel('Your question').press('Control+Enter');
	await tab.getByRole('button', { name: 'Approve once' }).waitFor({ timeout: 60_000 });
	return tab;
}

describe('a newcomer with the demo team', () => {
	it('sees what would be posted, approves it, and it is posted once; after a reload the card says by whom', async () => {
		const tab = await askToPost();
		const card = tab.getByRole('article');
		expect(await card.innerText()).toContain('Decided by the demo team');
		expect(await board()).toBe('');
		await tab.getByRole('button', { name: 'Approve once' }).click();
		await answered(tab);
		expect(await card.innerText()).toContain('Approved');
		expect((await board()).split('Decided by the demo team')).toHaveLength(2);
		await tab.reload();
		await answered(tab);
		expect(await tab.getByRole('button', { name: 'Approve once' }).count()).toBe(0);
		expect(await tab.getByRole('article').innerText()).toContain('Approved');
	});

	it('denies it: nothing is posted, and the answer comes all the same', async () => {
		const before = await board();
		const tab = await askToPost();
		await tab.getByRole('button', { name: 'Deny' }).first().click();
		const confirm = tab.getByRole('button', { name: /^Deny/ }).last();
		if (await confirm.isVisible()) await confirm.click();
		await answered(tab);
		expect(await board()).toBe(before);
		expect(await tab.getByRole('article').innerText()).toContain('This is a demonstration');
	});
}, 180_000);
