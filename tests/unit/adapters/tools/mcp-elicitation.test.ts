import { describe, expect, it } from 'vitest';
import { createElicit } from '../../../../src/adapters/tools/mcp/elicit-form.ts';
import type { Asker, ForeignForm, FormAnswer } from '../../../../src/core/foreign-form.ts';
import { createManualClock } from '../../../support/manual-clock.ts';

type Params = Parameters<ReturnType<typeof createElicit>>[0];
const never = new AbortController().signal;
const text = { type: 'string' } as const;
const asks = (properties: Params['requestedSchema']['properties'], required: string[] = []): Params => ({
	mode: 'form',
	message: 'Who\u202e are\n you?',
	requestedSchema: { type: 'object', properties, required },
});

/** A server whose forms a person answers like this. */
function world(answer: FormAnswer | Asker) {
	const clock = createManualClock();
	const seen: ForeignForm[] = [];
	const ask: Asker = async (form, signal) => {
		seen.push(form);
		return typeof answer === 'function' ? answer(form, signal) : answer;
	};
	return { clock, seen, elicit: createElicit('sea', ask, clock) };
}
const accepted = (values: Record<string, string | number | boolean | string[]>): FormAnswer => ({
	type: 'accepted',
	values,
});

describe('a form of an MCP server', () => {
	it('comes to a person with the name of the server, without what is not seen', async () => {
		const { seen, elicit } = world(accepted({ name: 'Ada' }));
		const params = asks({ name: { ...text, title: 'Na\u200bme', minLength: 2 } }, ['name']);
		expect(await elicit(params, never)).toEqual({ action: 'accept', content: { name: 'Ada' } });
		expect(seen).toEqual([
			{
				server: 'sea',
				message: 'Who are you?',
				fields: [
					{
						name: 'name',
						label: 'Name',
						description: '',
						required: true,
						preset: '',
						type: 'text',
						least: 2,
						most: 2_000,
						shape: null,
					},
				],
			},
		]);
	});

	it('may ask for numbers, yes or no, and choices of every kind', async () => {
		const few = { minItems: 1, maxItems: 1 };
		const properties = {
			age: { type: 'integer', minimum: 1, maximum: 9 },
			sure: { type: 'boolean' },
			plain: { type: 'string', enum: ['a', 'b'] },
			named: { type: 'string', oneOf: [{ const: 'a', title: 'First' }] },
			some: { type: 'array', items: { type: 'string', enum: ['x', 'y'] }, ...few },
			titled: { type: 'array', items: { anyOf: [{ const: 'x', title: 'Ex' }] } },
		} as const;
		const values = { age: 7, sure: false, plain: 'b', named: 'a', some: ['y'], titled: ['x'] };
		const { seen, elicit } = world(accepted(values));
		expect(await elicit(asks(properties as never), never)).toEqual({ action: 'accept', content: values });
		expect(seen[0]?.fields.map(({ type }) => type)).toEqual([
			'number',
			'boolean',
			'choice',
			'choice',
			'choice',
			'choice',
		]);
		const wrongs: Parameters<typeof accepted>[0][] = [
			{ age: 1.5 },
			{ age: 10 },
			{ sure: 'no' },
			{ plain: 'c' },
			{ some: ['x', 'y'] },
			{ some: [] },
		];
		for (const wrong of wrongs) {
			const asked = world(accepted({ ...values, ...wrong }));
			expect(await asked.elicit(asks(properties as never), never), JSON.stringify(wrong)).toEqual({
				action: 'decline',
			});
		}
	});

	it.each([
		['email', 'ada@example.org', 'ada'],
		['uri', 'https://example.org/a', 'example'],
		['date', '2026-02-28', '2026-02-30'],
		['date-time', '2026-02-28T10:00:00+01:00', '2026-02-28'],
	] as const)('may ask for a text in the form of %s', async (format, right, wrong) => {
		const params = asks({ it: { ...text, format } });
		expect(await world(accepted({ it: right })).elicit(params, never)).toEqual({
			action: 'accept',
			content: { it: right },
		});
		expect(await world(accepted({ it: wrong })).elicit(params, never)).toEqual({ action: 'decline' });
	});

	it('is declined when a required field is missing; another may be, and what was not asked for is not sent', async () => {
		const properties = { name: text, more: text };
		const { elicit } = world(accepted({ more: 'x', password: 'y' }));
		expect(await elicit(asks(properties, ['name']), never)).toEqual({ action: 'decline' });
		expect(await elicit(asks(properties), never)).toEqual({ action: 'accept', content: { more: 'x' } });
	});

	it.each([
		['too many fields', asks(Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`f${index}`, text])))],
		['too many options', asks({ a: { type: 'string', enum: Array.from({ length: 26 }, (_, index) => `${index}`) } })],
		['no option', asks({ a: { type: 'string', enum: [] } })],
	])('with %s is declined and shown to nobody', async (_, params) => {
		const { seen, elicit } = world(accepted({}));
		expect(await elicit(params, never)).toEqual({ action: 'decline' });
		expect(seen).toEqual([]);
	});

	it('that nobody answers in time is declined and taken back', async () => {
		let taken = false;
		const { clock, elicit } = world((_, signal) => {
			signal.addEventListener('abort', () => {
				taken = true;
			});
			return new Promise((resolve) => signal.addEventListener('abort', () => resolve({ type: 'declined' })));
		});
		const answer = elicit(asks({ name: text }), never);
		await clock.advance(100_000);
		expect(await answer).toEqual({ action: 'decline' });
		expect(taken).toBe(true);
	});

	it('is declined from the sixth of one server on, and when asking fails', async () => {
		const { seen, elicit } = world(accepted({ name: 'Ada' }));
		const answers = [];
		for (let count = 0; count < 6; count += 1) answers.push((await elicit(asks({ name: text }), never)).action);
		expect([seen.length, answers.at(-1)]).toEqual([5, 'decline']);
		const broken = world(() => Promise.reject(new Error('the terminal is gone')));
		expect(await broken.elicit(asks({ name: text }), never)).toEqual({ action: 'decline' });
	});
});
