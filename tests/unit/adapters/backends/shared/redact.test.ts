import { describe, expect, it } from 'vitest';
import { redact } from '../../../../../src/adapters/backends/shared/redact.ts';

describe('redaction', () => {
	it.each([
		['Incorrect API key provided: sk-proj-abc123DEF456ghi789.', 'Incorrect API key provided: [key].'],
		['Incorrect API key provided: sk-proj-********************789.', 'Incorrect API key provided: [key].'],
		['key AIzaSyA-1234567890abcdefghijklm rejected', 'key [key] rejected'],
		['gsk_abcdefghijklmnop and xai-abcdefghijklmnop', '[key] and [key]'],
		['Authorization: Bearer abc.def.ghi', 'Authorization: Bearer [key]'],
		['https://example.org/v1?key=abcdef123456&alt=sse', 'https://example.org/v1?key=[key]&alt=sse'],
		['{"x-api-key":"abcdef123456"}', '{"x-api-key":"[key]"}'],
	])('hides the key in %s', (text, clean) => {
		expect(redact(text, null)).toBe(clean);
	});

	it('hides the given secret whatever it looks like, everywhere', () => {
		expect(redact('hunter2 and hunter2', 'hunter2')).toBe('[key] and [key]');
	});

	it.each([
		'This model has a maximum context length of 8192 tokens.',
		'The risk-adjusted task list is too long.',
		'monkey: banana, and keyboard = qwerty',
		'Duplicate key: properties. Skyscrapers and hfsomething are basic words.',
	])('leaves ordinary text alone: %s', (text) => {
		expect(redact(text, null)).toBe(text);
	});
});
