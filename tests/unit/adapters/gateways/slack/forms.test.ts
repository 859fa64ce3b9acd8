import { describe, expect, it } from 'vitest';
import type { ForeignForm, FormAnswer, FormField } from '../../../../../src/core/foreign-form.ts';
import type { Person } from '../../../../platforms/slack/person.ts';
import type { EphemeralMessage, SlackView } from '../../../../platforms/slack/world.ts';
import { everyField, evilForm, harbourForm, shortForm } from '../../../../support/foreign-forms.ts';
import { approvalStage } from './approval-stage.ts';

const OVER = 'That form is over: it was answered, or nobody waits for it any more.';
const PERSON = { platform: 'slack', tenant: 'T1', user: 'U1' };

/** Ada, whose question a run is about, is asked this. */
async function asked(form: ForeignForm) {
	const on = await approvalStage();
	const taken = new AbortController();
	const to = { session: on.place.session, person: PERSON };
	const answer: Promise<FormAnswer | undefined> = Promise.resolve(on.gateway().elicit?.(to, form, taken.signal));
	const notice = await shownTo(on, on.ada);
	/** Presses a button of the notice, and waits for the modal. */
	const open = async (): Promise<SlackView> => {
		await on.ada.press(notice, buttonIn(notice, 'open'));
		return on.slack.waitFor(() => on.ada.modal() ?? false);
	};
	return { on, taken, answer, notice, open };
}

const shownTo = (on: Awaited<ReturnType<typeof approvalStage>>, person: Person): Promise<EphemeralMessage> =>
	on.slack.waitFor(() => person.ephemerals().find((one) => one.text.includes('a tool server')) ?? false);

const buttonIn = ({ blocks }: EphemeralMessage, act: 'open' | 'no'): string =>
	new RegExp(`"action_id":"(mgf_[\\w-]{22}_${act})"`).exec(JSON.stringify(blocks))?.[1] ?? '';
const option = (value: string) => ({ selected_option: { value } });
const options = (...values: string[]) => ({ selected_options: values.map((value) => ({ value })) });
const RIGHT = { f0: 'Ada', f1: '3', f2: option('1'), f3: option('1'), f4: options('0', '2') };
const VALUES = { name: 'Ada', boats: 3, sure: false, where: 's', wants: ['ropes', 'oars'] };

describe('a form of a tool server on Slack', () => {
	it('is announced in the thread, to the requester alone, without what it asks', async () => {
		const { on, notice } = await asked(harbourForm);
		expect(notice.text).toBe(
			'`sea`, a tool server, wants to know something from you before it goes on. Only you can answer, and nobody here reads it.',
		);
		expect(notice.threadTs).not.toBeNull();
		expect(JSON.stringify(notice)).not.toMatch(/harbour|Boats/);
		expect(on.grace.ephemerals()).toEqual([]);
		expect(JSON.stringify(on.own())).not.toContain('tool server');
		expect(on.slack.violations).toEqual([]);
	});

	it('opens as a modal that says who asks, is answered, and its notice says so', async () => {
		const { on, answer, notice, open } = await asked(harbourForm);
		const view = await open();
		const shown = JSON.stringify(view.content);
		for (const part of ['`sea`, a tool server', 'Which harbour?', 'Give it no password', '2 to 20 characters', 'email'])
			expect(shown).toContain(part);
		const { errors, view: next } = await on.ada.submit(view, RIGHT);
		expect([errors, next]).toEqual([{}, null]);
		expect(await answer).toEqual({ type: 'accepted', values: VALUES });
		await on.slack.waitFor(() => notice.text === 'Sent to `sea`.');
		expect(JSON.stringify(notice.blocks)).not.toContain('button');
		expect(on.inbounds).toEqual([]);
		expect(on.slack.violations).toEqual([]);
		expect(on.problems).toEqual([]);
	});

	it('is declined', async () => {
		const { on, answer, notice } = await asked(shortForm);
		await on.ada.press(notice, buttonIn(notice, 'no'));
		expect(await answer).toEqual({ type: 'declined' });
		await on.slack.waitFor(() => notice.text === 'Not answered; `sea` is told so.');
		expect(on.slack.violations).toEqual([]);
	});

	it('says below each input what does not fit, stays open, and takes the correction', async () => {
		const { on, answer, open } = await asked(harbourForm);
		const view = await open();
		const wrong = { f0: 'A', f1: 'many', f2: option('0'), f3: option('0'), f4: options('0', '1', '2'), f5: 'ada' };
		const refused = await on.ada.submit(view, wrong);
		expect(refused.errors).toEqual({
			f0: 'That does not fit. Expected: 2 to 20 characters.',
			f1: 'That does not fit. Expected: a whole number 1…9.',
			f4: 'That does not fit. Expected: 1 to 2 of them.',
			f5: 'That does not fit. Expected: email.',
		});
		expect(refused.view?.id).toBe(view.id);
		await on.ada.submit(view, { ...RIGHT, f5: 'ada@example.org' });
		expect(await answer).toEqual({ type: 'accepted', values: { ...VALUES, note: 'ada@example.org' } });
		expect(on.slack.violations).toEqual([]);
	});

	it('is not opened or declined by anybody else, who is told so in private', async () => {
		const { on, answer, notice, taken } = await asked(shortForm);
		for (const act of ['open', 'no'] as const) await on.grace.press(notice, buttonIn(notice, act));
		await on.slack.waitFor(
			() => on.grace.ephemerals().filter(({ text }) => text.startsWith('That is for somebody else')).length === 2,
		);
		expect(on.grace.modal()).toBeNull();
		expect(notice.text).toContain('wants to know');
		taken.abort();
		expect(await answer).toEqual({ type: 'declined' });
	});

	it('is over when the time is up: the open modal says so, and so does the button', async () => {
		const { on, answer, notice, open, taken } = await asked(shortForm);
		const view = await open();
		taken.abort();
		expect(await answer).toEqual({ type: 'declined' });
		const { view: next } = await on.ada.submit(view, { f0: 'Ada' });
		expect(JSON.stringify(next?.content)).toContain(OVER);
		await on.slack.waitFor(() => notice.text === OVER);
		expect(on.slack.violations).toEqual([]);
	});

	it('is declined when the program ends; of the next one, button and modal say that it is over', async () => {
		const { on, answer, notice, open } = await asked(shortForm);
		const view = await open();
		await on.restart();
		expect(await answer).toEqual({ type: 'declined' });
		const { view: next } = await on.ada.submit(view, { f0: 'Ada' });
		expect(JSON.stringify(next?.content)).toContain(OVER);
		await on.slack.waitFor(() => notice.text === OVER);
	});

	it('of an earlier program says that it is over when it is pressed', async () => {
		const { on, notice } = await asked(shortForm);
		await on.restart();
		await on.ada.press(notice, buttonIn(notice, 'open'));
		await on.slack.waitFor(() => notice.text === OVER);
		expect(on.ada.modal()).toBeNull();
	});

	it('is asked in direct messages in a message of its own', async () => {
		const on = await approvalStage();
		const said = await on.ada.dm('How?');
		const [inbound] = await on.heard(1);
		const taken = new AbortController();
		const to = { session: inbound?.session ?? '', person: PERSON };
		const answer = on.gateway().elicit?.(to, shortForm, taken.signal);
		const { channel } = said.message;
		const notice = await on.slack.waitFor(
			() => on.slack.messages('T1', channel).find(({ text }) => text.includes('a tool server')) ?? false,
		);
		await on.ada.press(notice, /mgf_[\w-]+_open/.exec(JSON.stringify(notice.blocks))?.[0] ?? '');
		const view = await on.slack.waitFor(() => on.ada.modal() ?? false);
		await on.ada.submit(view, { f0: 'Ada' });
		expect(await answer).toEqual({ type: 'accepted', values: { name: 'Ada' } });
		await on.slack.waitFor(() => notice.text === 'Sent to `sea`.');
		expect(on.slack.violations).toEqual([]);
	});

	it.each([
		['nobody known', null],
		['somebody on another platform', { platform: 'web', tenant: 'local', user: 'local' }],
	])('is declined at once for %s', async (_what, person) => {
		const on = await approvalStage();
		const to = { session: on.place.session, person };
		expect(await on.gateway().elicit?.(to, shortForm, new AbortController().signal)).toEqual({ type: 'declined' });
		expect(on.problems).toEqual([]);
	});

	it('is declined when Slack does not take it, and that is told', async () => {
		const on = await approvalStage();
		const to = { session: on.place.session, person: { ...PERSON, user: 'U9' } };
		expect(await on.gateway().elicit?.(to, shortForm, new AbortController().signal)).toEqual({ type: 'declined' });
		expect(on.problems).toHaveLength(1);
	});

	it('with server, words and fields that mean no good is nothing but text, and can be answered', async () => {
		const { on, answer, notice, open } = await asked(evilForm);
		expect(notice.text).not.toMatch(/<!channel>|<https|<@12/);
		expect(notice.text).toContain('&lt;img src=x');
		const view = await open();
		const shown = JSON.stringify(view.content);
		expect(shown).not.toMatch(/[\u202E\u200B]/);
		expect(shown).not.toContain('<!channel>');
		expect(shown).toContain('<U+202E>gpj<U+200B>');
		await on.ada.submit(view, RIGHT);
		const given = await answer;
		expect(given?.type === 'accepted' && Object.values(given.values).slice(0, 3)).toEqual(['Ada', 3, false]);
		expect(on.slack.violations).toEqual([]);
	});

	it('of twenty fields is one modal', async () => {
		const [field] = everyField as [FormField];
		const fields = Array.from({ length: 20 }, (_, at): FormField => ({ ...field, name: `n${at}`, label: `L${at}` }));
		const { on, answer, open } = await asked({ ...harbourForm, fields });
		const view = await open();
		await on.ada.submit(view, Object.fromEntries(fields.map((_, at) => [`f${at}`, `v${at}`])));
		const given = await answer;
		expect(given?.type === 'accepted' && Object.values(given.values)).toEqual(fields.map((_, at) => `v${at}`));
		expect(on.slack.violations).toEqual([]);
	});
});
