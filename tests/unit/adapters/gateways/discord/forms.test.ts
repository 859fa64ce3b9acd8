import { describe, expect, it } from 'vitest';
import type { ForeignForm, FormAnswer, FormField } from '../../../../../src/core/foreign-form.ts';
import type { Answer } from '../../../../platforms/discord/person.ts';
import type { Message } from '../../../../platforms/discord/world.ts';
import { everyField, evilForm, harbourForm, shortForm } from '../../../../support/foreign-forms.ts';
import { type ApprovalStageOptions, approvalStage } from './approval-stage.ts';

const OVER = 'That form is over: it was answered, or nobody waits for it any more.';

/** Ada, whose question a run is about, is asked this. */
async function asked(form: ForeignForm, options: ApprovalStageOptions = {}) {
	const on = await approvalStage(options);
	const person = { platform: 'discord', tenant: on.discord.guildId('Alpha'), user: on.ada.user.id };
	const taken = new AbortController();
	const put = (next: ForeignForm, who = person): Promise<FormAnswer | undefined> =>
		Promise.resolve(on.gateway().elicit?.({ session: on.place.session, person: who }, next, taken.signal));
	const notices = (channel = on.thread): readonly Message[] =>
		on.discord.messages(channel).filter(({ content }) => content.includes('a tool server, wants to know'));
	const answer = put(form);
	const shown = () => on.discord.until('the notice', () => notices()[0] ?? false);
	const gone = () => on.discord.until('the notice to go', () => notices().length === 0);
	return { on, person, put, answer, taken, notices, shown, gone };
}
const textOf = (answer: Answer) => answer.message()?.content ?? '';
const components = (answer: Answer) => JSON.stringify(answer.message()?.components ?? []);

describe('a form of a tool server on Discord', () => {
	it('is announced in the thread to the requester alone, without what it asks', async () => {
		const { on, shown } = await asked(harbourForm);
		const notice = await shown();
		expect(notice.content).toBe(
			`<@${on.ada.user.id}>: \`sea\`, a tool server, wants to know something from you before it goes on. Only you can answer, and nobody here reads it.`,
		);
		expect(notice.mentions).toEqual([on.ada.user.id]);
		expect(JSON.stringify(notice)).not.toMatch(/harbour|Boats/);
		expect(on.discord.violations).toEqual([]);
	});

	it('opens as a modal, is answered in steps, and its notice goes', async () => {
		const { on, answer, shown, gone } = await asked(harbourForm);
		const first = await on.ada.press(await shown(), 'Answer');
		expect(first.saw).toBe('modal');
		const modal = JSON.stringify(first.modal);
		for (const part of ['sea', 'Which harbour?', 'Give it no password', '2 to 20 characters', 'Question for you (1/2)'])
			expect(modal).toContain(part);
		const step = await on.ada.submit(first, { Name: 'Ada', Boats: '3', Sure: '1', Where: '1' });
		expect([textOf(step), step.ephemeral]).toEqual(['Step 1 of 2 is done.', true]);
		const second = await on.ada.press(step.message() as Message, 'Go on');
		expect(second.saw).toBe('modal');
		const sent = await on.ada.submit(second, { Wants: ['0', '2'], Note: '' });
		expect(await answer).toEqual({
			type: 'accepted',
			values: { name: 'Ada', boats: 3, sure: false, where: 's', wants: ['ropes', 'oars'] },
		});
		expect(sent.saw).toBe('update');
		await on.discord.until('the end', () => textOf(step) === 'Sent to `sea`.');
		expect(components(step)).toBe('[]');
		await gone();
		expect(on.inbounds).toEqual([]);
		expect(on.discord.violations).toEqual([]);
		expect(on.problems).toEqual([]);
	});

	it('is declined', async () => {
		const { on, answer, shown, gone } = await asked(shortForm);
		const said = await on.ada.press(await shown(), 'Do not answer');
		expect(await answer).toEqual({ type: 'declined' });
		expect([textOf(said), said.ephemeral]).toEqual(['Not answered; `sea` is told so.', true]);
		await gone();
		expect(on.discord.violations).toEqual([]);
	});

	it('says what does not fit, keeps what was filled in, and takes the correction', async () => {
		const { on, answer, shown } = await asked({ ...harbourForm, fields: everyField.slice(0, 4) });
		const first = await on.ada.press(await shown(), 'Answer');
		const wrong = await on.ada.submit(first, { Name: 'A', Boats: 'many', Sure: '0', Where: '0' });
		expect(wrong.ephemeral).toBe(true);
		expect(textOf(wrong)).toBe(
			'- `Name`: That does not fit. Expected: 2 to 20 characters.\n- `Boats`: That does not fit. Expected: a whole number 1…9.',
		);
		const again = await on.ada.press(wrong.message() as Message, 'Correct it');
		const modal = JSON.stringify(again.modal);
		expect(modal).toContain('"value":"many"');
		expect(modal).toContain('"value":"0","default":true');
		await on.ada.submit(again, { Name: 'Ada', Boats: '9', Sure: '0', Where: '0' });
		expect(await answer).toEqual({ type: 'accepted', values: { name: 'Ada', boats: 9, sure: true, where: 'n' } });
		expect(on.discord.violations).toEqual([]);
	});

	it('can be begun anew, and a step that was left out is asked for', async () => {
		const { on, answer, shown } = await asked(harbourForm);
		const notice = await shown();
		const [, id = ''] = /"custom_id":"(mgf_[\w-]{22})_0"/.exec(JSON.stringify(notice.components)) ?? [];
		const last = await on.ada.press(notice, `${id}_1`, { forged: true });
		const missed = await on.ada.submit(last, { Wants: ['1'] });
		expect(textOf(missed)).toContain('`Name`: That does not fit');
		const first = await on.ada.press(missed.message() as Message, 'Correct it');
		const step = await on.ada.submit(first, { Name: 'Ada', Boats: '3', Sure: '0', Where: '1' });
		const second = await on.ada.press(step.message() as Message, 'Go on');
		await on.ada.submit(second, { Wants: ['1'] });
		expect(await answer).toMatchObject({ values: { name: 'Ada', wants: ['sails'] } });
	});

	it('is not opened or declined by anybody else, who is told so in private', async () => {
		const { on, answer, shown, taken } = await asked(shortForm);
		const notice = await shown();
		for (const label of ['Answer', 'Do not answer']) {
			const said = await on.ben.press(notice, label);
			expect([textOf(said), said.ephemeral, said.modal]).toEqual([
				'That is for somebody else: only whoever put the question to the team can answer it.',
				true,
				null,
			]);
		}
		const mine = await on.ada.press(notice, 'Answer');
		expect(mine.saw).toBe('modal');
		taken.abort();
		expect(await answer).toEqual({ type: 'declined' });
		expect(on.discord.violations).toEqual([]);
	});

	it('goes when the time is up; what was opened then says that it is over', async () => {
		const { on, answer, shown, gone, taken } = await asked(shortForm);
		const open = await on.ada.press(await shown(), 'Answer');
		taken.abort();
		expect(await answer).toEqual({ type: 'declined' });
		await gone();
		expect(textOf(await on.ada.submit(open, { Name: 'Ada' }))).toBe(OVER);
		expect(on.problems).toEqual([]);
	});

	it('is declined when the program ends, and its notice goes', async () => {
		const { on, answer, shown, notices } = await asked(shortForm);
		const open = await on.ada.press(await shown(), 'Answer');
		await on.restart();
		expect(await answer).toEqual({ type: 'declined' });
		expect(notices()).toEqual([]);
		expect(textOf(await on.ada.submit(open, { Name: 'Ada' }))).toBe(OVER);
	});

	it('of a program that died says that it is over when it is pressed, and goes', async () => {
		const { on, shown, notices } = await asked(shortForm);
		const notice = await shown();
		on.discord.fail({ route: 'DELETE /channels/:channel/messages/:message' }, { type: 'refuse', code: 50013 });
		await on.restart();
		const said = await on.ada.press(notice, 'Answer');
		expect([textOf(said), said.ephemeral]).toEqual([OVER, true]);
		await on.discord.until('the notice to go', () => notices().length === 0);
	});

	it('that nobody has asked takes no other message away', async () => {
		const on = await approvalStage();
		const board = on.board();
		const said = await on.ben.press(board, `mgf_${'A'.repeat(22)}_0`, { forged: true });
		expect(textOf(said)).toBe(OVER);
		await on.restart();
		expect(on.discord.messages(on.general).map(({ id }) => id)).toContain(board.id);
	});

	it.each([
		['nobody known', null],
		['somebody on another platform', { platform: 'web', tenant: 'local', user: 'local' }],
	])('is declined at once for %s', async (_what, who) => {
		const on = await approvalStage();
		const to = { session: on.place.session, person: who };
		expect(await on.gateway().elicit?.(to, shortForm, new AbortController().signal)).toEqual({ type: 'declined' });
		expect(on.problems).toEqual([]);
	});

	it('is declined when it can be shown nowhere, and that is told', async () => {
		const on = await approvalStage();
		on.ada.deleteChannel(on.general);
		const person = { platform: 'discord', tenant: on.discord.guildId('Alpha'), user: on.ada.user.id };
		const to = { session: on.place.session, person };
		expect(await on.gateway().elicit?.(to, shortForm, new AbortController().signal)).toEqual({ type: 'declined' });
		expect(on.problems).toHaveLength(1);
	});

	it('is announced in the channel when its thread is locked', async () => {
		const on = await approvalStage();
		on.ada.lock(on.thread);
		const person = { platform: 'discord', tenant: on.discord.guildId('Alpha'), user: on.ada.user.id };
		const taken = new AbortController();
		const answer = on.gateway().elicit?.({ session: on.place.session, person }, shortForm, taken.signal);
		await on.discord.until('the notice', () =>
			on.discord.messages(on.general).some(({ content }) => content.includes('a tool server, wants to know')),
		);
		taken.abort();
		expect(await answer).toEqual({ type: 'declined' });
	});

	it('with server, words and fields that mean no good mentions nobody else, hides nothing and can be answered', async () => {
		const { on, answer, shown } = await asked(evilForm);
		const notice = await shown();
		expect(notice.mentions).toEqual([on.ada.user.id]);
		expect(notice.content).toContain('`<img src=x onerror="window.hacked=1"> **bold**');
		const first = await on.ada.press(notice, 'Answer');
		const modal = JSON.stringify(first.modal);
		expect(modal).not.toMatch(/[\u202E\u200B]/);
		expect(modal).toContain('```\\n<img src=x');
		expect(modal).not.toContain('<@1234567890123456789>');
		const step = await on.ada.submit(first, { f0: 'Ada', f1: '3', f2: '0', f3: '1' });
		const second = await on.ada.press(step.message() as Message, 'Go on');
		await on.ada.submit(second, { f4: ['0'] });
		const given = await answer;
		expect(given?.type === 'accepted' && Object.values(given.values).slice(0, 3)).toEqual(['Ada', 3, true]);
		expect(on.discord.violations).toEqual([]);
	});

	it('of twenty fields takes five steps', async () => {
		const [field] = everyField as [FormField];
		const fields = Array.from({ length: 20 }, (_, at): FormField => ({ ...field, name: `n${at}`, label: `L${at}` }));
		const { on, answer, shown } = await asked({ ...harbourForm, fields });
		let opened = await on.ada.press(await shown(), 'Answer');
		for (let step = 0; step < 5; step += 1) {
			const given = Object.fromEntries([0, 1, 2, 3].map((at) => [`f${step * 4 + at}`, `v${step * 4 + at}`]));
			const done = await on.ada.submit(opened, given);
			const at = step === 0 ? done : opened;
			if (step < 4) opened = await on.ada.press((done.message() ?? at.message()) as Message, 'Go on');
		}
		const given = await answer;
		expect(given?.type === 'accepted' && Object.values(given.values)).toEqual(fields.map((_, at) => `v${at}`));
		expect(on.discord.violations).toEqual([]);
	});
});
