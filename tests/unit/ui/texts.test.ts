import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { texts } from '../../../src/ui/texts.ts';

const source = globSync('src/ui/**/*.{ts,tsx}')
	.filter((file) => !file.endsWith('/texts.ts'))
	.map((file) => readFileSync(file, 'utf8'))
	.join('\n');
/** What keys begin with whose end is put together. */
const beginnings = [...source.matchAll(/`([a-z_.]+\.)\$\{/g)].flatMap(([, beginning]) => beginning ?? []);
const keys = Object.keys(texts);

describe('the texts of the page', () => {
	it('are all shown somewhere', () => {
		expect(beginnings).toContain('state.');
		const isNamed = (key: string) => source.includes(`'${key}'`) || beginnings.some((one) => key.startsWith(one));
		expect(keys.filter((key) => !isNamed(key))).toEqual([]);
	});

	it('say what the other places say, where the key is the same', () => {
		const elsewhere: Record<string, unknown> = JSON.parse(readFileSync('config/locales/en.json', 'utf8'));
		const common = Object.entries(texts).filter(([key]) => key in elsewhere);
		expect(common.length).toBeGreaterThan(20);
		for (const [key, text] of common) expect(text, key).toEqual(elsewhere[key]);
	});
});
