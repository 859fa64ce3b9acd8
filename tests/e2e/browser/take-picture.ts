/** `npm run picture`: the demo team answers a question on the page, and its thread becomes the picture of the README. */
import { startBrowser } from '../../support/browser.ts';
import { temporaryFolder } from '../../support/command.ts';
import { startPage } from '../../support/page.ts';
import { answered, askIn } from '../../support/tab.ts';

const PICTURE = new URL('../../../docs/thread.png', import.meta.url).pathname;
const QUESTION = 'How do we cut our build time?';

const folder = await temporaryFolder();
const page = await startPage('src/main.ts', ['start'], { env: { DATA_DIR: folder.path } });
const browser = await startBrowser();
try {
	const tab = await browser.newPage({ viewport: { width: 880, height: 900 }, locale: 'en-GB', colorScheme: 'light' });
	await tab.goto(page.address);
	await askIn(tab, QUESTION, 'demo');
	await answered(tab);
	const result = await tab.locator('.final').boundingBox();
	if (result === null) throw new Error('the result is not shown');
	const clip = { x: 0, y: 0, width: 880, height: Math.ceil(result.y + result.height + 20) };
	await tab.screenshot({ path: PICTURE, clip, fullPage: true });
} finally {
	await browser.close();
	page.running.process.kill('SIGTERM');
	await page.running.ended;
	await folder.remove();
}
