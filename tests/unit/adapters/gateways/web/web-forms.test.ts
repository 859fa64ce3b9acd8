import { describe, expect, it } from 'vitest';
import type { ForeignForm, FormAnswer } from '../../../../../src/core/foreign-form.ts';
import { personOf } from '../../../../support/approvals.ts';
import { evilForm, harbourForm, shortForm } from '../../../../support/foreign-forms.ts';
import { type Served, served } from './served.ts';
import { placeIn, question, sessionNamed } from './thread-messages.ts';

const PERSON = personOf('web', 'local');
const RIGHT = ['Ada', '3', '0', '1', ['0', '2'], ''];
const VALUES = { name: 'Ada', boats: 3, sure: true, where: 's', wants: ['ropes', 'oars'] };

/** Threads `t1` and `t2`, somebody who looks at both, and a form for whoever asked in the first. */
async function asked(form: ForeignForm = harbourForm, options: Parameters<typeof served>[0] = {}) {
	const page = await served(options);
	await page.show(placeIn('t1'), question());
	await page.show(placeIn('t2', 'r2'), question());
	const taken = new AbortController();
	return { page, taken, ...put(page, form, taken.signal) };
}

function put(page: Served, form: ForeignForm, signal = new AbortController().signal, person = PERSON) {
	const to = { session: sessionNamed('t1'), person };
	const answer: Promise<FormAnswer> = page.gateway.elicit?.(to, form, signal) ?? Promise.reject(new Error('no way'));
	return { answer };
}

async function shownIn(page: Served) {
	const reader = await page.watch('t1');
	const [form] = await reader.untilForms(1);
	const path = `/api/threads/t1/forms/${form?.id}`;
	return { reader, form, path };
}
const accept = (entries: readonly unknown[]) => ({ type: 'accept', entries });
const answerOf = async (response: Response) => {
	const body = (await response.json()) as { wrong?: number[]; error?: { code: string } };
	return [response.status, body.wrong ?? body.error?.code];
};

describe('a form of a tool server at the page', () => {
	it('is told to whoever looks at the thread, and to nobody else', async () => {
		const { page } = await asked();
		const { form } = await shownIn(page);
		expect(form).toEqual({ ...harbourForm, id: expect.stringMatching(/^[\w-]{22}$/) });
		const other = await page.watch('t2');
		await other.untilForms(0);
		expect(other.forms).toEqual([[]]);
	});

	it('is answered, and gone', async () => {
		const { page, answer } = await asked();
		const { path, reader } = await shownIn(page);
		expect(await answerOf(await page.post(path, accept(RIGHT)))).toEqual([200, []]);
		expect(await answer).toEqual({ type: 'accepted', values: VALUES });
		await reader.untilForms(0);
		expect(await answerOf(await page.post(path, accept(RIGHT)))).toEqual([404, 'form_over']);
	});

	it('leaves nothing in the thread', async () => {
		const { page, answer } = await asked();
		const { path, reader } = await shownIn(page);
		await page.post(path, accept(RIGHT));
		await answer;
		await page.show(placeIn('t1', 'r9'), question('Last?'));
		await reader.until(({ event }) => event === 'message');
		expect(JSON.stringify(reader.events)).not.toMatch(/harbour|ropes/);
		expect(page.host.inbounds).toEqual([]);
		const late = await page.watch('t1');
		await late.next();
		expect(JSON.stringify(late.events)).not.toMatch(/harbour|ropes/);
	});

	it('is declined', async () => {
		const { page, answer } = await asked();
		const { path } = await shownIn(page);
		expect(await answerOf(await page.post(path, { type: 'decline' }))).toEqual([200, []]);
		expect(await answer).toEqual({ type: 'declined' });
	});

	it('says which entries do not fit, and takes them once they are corrected', async () => {
		const { page, answer } = await asked();
		const { path } = await shownIn(page);
		const wrong = ['A', '2.5', '2', '2', ['0', '1', '2'], 'ada'];
		expect(await answerOf(await page.post(path, accept(wrong)))).toEqual([200, [0, 1, 2, 3, 4, 5]]);
		expect(await answerOf(await page.post(path, accept([])))).toEqual([200, [0, 1, 2, 3, 4]]);
		const more = ['Ada', '1e9', 'yes', '__proto__', ['0', '0'], 'ada@example.org'];
		expect(await answerOf(await page.post(path, accept(more)))).toEqual([200, [1, 2, 3, 4]]);
		expect(await answerOf(await page.post(path, accept([...RIGHT, 'surplus'])))).toEqual([200, []]);
		expect(await answer).toEqual({ type: 'accepted', values: VALUES });
	});

	it.each([
		['an object', accept([{ a: 1 }])],
		['a text of 10,001 characters', accept(['x'.repeat(10_001)])],
		['101 entries', accept(Array.from({ length: 101 }, () => ''))],
		['no entries', { type: 'accept' }],
		['an unknown word', { type: 'cancel' }],
	])('refuses %s', async (_what, body) => {
		const { page } = await asked();
		const { path, reader } = await shownIn(page);
		expect(await answerOf(await page.post(path, body))).toEqual([400, 'input_invalid']);
		expect(reader.forms).toHaveLength(1);
	});

	it('cannot be answered by another site, from another thread, without the token or by guessing', async () => {
		const token = 'correct horse battery staple';
		const { page, answer, taken } = await asked(harbourForm, { token });
		const login = await page.post('/api/login', { token });
		const cookie = { cookie: login.headers.get('set-cookie')?.split(';')[0] ?? '' };
		const reader = await page.watch('t1', cookie);
		const [form] = await reader.untilForms(1);
		const at = (thread: string, id = form?.id) => `/api/threads/${thread}/forms/${id}`;
		const send = (path: string, headers: Record<string, string>) => page.post(path, accept(RIGHT), headers);
		expect(await answerOf(await send(at('t1'), {}))).toEqual([401, 'sign_in']);
		const evil = { ...cookie, origin: 'https://evil.example' };
		expect(await answerOf(await send(at('t1'), evil))).toEqual([403, 'origin_refused']);
		for (const path of [at('t2'), at('t9'), at('a:b'), at('t1', 'AAAAAAAAAAAAAAAAAAAAAA'), at('t1', '__proto__')])
			expect(await answerOf(await send(path, cookie))).toEqual([404, 'form_over']);
		taken.abort();
		expect(await answer).toEqual({ type: 'declined' });
	});

	it('of somebody on another platform, or of another name, is put to nobody', async () => {
		const page = await served();
		const { signal } = new AbortController();
		for (const who of [personOf('slack', 'local'), personOf('web', 'other')])
			expect(await put(page, shortForm, signal, who).answer).toEqual({ type: 'declined' });
		const { answer } = put(page, shortForm, AbortSignal.abort());
		expect(await answer).toEqual({ type: 'declined' });
	});

	it('is taken back when the time is up', async () => {
		const { page, answer, taken } = await asked();
		const { path, reader } = await shownIn(page);
		taken.abort();
		expect(await answer).toEqual({ type: 'declined' });
		await reader.untilForms(0);
		expect(await answerOf(await page.post(path, accept(RIGHT)))).toEqual([404, 'form_over']);
	});

	it('is declined when the program ends, and over when it is there again', async () => {
		const { page, answer } = await asked();
		const { path } = await shownIn(page);
		await page.gateway.stop();
		expect(await answer).toEqual({ type: 'declined' });
		expect(await put(page, shortForm).answer).toEqual({ type: 'declined' });
		const next = await served();
		expect(await answerOf(await next.post(path, accept(RIGHT)))).toEqual([404, 'form_over']);
	});

	it('is told again to whoever comes back, and one beside another', async () => {
		const { page } = await asked();
		const first = await shownIn(page);
		put(page, shortForm);
		const [one, two] = await first.reader.untilForms(2);
		expect([one?.id === first.form?.id, two?.fields.length]).toEqual([true, 1]);
		first.reader.drop();
		const again = await page.watch('t1', { 'last-event-id': first.reader.events.at(-1)?.id ?? '' });
		expect((await again.untilForms(2)).map(({ id }) => id)).toEqual([one?.id, two?.id]);
	});

	it('with names that mean no good is answered under them', async () => {
		const { page, answer } = await asked(evilForm);
		const { path } = await shownIn(page);
		expect(await answerOf(await page.post(path, accept(RIGHT)))).toEqual([200, []]);
		const given = await answer;
		if (given.type !== 'accepted') throw new Error('it was declined');
		const [first, second] = evilForm.fields;
		expect(Object.keys(given.values)).toEqual(expect.arrayContaining([first?.name, second?.name]));
		expect(Object.entries(given.values).find(([name]) => name === '__proto__')).toEqual(['__proto__', 3]);
	});
});
