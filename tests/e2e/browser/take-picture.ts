/** `npm run picture`: the demo team answers on the page; its thread and a card that waits become pictures of the README. */
import type { Page as Tab } from 'playwright-core';
import { startBrowser } from '../../support/browser.ts';
import { temporaryFolder } from '../../support/command.ts';
import { startPage } from '../../support/page.ts';
import { answered, askIn } from '../../support/tab.ts';

const WIDTH = 880;
const pathOf = (name: string) => new URL(`../../../docs/${name}.png`, import.meta.url).pathname;

const folder = await temporaryFolder();
const page = await startPage('src/main.ts', ['start'], { env: { DATA_DIR: folder.path } });
const browser = await startBrowser();

/** A thread of the demo team, once `isReady`. */
async function threadOf(question: string, isReady: (tab: Tab) => Promise<void>): Promise<Tab> {
	const tab = await browser.newPage({ viewport: { width: WIDTH, height: 900 }, locale: 'en-GB', colorScheme: 'light' });
	await tab.goto(page.address);
	await askIn(tab, question, 'demo');
	await isReady(tab);
	return tab;
}

try {
	const thread = await threadOf('How do we cut our build time?', (tab) => answered(tab));
	const result = await thread.locator('.final').boundingBox();
	if (result === null) throw new Error('the result is not shown');
	const clip = { x: 0, y: 0, width: WIDTH, height: Math.ceil(result.y + result.height + 20) };
	await thread.screenshot({ path: pathOf('thread'), clip, fullPage: true });
	const asking = await threadOf('Should we ship on Friday? Post the decision.', (tab) =>
		tab.getByRole('button', { name: 'Approve once' }).waitFor({ timeout: 60_000 }),
	);
	await asking
		.locator('.approval')
		.first()
		.screenshot({ path: pathOf('approval') });
} finally {
	await browser.close();
	page.running.process.kill('SIGTERM');
	await page.running.ended;
	await folder.remove();
}
