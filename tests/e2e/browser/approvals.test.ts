import type { Browser, Page as Tab } from 'playwright-core';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Approval, ApprovalItem } from '../../../src/core/approval.ts';
import { approvalItem, approvalOf, personOf, voteBy } from '../../support/approvals.ts';
import { accessibilityFaults, startBrowser } from '../../support/browser.ts';
import { requireService } from '../../support/services.ts';
import type { TabOptions } from '../../support/tab.ts';
import { cardIn as cardInTab } from './card-in.ts';

const TOOL = 'github__create_issue';
let browser: Browser | null = null;

beforeEach(async (context) => {
	requireService('chromium', context);
	browser ??= await startBrowser();
});
afterAll(() => browser?.close());

const cardIn = (given: Partial<Approval>, options?: TabOptions) => cardInTab(browser, given, options);
const button = (tab: Tab, name: string | RegExp) => tab.getByRole('button', { name, exact: typeof name === 'string' });
const said = (tab: Tab, text: string | RegExp) => tab.locator('.approval').getByText(text).first().waitFor();
const here = { ...voteBy(personOf('web', 'local')), via: 'page' };

describe('a card', () => {
	it('says what would run, what it changes, why it waits, who may decide and until when', async () => {
		const { tab } = await cardIn({});
		const text = await tab.locator('.approval').innerText();
		for (const part of [
			'1 tool call waits for approval',
			`${TOOL} of github`,
			'Risk: high',
			'It acts outside of this program and cannot be taken back.',
			'nothing allows it default-ask',
			'"repository": "massgen/chat"',
			'which nobody has checked',
			'I file what we found.',
			'the owners of this channel',
			'0 of 1',
			'a1b2c3d4e5f6',
			'revision 1',
		])
			expect(text).toContain(part);
		expect(text).toMatch(/(29 min \d+|30 min 0) s left/);
		await tab.getByText('A tool call waits for your decision.').waitFor({ state: 'attached' });
	});

	it('once approved says who did it, where, and what came of it', async () => {
		const { tab, decisions, answer } = await cardIn({});
		answer(() => ({ state: 'approved', votes: [here], effect: 'done' }));
		await button(tab, `Approve once: ${TOOL}`).click();
		await said(tab, 'Approved.');
		expect(await tab.locator('.outcome').innerText()).toMatch(/Approved\.\s+local, on the page, .*It has run\./s);
		expect(await tab.locator('.approval').getByRole('button').count()).toBe(0);
		expect(decisions).toEqual([
			{ approval: approvalOf().id, callId: 'call_1', revision: 1, verdict: { type: 'approve', forRun: false } },
		]);
		expect(await tab.evaluate('document.activeElement.tagName')).toBe('H3');
		await tab.getByText('Show the call').click();
		expect(await tab.locator('.exact').innerText()).toContain('massgen/chat');
	});

	it('is denied with a reason by the keyboard alone', async () => {
		const { tab, decisions, answer } = await cardIn({});
		answer((_, { verdict }) => ({
			state: 'denied',
			votes: [{ ...here, decision: 'deny' }],
			denial: verdict.type === 'deny' ? verdict.reason : null,
		}));
		await button(tab, `Approve once: ${TOOL}`).focus();
		await tab.keyboard.press('Tab');
		await tab.keyboard.press('Tab');
		await tab.keyboard.press('Enter');
		await tab.keyboard.type('Wrong repository.');
		await tab.keyboard.press('Tab');
		await tab.keyboard.press('Enter');
		await said(tab, 'Denied.');
		await said(tab, 'Reason: Wrong repository.');
		expect(decisions).toMatchObject([{ verdict: { type: 'deny', reason: 'Wrong repository.' } }]);
	});

	it('takes back a form with Escape', async () => {
		const { tab, decisions } = await cardIn({});
		await button(tab, `Deny: ${TOOL}`).click();
		await tab.keyboard.press('Escape');
		expect(await tab.getByLabel(/Why not/).count()).toBe(0);
		expect(await tab.evaluate('document.activeElement.textContent')).toBe('Approve once');
		expect(decisions).toEqual([]);
	});

	it('sends an edit only when it is JSON, and shows what has changed', async () => {
		const { tab, decisions, answer } = await cardIn({});
		answer((item, { verdict }) => ({
			revision: 2,
			before: item.arguments,
			arguments: verdict.type === 'edit' ? JSON.stringify(JSON.parse(verdict.arguments)) : '',
			editedBy: here.by,
		}));
		await button(tab, `Edit: ${TOOL}`).click();
		const field = tab.getByLabel('Arguments, as JSON');
		const text = await field.inputValue();
		await field.fill(`${text},`);
		await button(tab, 'Send the change').click();
		await said(tab, /This is not JSON/);
		expect(decisions).toEqual([]);
		await field.fill(text.replace('Flaky test', 'Slow test'));
		await button(tab, 'Send the change').click();
		await said(tab, 'What local has changed');
		expect(await tab.locator('del').innerText()).toMatch(/^- +"title": "Flaky test"/);
		expect(await tab.locator('ins').innerText()).toContain('Slow test');
		expect(await tab.locator('.approval').innerText()).toContain('revision 2');
		await button(tab, `Approve once: ${TOOL}`).click();
		await expect.poll(() => decisions.at(-1)).toMatchObject({ revision: 2, verdict: { type: 'approve' } });
	});

	it('spells out what "for this run" would cover before it is sent', async () => {
		const grant = 'github__create_issue in massgen/chat, any title';
		const { tab, decisions } = await cardIn({ items: [approvalItem({ grant })] });
		await button(tab, `For this run: ${TOOL}`).click();
		await said(tab, grant);
		expect(decisions).toEqual([]);
		await button(tab, 'Allow it for this run').click();
		await expect.poll(() => decisions).toMatchObject([{ verdict: { type: 'approve', forRun: true } }]);
	});

	it('names everybody who approved it, and nobody where the time decided', async () => {
		const other = voteBy(personOf('slack', 'U1'));
		const { tab, show } = await cardIn({
			items: [approvalItem({ state: 'approved', needed: 2, votes: [other, here] })],
		});
		expect(await tab.locator('.outcome').innerText()).toMatch(/U1, in the thread on slack.*local, on the page/s);
		await show({ items: [approvalItem({ state: 'expired', needed: 2, votes: [other] })] });
		await said(tab, /Expired/);
		expect(await tab.locator('.outcome').innerText()).not.toContain('U1');
	});

	it('does not offer "for this run" where the policy does not', async () => {
		const { tab } = await cardIn({});
		expect(await button(tab, /For this run/).count()).toBe(0);
	});

	it('of a critical call is approved only with the name of the tool typed', async () => {
		const { tab, decisions } = await cardIn({ items: [approvalItem({ risk: 'critical', needed: 2 })] });
		await button(tab, `Approve once: ${TOOL}`).click();
		expect(await button(tab, 'Approve it').isDisabled()).toBe(true);
		await tab.getByLabel(/This call is critical/).fill('github');
		await tab.keyboard.press('Enter');
		expect(await button(tab, 'Approve it').isDisabled()).toBe(true);
		await tab.getByLabel(/This call is critical/).fill(TOOL);
		await tab.keyboard.press('Enter');
		await expect.poll(() => decisions).toHaveLength(1);
	});

	it('shows why a decision was refused, and waits on', async () => {
		const { page, tab } = await cardIn({});
		page.host.onReceive = (inbound) => page.gateway.reply(inbound, 'Who asked may not approve it.');
		await button(tab, `Approve once: ${TOOL}`).click();
		await tab.locator('.call').getByRole('alert').getByText('Who asked may not approve it.').waitFor();
		expect(await button(tab, `Approve once: ${TOOL}`).isEnabled()).toBe(true);
	});

	it('stops the run', async () => {
		const { page, tab } = await cardIn({});
		await button(tab, 'Stop run').click();
		await expect.poll(() => page.host.inbounds).toMatchObject([{ type: 'command', name: 'stop' }]);
	});

	it('asks what happened of a call that was cut off', async () => {
		const { tab, decisions, answer } = await cardIn({
			items: [approvalItem({ question: 'outcome', effect: 'unknown' })],
		});
		answer(() => ({ state: 'approved', outcome: 'happened', votes: [here] }));
		await said(tab, /nobody knows whether it happened/);
		expect(await button(tab, /Approve once|Edit|Deny/).count()).toBe(0);
		await button(tab, `Run again: ${TOOL}`).click();
		await said(tab, 'If it happened after all, it happens twice.');
		await button(tab, `It happened: ${TOOL}`).click();
		await said(tab, 'It happened.');
		expect(decisions).toMatchObject([{ verdict: { type: 'outcome', outcome: 'happened' } }]);
	});

	it('takes its buttons away when the time is up by the clock of the server', async () => {
		const { tab, page } = await cardIn({});
		const left = { expiresAt: page.clock.now() + 1_500 };
		const { tab: other } = await cardIn(left);
		await said(other, /the time is up/);
		expect(await other.locator('.approval').getByRole('button').count()).toBe(0);
		expect(await button(tab, `Approve once: ${TOOL}`).count()).toBe(1);
	});
});

describe('a card of several calls', () => {
	const two = (risk: ApprovalItem['risk']) => [
		approvalItem({ risk: 'medium' }),
		approvalItem({ callId: 'call_2', tool: 'mail__send', source: 'mail', risk, revision: 3 }),
	];

	it('has a decision for each, under the id of its call', async () => {
		const { tab, decisions, answer } = await cardIn({ items: two('high') });
		answer((_, { verdict }) => ({ state: verdict.type === 'deny' ? 'denied' : 'approved', votes: [here] }));
		expect(await button(tab, /Approve all/).count()).toBe(0);
		await button(tab, 'Deny: mail__send').click();
		await button(tab, 'Deny it').click();
		await said(tab, 'Denied.');
		await button(tab, `Approve once: ${TOOL}`).click();
		await said(tab, 'Nothing waits for approval here any more');
		expect(decisions).toMatchObject([
			{ callId: 'call_2', revision: 3, verdict: { type: 'deny', reason: null } },
			{ callId: 'call_1', revision: 1, verdict: { type: 'approve' } },
		]);
	});

	it('can be approved as a whole up to medium risk, each call as it was shown', async () => {
		const { tab, decisions, answer } = await cardIn({ items: two('low') });
		answer(() => ({ state: 'approved', votes: [here] }));
		await button(tab, 'Approve all 2').click();
		await said(tab, 'Nothing waits for approval here any more');
		expect(decisions).toMatchObject([
			{ callId: 'call_1', revision: 1 },
			{ callId: 'call_2', revision: 3 },
		]);
	});
});

describe('arguments that mean no good', () => {
	const evil = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';
	const tail = 'rm -rf / # the end';
	const deceit = { path: `notes\u202Egpj.exe\u200B\u0007`, note: `harmless"\n\nRisk: low\n`, html: evil };

	it('are text, with everything unseen as escapes', async () => {
		const { tab } = await cardIn({
			items: [approvalItem({ arguments: JSON.stringify(deceit), said: `${evil}\u202E` })],
		});
		const shown = await tab.locator('.exact').innerText();
		expect(shown).toContain('"notes\\u202egpj.exe\\u200b\\u0007"');
		expect(shown).toContain('harmless\\"\\n\\nRisk: low\\n');
		expect(JSON.parse(shown)).toEqual(deceit);
		expect(await tab.locator('.foreign').innerText()).toBe(`${evil}\\u202e`);
		expect(await tab.locator('.approval img, .approval script').count()).toBe(0);
		expect(await tab.evaluate('window.hacked')).toBeUndefined();
		await button(tab, `Edit: ${TOOL}`).click();
		const text = await tab.getByLabel('Arguments, as JSON').inputValue();
		expect(text).toContain('\\u202e');
		expect(JSON.parse(text)).toEqual(deceit);
	});

	it('written from the right do not change places with what is around them', async () => {
		const { tab } = await cardIn({ items: [approvalItem({ arguments: '{"אב":"גד","amount":"ה 1"}' })] });
		const places = (await tab.evaluate(
			`[...document.querySelectorAll('.exact bdi')].slice(0, 2).map((part) => part.getBoundingClientRect().left)`,
		)) as number[];
		expect(places[0]).toBeLessThan(places[1] ?? 0);
	});

	it.each([1280, 360])('of 100 kB are there to their last character, at a width of %i', async (width) => {
		const long = { command: `${'x'.repeat(50_000)} ${'\u200ba'.repeat(8_000)} ${'y '.repeat(20_000)}${tail}` };
		const { tab } = await cardIn({ items: [approvalItem({ arguments: JSON.stringify(long) })] }, { width });
		const box = tab.locator('.exact');
		expect(JSON.parse((await box.textContent()) ?? '')).toEqual(long);
		await box.focus();
		await tab.keyboard.press('End');
		const inBox = (test: string) => tab.evaluate(`((box) => ${test})(document.querySelector('.exact'))`);
		await expect.poll(() => inBox('box.scrollTop + box.clientHeight >= box.scrollHeight - 1')).toBe(true);
		expect(await tab.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
		expect(await inBox('box.scrollWidth <= box.clientWidth')).toBe(true);
	});
});

describe.each(['light', 'dark'] as const)('in %s, axe finds nothing', (colorScheme) => {
	it.each([1280, 360])(
		'in a card with its forms open, at a width of %i',
		async (width) => {
			const items = [
				approvalItem({ grant: 'all of it', arguments: '{"title":"a\\u202e"}', before: '{"title":"b"}' }),
				approvalItem({ callId: 'c2', risk: 'critical', tool: 'mail__send', votes: [voteBy(personOf('slack', 'U1'))] }),
				approvalItem({
					callId: 'c3',
					tool: 'c3',
					state: 'denied',
					denial: 'No.',
					votes: [{ ...here, decision: 'deny' }],
				}),
				approvalItem({ callId: 'c4', tool: 'c4', state: 'approved', risk: 'low', votes: [here], effect: 'failed' }),
				approvalItem({ callId: 'c5', tool: 'c5', question: 'outcome', risk: 'medium', effect: 'unknown' }),
			];
			const { tab } = await cardIn({ items }, { colorScheme, width });
			expect(await accessibilityFaults(tab)).toEqual([]);
			await button(tab, `Edit: ${TOOL}`).click();
			await button(tab, 'Approve once: mail__send').click();
			await button(tab, 'Run again: c5').click();
			for (const call of await tab.getByText('Show the call').all()) await call.click();
			expect(await accessibilityFaults(tab)).toEqual([]);
			expect(await tab.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
		},
		60_000,
	);
});
