import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page as Tab } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type BreakableLine, breakableLine } from '../../support/breakable-line.ts';
import { accessibilityFaults, OTHER_NAME, startBrowser } from '../../support/browser.ts';
import { type Running, temporaryFolder } from '../../support/command.ts';
import { isFinal, type Page, startPage } from '../../support/page.ts';
import { requireService } from '../../support/services.ts';
import { answered, askIn, openTab, type TabOptions, threadIdOf } from '../../support/tab.ts';

const FIXTURE = 'tests/e2e/fixtures/page.yaml';
const CRAFTED =
	'| a | b |\n|:-:|--:|\n| 1 | 2 |\n\n**bold\n> quote\n```\n</code></pre><b id="out">out</b>\n\u202Edetrever [x](javascript:alert(1)) ![i](https://example.org/i.png)';
const MEGABYTE = Array.from({ length: 90_000 }, (_, n) => `word-${n}.`)
	.join(' ')
	.slice(0, 1_000_000);
const STEADY = Array.from({ length: 120 }, (_, n) => `word${n + 1}`).join(' ');
let browser: Browser | null = null;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let page: Page & { running: Running };

beforeAll(async () => {
	folder = await temporaryFolder();
	page = await startPage('src/main.ts', ['start', '--config', await configIn(folder.path)], {
		env: { DATA_DIR: join(folder.path, 'data') },
	});
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

/** The fixture and two teams more, one with a result that is too long to be written there. */
async function configIn(path: string): Promise<string> {
	const { teams, ...rest } = parse(await readFile(FIXTURE, 'utf8'));
	const saying = (answer: string, text: string) => {
		const script = { answer: [{ new_answer: answer }], present: [{ tokens_per_second: 50_000, text }] };
		return { agents: [{ id: 'ann', backend: { type: 'scripted', model: 'scripted', script } }] };
	};
	const more = { long: saying(MEGABYTE, '{{own}}'), crafted: saying('Short.', CRAFTED) };
	const file = join(path, 'page.json');
	await writeFile(file, JSON.stringify({ ...rest, teams: { ...teams, ...more } }));
	return file;
}

const open = (path = '/', options: TabOptions = {}) => openTab(browser, page.address + path, options);
const finalIn = (tab: Tab) => tab.locator('.final .prose');
const shows = (tab: Tab, text: string) => tab.locator('.final', { hasText: text }).waitFor({ timeout: 20_000 });

interface StreamEvent {
	eventName: string;
	eventId: string;
	data: string;
}

/** Every event that the tab's threads get from now on, as the browser's own tools see them. */
async function eventsOf(tab: Tab): Promise<StreamEvent[]> {
	const events: StreamEvent[] = [];
	const tools = await tab.context().newCDPSession(tab);
	tools.on('Network.eventSourceMessageReceived', (event) => events.push(event));
	await tools.send('Network.enable');
	return events;
}

describe('a connection that drops while the run goes on', () => {
	let line: BreakableLine;
	beforeAll(async () => {
		line = await breakableLine(page.address);
	});
	afterAll(() => line.close());

	it('comes back with what was missed, once and in order, without a reload', async () => {
		const tab = await openTab(browser, line.address);
		const events = await eventsOf(tab);
		await askIn(tab, 'Interrupted?', 'steady');
		await shows(tab, 'word5 ');
		line.cut();
		await tab.getByText('Reconnecting').waitFor();
		const before = events.length;
		const thread = threadIdOf(tab);
		expect(await finalIn(tab).innerText()).not.toContain('word120');
		await page.until(thread, isFinal);
		line.mend();
		await answered(tab);
		expect(await tab.getByText('Reconnecting').count()).toBe(0);
		expect(await finalIn(tab).innerText()).toBe(STEADY);
		// What servers ask for is told anew on every connection, and is no part of the thread.
		const isThread = ({ eventName }: { eventName: string }) => eventName !== 'forms';
		const missed = events.slice(before).filter(isThread);
		expect(missed.map(({ eventName }) => eventName)).not.toContain('snapshot');
		const keys = missed.map(({ data }) => {
			const { run, message } = JSON.parse(data) as { run: string; message: { key: string } };
			return `${run} ${message.key}`;
		});
		expect(keys).toEqual([...new Set(keys)]);
		const numbers = events.filter(isThread).map(({ eventId }) => Number(eventId.split('-')[1]));
		expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
		expect(await tab.getByRole('article').count()).toBe(1);
	});

	it('in the middle of the text goes on writing behind what is there', async () => {
		const tab = await openTab(browser, line.address);
		await askIn(tab, 'Interrupted and on?', 'steady');
		for (const seen of ['word5 ', 'word30 ']) {
			await shows(tab, seen);
			line.cut();
			await tab.getByText('Reconnecting').waitFor();
			line.mend();
		}
		await answered(tab);
		expect(await finalIn(tab).innerText()).toBe(STEADY);
	});

	it('is opened again where a server in between says that it is busy, and not taken for a thread that is gone', async () => {
		const tab = await open();
		let refusals = 2;
		await tab.route('**/events', (route) =>
			refusals-- > 0 ? route.fulfill({ status: 503, body: 'busy' }) : route.continue(),
		);
		await askIn(tab, 'Behind a proxy?').catch(() => {});
		await answered(tab);
		expect(await tab.getByText('no such thread').count()).toBe(0);
		expect(refusals).toBeLessThan(0);
	});
});

describe('in the middle of a run', () => {
	it('a reload and a second tab show the same text, and each word once', async () => {
		const tab = await open();
		await askIn(tab, 'Reloaded?', 'steady');
		await shows(tab, 'word10 ');
		await tab.reload();
		await shows(tab, 'word20 ');
		const second = await open(new URL(tab.url()).pathname);
		await shows(second, 'word30 ');
		await Promise.all([answered(tab), answered(second)]);
		expect(await finalIn(tab).innerText()).toBe(STEADY);
		expect(await finalIn(second).innerText()).toBe(STEADY);
	});

	it('a stop in one tab is seen in the other', async () => {
		const tab = await open();
		await askIn(tab, 'Stopped elsewhere?', 'slow');
		const second = await open(new URL(tab.url()).pathname);
		await second.getByRole('button', { name: 'Stop' }).click();
		await tab.getByRole('heading', { name: 'Stopped', exact: true }).waitFor();
	});

	it('more tabs than a browser gives connections are still served', async () => {
		const first = await open();
		await askIn(first, 'Many tabs?');
		await answered(first);
		const window = first.context();
		const path = new URL(first.url()).pathname;
		for (let count = 0; count < 8; count += 1) {
			// A tab in the background; a headless browser takes every one for the one in front.
			const last = window.pages().at(-1);
			await last?.evaluate(`
				Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
				document.dispatchEvent(new Event('visibilitychange'));
			`);
			await answered(await open(path, { window }));
		}
		const [oldest] = window.pages();
		await page.post(`/api/threads/${threadIdOf(first)}/questions`, { question: 'In front again?', team: 'calm' });
		await oldest?.evaluate(`
			Object.defineProperty(document, 'visibilityState', { value: 'visible', configurable: true });
			document.dispatchEvent(new Event('visibilitychange'));
		`);
		await answered(first, 2);
	});
});

describe('much text', () => {
	const question = `${'A long question with words. '.repeat(4_000).slice(0, 99_990)} The end.`.slice(0, 100_000);

	it('a question of 100,000 characters and an answer of 1 MB are shown, and the page can be used meanwhile', async () => {
		const tab = await open();
		expect(question.length).toBeGreaterThan(99_990);
		await askIn(tab, question, 'long');
		await tab.getByLabel('Follow-up question').fill('Typed while it was written');
		await tab.reload();
		await tab.getByLabel('Follow-up question').fill('Typed while it was written');
		await answered(tab);
		expect((await finalIn(tab).locator('pre').textContent()) === MEGABYTE).toBe(true);
		expect(((await tab.locator('.question').textContent()) ?? '') === question).toBe(true);
		expect(await tab.getByLabel('Follow-up question').inputValue()).toBe('Typed while it was written');
		expect(await tab.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
		await tab.getByText('Answer of ann').click();
		await tab.locator('.slots pre').waitFor();
		await tab.getByRole('link', { name: 'New question' }).click();
		await tab.getByRole('heading', { name: 'What should the team work out?' }).waitFor();
	}, 60_000);
});

describe('text that means no good', () => {
	const evil = '<img src=x onerror="window.hacked=1"> \u202Edetrever \u2066 **bold** <script>window.hacked=1</script>';

	it('as a question stays text, and turns nothing around it', async () => {
		const tab = await open();
		await askIn(tab, evil);
		await answered(tab);
		expect(await tab.locator('.question').innerText()).toBe(evil);
		expect(await tab.locator('main img, main script, nav img, nav script').count()).toBe(0);
		expect(await tab.evaluate('window.hacked')).toBeUndefined();
		const isolated = await tab.evaluate("getComputedStyle(document.querySelector('nav .title')).unicodeBidi");
		expect(isolated).toMatch(/isolate|plaintext/);
	});

	it('as an answer keeps its table and its fence to itself, and breaks no rule of the page', async () => {
		const tab = await open();
		const refused: string[] = [];
		tab.on('console', (message) => {
			if (/Content Security Policy|Refused/i.test(message.text())) refused.push(message.text());
		});
		await askIn(tab, 'Crafted?', 'crafted');
		await answered(tab);
		expect(await tab.locator('.prose #out, .prose img, .prose a[href^="javascript"]').count()).toBe(0);
		expect(await finalIn(tab).locator('code').innerText()).toContain('<b id="out">out</b>');
		expect(await tab.locator('.final footer').innerText()).toContain('model calls');
		const align = await tab.evaluate("getComputedStyle(document.querySelector('.prose td')).textAlign");
		expect(align).toBe('center');
		expect(refused).toEqual([]);
	});
});

/** The first question arrives, and the page does not hear of it. */
async function loseFirstAnswer(tab: Tab): Promise<void> {
	let isLost = false;
	await tab.route('**/api/threads', async (route) => {
		if (route.request().method() !== 'POST' || isLost) return route.continue();
		isLost = true;
		await route.fetch();
		await route.abort();
	});
}

describe('a question that could not be sent', () => {
	it('is sent once, though its first answer was lost', async () => {
		const tab = await open();
		await loseFirstAnswer(tab);
		await tab.getByLabel('Your question').fill('Lost on its way?');
		await tab.getByRole('button', { name: 'Ask the team' }).click();
		await tab.getByRole('alert').waitFor();
		await tab.getByRole('button', { name: 'Ask the team' }).click();
		await answered(tab);
		const titles = (await page.threads()).map(({ title }) => title);
		expect(titles.filter((title) => title === 'Lost on its way?')).toHaveLength(1);
	});

	it('and is changed is another question', async () => {
		const tab = await open();
		await loseFirstAnswer(tab);
		await tab.getByLabel('Your question').fill('First wording?');
		await tab.getByRole('button', { name: 'Ask the team' }).click();
		await tab.getByRole('alert').waitFor();
		await tab.getByLabel('Your question').fill('Second wording?');
		await tab.getByRole('button', { name: 'Ask the team' }).click();
		await answered(tab);
		expect(await tab.locator('.question').innerText()).toBe('Second wording?');
	});

	it('leaves alone what is typed while it is on its way', async () => {
		const tab = await open();
		await askIn(tab, 'Busy?');
		await answered(tab);
		const gate = Promise.withResolvers<void>();
		await tab.route('**/questions', async (route) => {
			await gate.promise;
			await route.continue();
		});
		await tab.getByLabel('Follow-up question').fill('The first one');
		await tab.getByRole('button', { name: 'Send' }).click();
		await tab.getByLabel('Follow-up question').fill('Already the next one');
		gate.resolve();
		await answered(tab, 2);
		expect(await tab.getByLabel('Follow-up question').inputValue()).toBe('Already the next one');
	});
});

describe('a server that says what the page does not understand', () => {
	it('leads to a sentence and a way on, not to an empty page', async () => {
		const window = await (browser as Browser).newContext();
		const tab = await window.newPage();
		await tab.route('**/api/info', (route) => route.fulfill({ json: { teams: 7 } }));
		await tab.goto(page.address);
		await tab.getByRole('heading', { name: 'This could not be shown' }).waitFor();
		await tab.unroute('**/api/info');
		await tab.getByRole('button', { name: 'Reload' }).click();
		await tab.getByLabel('Your question').waitFor();
	});
});

describe('from another machine, without TLS', () => {
	const TOKEN = 'a token for the test';
	let remote: Page & { running: Running };
	let data: Awaited<ReturnType<typeof temporaryFolder>>;
	let address = '';
	beforeAll(async () => {
		data = await temporaryFolder();
		const env = { DATA_DIR: data.path, HOST: '0.0.0.0', WEB_TOKEN: TOKEN };
		remote = await startPage('src/main.ts', ['start', '--config', FIXTURE], { env });
		address = `http://${OTHER_NAME}:${new URL(remote.address).port}`;
	});
	afterAll(async () => {
		remote.running.process.kill('SIGTERM');
		await remote.running.ended;
		await data.remove();
	});

	it('the page asks for its token, and then works', async () => {
		const tab = await openTab(browser, address);
		await tab.getByLabel('Access token').fill('wrong');
		await tab.getByRole('button', { name: 'Sign in' }).click();
		await tab.getByText('That is not the token').waitFor();
		expect(await accessibilityFaults(tab)).toEqual([]);
		await tab.getByLabel('Access token').fill(TOKEN);
		await tab.getByRole('button', { name: 'Sign in' }).click();
		expect(await tab.evaluate('window.isSecureContext')).toBe(false);
		await askIn(tab, 'From afar?');
		await answered(tab);
		await tab.context().clearCookies();
		await tab.reload();
		await tab.getByLabel('Access token').waitFor();
	});

	it('a thread whose reader is signed out asks for the token too, and goes on behind it', async () => {
		const tab = await openTab(browser, address);
		await tab.getByLabel('Access token').fill(TOKEN);
		await tab.getByRole('button', { name: 'Sign in' }).click();
		await askIn(tab, 'Signed out?');
		await answered(tab);
		await tab.context().clearCookies();
		await tab.getByRole('link', { name: 'New question' }).click();
		await tab.getByRole('link', { name: /Signed out/ }).click();
		await tab.getByLabel('Access token').fill(TOKEN);
		await tab.getByRole('button', { name: 'Sign in' }).click();
		await answered(tab);
	});
});
