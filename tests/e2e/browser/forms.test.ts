import type { Browser, Page as Tab } from 'playwright-core';
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { ForeignForm, FormAnswer } from '../../../src/core/foreign-form.ts';
import { personOf } from '../../support/approvals.ts';
import { accessibilityFaults, startBrowser } from '../../support/browser.ts';
import { evilForm, harbourForm, shortForm } from '../../support/foreign-forms.ts';
import { requireService } from '../../support/services.ts';
import { openTab, type TabOptions } from '../../support/tab.ts';
import { served } from '../../unit/adapters/gateways/web/served.ts';
import { placeIn, question, sessionNamed } from '../../unit/adapters/gateways/web/thread-messages.ts';

const BUILT_PAGE = new URL('../../../dist/ui/', import.meta.url);
let browser: Browser | null = null;

beforeEach(async (context) => {
	requireService('chromium', context);
	browser ??= await startBrowser();
});
afterAll(() => browser?.close());

/** A thread in a tab whose person is asked this. */
async function asked(form: ForeignForm, options: TabOptions = {}) {
	const page = await served({ assets: BUILT_PAGE });
	await page.show(placeIn('t1'), question());
	const taken = new AbortController();
	const put = (next: ForeignForm): Promise<FormAnswer | undefined> =>
		Promise.resolve(
			page.gateway.elicit?.({ session: sessionNamed('t1'), person: personOf('web', 'local') }, next, taken.signal),
		);
	const answer = put(form);
	const tab = await openTab(browser, page.url('/t/t1'), options);
	onTestFinished(() => tab.context().close());
	await tab.locator('.foreign-form').waitFor();
	return { page, tab, answer, put, taken };
}
const button = (tab: Tab, name: string) => tab.getByRole('button', { name, exact: true });
const said = (tab: Tab, text: string) => tab.locator('.said').getByText(text).waitFor();

/** Fills in all of `harbourForm`. */
async function fill(tab: Tab, { name = 'Ada', boats = '3' } = {}): Promise<void> {
	await tab.getByLabel(/^Name/).fill(name);
	await tab.getByLabel(/^Boats/).fill(boats);
	await tab.getByLabel(/^Sure/).selectOption('No');
	await tab.getByLabel(/^Where/).selectOption('South');
	await tab.getByLabel('Ropes').check();
	await tab.getByLabel('Oars').check();
}

describe('a form of a tool server', () => {
	it('says who asks and what is expected, and is answered', async () => {
		const { tab, answer } = await asked(harbourForm);
		const text = await tab.locator('.foreign-form').innerText();
		for (const part of [
			'sea wants to know something from you',
			'sea, a tool server, wants to know something from you. In its own words:',
			'Which harbour?',
			'Give it no password.',
			'2 to 20 characters',
			'a whole number 1…9',
			'1 to 2 of them',
			'email, may be left empty',
		])
			expect(text).toContain(part);
		await fill(tab);
		await button(tab, 'Send').click();
		await said(tab, 'Sent to sea.');
		expect(await answer).toEqual({
			type: 'accepted',
			values: { name: 'Ada', boats: 3, sure: false, where: 's', wants: ['ropes', 'oars'] },
		});
		expect(await tab.locator('.foreign-form').count()).toBe(0);
		expect(await tab.evaluate('document.activeElement.className')).toBe('forms');
		await tab.reload();
		await tab.getByRole('article').waitFor();
		expect(await tab.locator('body').innerText()).not.toMatch(/harbour|sea/);
	});

	it('is filled in and sent by the keyboard alone', async () => {
		const { tab, answer } = await asked(shortForm);
		await tab.getByLabel(/^Name/).focus();
		await tab.keyboard.type('Ada');
		await tab.keyboard.press('Enter');
		expect(await answer).toEqual({ type: 'accepted', values: { name: 'Ada' } });
	});

	it('is declined by the keyboard alone', async () => {
		const { tab, answer } = await asked(shortForm);
		await tab.getByLabel(/^Name/).focus();
		await tab.keyboard.press('Tab');
		await tab.keyboard.press('Tab');
		await tab.keyboard.press('Enter');
		await said(tab, 'Not answered; sea is told so.');
		expect(await answer).toEqual({ type: 'declined' });
	});

	it('says at each field what does not fit, keeps what was typed, and takes the correction', async () => {
		const { tab, answer } = await asked(harbourForm);
		await fill(tab, { name: 'A', boats: 'many' });
		await button(tab, 'Send').click();
		await tab.getByRole('alert').getByText('Look at 2 fields again.').waitFor();
		const name = tab.getByLabel(/^Name/);
		expect(await tab.evaluate('document.activeElement.id')).toBe(await name.getAttribute('id'));
		expect(await name.getAttribute('aria-invalid')).toBe('true');
		expect(await tab.locator('.foreign-form .field-of-form').nth(1).innerText()).toContain(
			'That does not fit. Expected: a whole number 1…9.',
		);
		await name.fill('Ada');
		await tab.getByLabel(/^Boats/).fill('9');
		await button(tab, 'Send').click();
		expect(await answer).toMatchObject({ type: 'accepted', values: { name: 'Ada', boats: 9, where: 's' } });
	});

	it('keeps what was typed while another comes and the connection is made anew', async () => {
		const { page, tab, put } = await asked(shortForm);
		await tab.getByLabel(/^Name/).fill('Ada');
		void put({ ...shortForm, server: 'lake' });
		await expect.poll(() => tab.locator('.foreign-form').count()).toBe(2);
		await tab.evaluate(`Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
			document.dispatchEvent(new Event('visibilitychange'));`);
		await page.show(placeIn('t1', 'r2'), question('Meanwhile?'));
		await tab.evaluate(`Object.defineProperty(document, 'visibilityState', { value: 'visible' });
			document.dispatchEvent(new Event('visibilitychange'));`);
		await tab.getByText('Meanwhile?').waitFor();
		expect(await tab.getByLabel(/^Name/).first().inputValue()).toBe('Ada');
	});

	it('goes when nobody waits for it any more, and that is said', async () => {
		const { tab, answer, taken } = await asked(shortForm);
		await tab.getByLabel(/^Name/).fill('Ad');
		taken.abort();
		await said(tab, 'The question of sea is over: it was answered, or nobody waits for it any more.');
		expect(await tab.locator('.foreign-form').count()).toBe(0);
		expect(await answer).toEqual({ type: 'declined' });
	});

	it('is answered in one of two tabs, and gone in the other', async () => {
		const { page, tab, answer } = await asked(shortForm);
		const other = await openTab(browser, page.url('/t/t1'), { window: tab.context() });
		await other.getByLabel(/^Name/).fill('Ada');
		await button(other, 'Send').click();
		await answer;
		await said(tab, 'The question of sea is over: it was answered, or nobody waits for it any more.');
	});

	it.each([1280, 360])('that means no good is text, at a width of %i', async (width) => {
		const { tab, answer } = await asked(evilForm, { width });
		const card = tab.locator('.foreign-form');
		expect(await card.locator('a, img, script, strong, b, code').count()).toBe(0);
		expect(await tab.evaluate('window.hacked')).toBeUndefined();
		const text = (await card.textContent()) ?? '';
		expect(text).toContain('[here](https://evil.example)');
		expect(text).toContain('\\u202egpj\\u200b');
		expect(text).not.toMatch(/[\u202E\u200B]/);
		expect(await tab.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
		await button(tab, 'Do not answer').click();
		expect(await answer).toEqual({ type: 'declined' });
	});
});

describe.each(['light', 'dark'] as const)('in %s, axe finds nothing', (colorScheme) => {
	it.each([1280, 360])(
		'in a form with faults and after it, at a width of %i',
		async (width) => {
			const { tab, put } = await asked(harbourForm, { colorScheme, width });
			expect(await accessibilityFaults(tab)).toEqual([]);
			void put(evilForm);
			await button(tab, 'Send').first().click();
			await tab.getByRole('alert').waitFor();
			await expect.poll(() => tab.locator('.foreign-form').count()).toBe(2);
			expect(await accessibilityFaults(tab)).toEqual([]);
			await button(tab, 'Do not answer').first().click();
			await said(tab, 'Not answered; sea is told so.');
			expect(await accessibilityFaults(tab)).toEqual([]);
		},
		60_000,
	);
});
