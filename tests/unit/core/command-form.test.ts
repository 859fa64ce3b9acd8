import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { formOf } from '../../../src/core/command-form.ts';

describe('the form of a command', () => {
	it('has its options with what a platform needs to offer them', () => {
		const options = z.strictObject({
			question: z.string(),
			team: z.string().min(1).optional(),
			quick: z.boolean().default(false),
			tempo: z.enum(['slow', 'fast']).default('slow'),
		});
		const field = { required: false, choices: [], suggests: null };
		expect(formOf({ name: 'ask', options })).toEqual({
			name: 'ask',
			fields: [
				{ ...field, name: 'question', type: 'text', required: true },
				{ ...field, name: 'team', type: 'text', suggests: 'team' },
				{ ...field, name: 'quick', type: 'flag' },
				{ ...field, name: 'tempo', type: 'choice', choices: ['slow', 'fast'] },
			],
		});
	});

	it('without options has no fields', () => {
		expect(formOf({ name: 'help', options: z.strictObject({}) })).toEqual({ name: 'help', fields: [] });
	});
});
