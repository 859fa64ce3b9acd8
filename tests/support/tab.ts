import type { Browser, BrowserContext, Page as Tab } from 'playwright-core';
import { expect } from 'vitest';

export interface TabOptions {
	colorScheme?: 'light' | 'dark';
	width?: number;
	/** The window it belongs to; its own when left out. */
	window?: BrowserContext;
}

/** A tab at this address. An error that its page does not deal with fails the test. */
export async function openTab(browser: Browser | null, url: string, options: TabOptions = {}): Promise<Tab> {
	if (browser === null) throw new Error('there is no browser');
	const { colorScheme = 'light', width = 1280 } = options;
	const window = options.window ?? (await browser.newContext({ colorScheme, viewport: { width, height: 900 } }));
	const tab = await window.newPage();
	tab.on('pageerror', (error) => expect.unreachable(error.message));
	await tab.goto(url);
	return tab;
}

/** Asks in the tab, and waits until the thread is shown. */
export async function askIn(tab: Tab, question: string, team = 'calm'): Promise<void> {
	await tab.getByRole('combobox').selectOption(team);
	await tab.getByLabel('Your question').fill(question);
	await tab.getByLabel('Your question').press('Control+Enter');
	await tab.getByRole('article').waitFor();
}

/** Resolves when this many runs of the thread have ended. */
export const answered = (tab: Tab, count = 1) =>
	tab
		.getByRole('button', { name: 'Ask again' })
		.nth(count - 1)
		.waitFor({ timeout: 20_000 });

export const threadIdOf = (tab: Tab): string => tab.url().split('/').at(-1) ?? '';
