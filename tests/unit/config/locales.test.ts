import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { commands } from '../../../commands/index.ts';
import { appCommands } from '../../../src/adapters/gateways/discord/app-commands.ts';
import { formsOf } from '../../../src/core/command-form.ts';
import { localesIn } from '../../../src/observers/catalogue.ts';
import { createLanguages } from '../../../src/observers/languages.ts';
import { checkCommand } from '../../platforms/discord/check-commands.ts';
import { type Data, dataOf } from '../../platforms/discord/wire.ts';
import { type Catalogue, localeFaults } from './locale-faults.ts';

const read = async (locale: string): Promise<Catalogue> =>
	JSON.parse(await readFile(`config/locales/${locale}.json`, 'utf8'));
const english = await read('en');
const others = (await localesIn()).filter((locale) => locale !== 'en');

describe('the texts in other languages', () => {
	it('are there', () => expect(others).toEqual(expect.arrayContaining(['de', 'es', 'fr'])));

	it.each([['en'], ...others.map((locale) => [locale])])(
		'say all that English says, within the limits: %s',
		async (locale) => {
			expect(localeFaults(locale, await read(locale), english)).toEqual([]);
		},
	);

	it.each<[fault: string, locale: string, text: Catalogue, english: Catalogue]>([
		['b: missing', 'de', { a: 'A' }, { a: 'A', b: 'B' }],
		['b: not in en.json', 'de', { a: 'A', b: 'B' }, { a: 'A' }],
		['b: not in the order of en.json', 'de', { b: 'B', a: 'A' }, { a: 'A', b: 'B' }],
		['a: empty', 'de', { a: ' ' }, { a: 'A' }],
		['a: placeholders {nam}', 'de', { a: 'von {nam}' }, { a: 'by {name}' }],
		['a: placeholders ', 'de', { a: { one: 'eine', other: '{count}' } }, { a: { one: '{count}', other: '{count}' } }],
		[
			'a: plural forms one other, due many one other',
			'fr',
			{ a: { one: '1', other: '2' } },
			{ a: { one: '1', other: '2' } },
		],
		['a: plural forms one other, due other', 'ja', { a: { one: '1', other: '2' } }, { a: { one: '1', other: '2' } }],
		['a: plural forms none, due one other', 'de', { a: 'viele' }, { a: { one: 'one', other: 'many' } }],
		['a: no plural forms in en.json', 'de', { a: { one: '1', other: '2' } }, { a: '2' }],
		['a: code spans differ', 'de', { a: '`--schnell`' }, { a: '`--quick`' }],
		['a: bold signs differ', 'de', { a: '*fett*' }, { a: '**bold**' }],
		['a: commands differ', 'de', { a: '/massgen fragen' }, { a: '/massgen ask' }],
		['a: commands differ', 'de', { a: 'npm run doktor' }, { a: 'npm run doctor' }],
		['a: variables differ', 'de', { a: 'DISCORD_ZEICHEN' }, { a: 'DISCORD_TOKEN' }],
		['command.ask: 101 characters, at most 100', 'de', { 'command.ask': 'x'.repeat(101) }, { 'command.ask': 'Ask' }],
		['control.stop: 35 characters, at most 34', 'de', { 'control.stop': 'x'.repeat(35) }, { 'control.stop': 'Stop' }],
		[
			'slack.modal.title: 25 characters, at most 24',
			'de',
			{ 'slack.modal.title': 'x'.repeat(25) },
			{ 'slack.modal.title': 'Ask' },
		],
	])('would be found out: %s', (fault, locale, text, beside) => {
		expect(localeFaults(locale, text, beside)).toEqual([fault]);
	});
});

describe('the commands on Discord', () => {
	it('are described in exactly the languages there are texts in, and Discord takes every one of them', async () => {
		const languages = await createLanguages('en');
		await languages.loadAll();
		const registered = appCommands(formsOf(commands), languages.in).map((command) => dataOf(command));
		for (const command of registered) expect(() => checkCommand(command)).not.toThrow();
		const spoken = Object.keys(dataOf(registered[0]?.description_localizations));
		expect([...new Set(spoken.map((locale) => locale.split('-')[0]))].toSorted()).toEqual(others);
		for (const locale of spoken)
			expect(namesIn(registered, locale)).toEqual(expect.arrayContaining(await namesDue(locale)));
	});
});

/** Every name of a command, an option or a choice that is given in a language, numbers left out. */
function namesIn(registered: readonly Data[], locale: string): string[] {
	const names = JSON.stringify(registered, (key, value) =>
		key === 'name_localizations' ? { named: value?.[locale] } : value,
	).matchAll(/"named":"([^"\d]+)/g);
	return [...names].map(([, name = '']) => name);
}

async function namesDue(locale: string): Promise<string[]> {
	const texts = Object.entries(await read(locale.split('-')[0] ?? locale));
	const named = texts.filter(([key, text]) => /^discord\.(name\.|menu$)/.test(key) && text !== english[key]);
	return named.map(([, text]) => String(text));
}
