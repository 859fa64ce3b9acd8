import { describe, expect, it } from 'vitest';
import type { ForeignForm, FormAnswer } from '../../../../../src/core/foreign-form.ts';
import { seated } from './terminal-runs.ts';

const common = { description: '', required: true, preset: '' };
const form: ForeignForm = {
	server: 'sea',
	message: 'Which\u001b[2J harbour?',
	fields: [
		{ ...common, name: 'name', label: 'Name', type: 'text', least: 1, most: 20, shape: null },
		{ ...common, name: 'boats', label: 'Boats', type: 'number', whole: true, least: 1, most: 9 },
		{
			...common,
			name: 'at',
			label: 'Where',
			type: 'choice',
			options: [
				{ value: 'n', label: 'North' },
				{ value: 's', label: 'South' },
			],
			several: null,
		},
		{
			...common,
			name: 'note',
			label: 'Note',
			required: false,
			preset: 'none',
			type: 'text',
			least: 0,
			most: 9,
			shape: null,
		},
	],
};

/** Somebody at a terminal who is asked, and the answer once there is one. */
async function asked(given: { signal?: AbortSignal; session?: string } = {}) {
	const seat = await seated({ interactive: true });
	const to = { session: given.session ?? seat.gateway.session, person: null };
	const { signal = new AbortController().signal } = given;
	let answer: FormAnswer | null = null;
	const ask = async () => {
		const given = await seat.gateway.elicit?.(to, form, signal);
		answer = given ?? null;
	};
	const done = ask();
	await seat.clock.advance(100);
	return { ...seat, done, answer: () => answer };
}

describe('a form of a tool server', () => {
	it('is asked field by field, names its server, and obeys nothing in its words', async () => {
		const { type, done, answer, lines } = await asked();
		for (const line of ['y', 'Ada', 'many', '3', '2', '']) await type(line);
		await done;
		expect(answer()).toEqual({ type: 'accepted', values: { name: 'Ada', boats: 3, at: 's' } });
		expect(lines()).toMatch(/sea, a tool server, wants to know.*Which harbour\?.*no password/s);
		expect(lines()).toContain('Boats (a whole number 1…9)');
		expect(lines()).toMatch(/2\) South.*Where \(a number from 1 to 2\)/s);
		expect(lines()).toContain('Note (0 to 9 characters, empty: none)');
		expect(lines()).toContain('That does not fit. Expected: a whole number 1…9.');
		expect(lines()).toContain('Sent to sea.');
	});

	it.each([['n'], [''], ['maybe']])('is declined with %j', async (line) => {
		const { type, done, answer, lines } = await asked();
		await type(line);
		await done;
		expect(answer()).toEqual({ type: 'declined' });
		expect(lines()).toContain('Not answered; sea is told so.');
	});

	it('is declined after three answers that do not fit, and when the person leaves', async () => {
		const wrong = await asked();
		for (const line of ['y', '', '', '']) await wrong.type(line);
		await wrong.done;
		expect(wrong.answer()).toEqual({ type: 'declined' });
		const left = await asked();
		await left.type('y');
		left.input.end();
		await left.done;
		expect(left.answer()).toEqual({ type: 'declined' });
	});

	it('is taken back when the server does not wait any more', async () => {
		const controller = new AbortController();
		const { done, answer } = await asked({ signal: controller.signal });
		controller.abort();
		await done;
		expect(answer()).toEqual({ type: 'declined' });
	});

	it('of a conversation elsewhere is not asked here', async () => {
		const { done, answer, lines } = await asked({ session: 'web:local:page:1' });
		await done;
		expect(answer()).toEqual({ type: 'declined' });
		expect(lines()).not.toContain('tool server');
	});
});
