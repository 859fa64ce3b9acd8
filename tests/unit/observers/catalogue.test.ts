import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { commands } from '../../../commands/index.ts';
import { formOf } from '../../../src/core/command-form.ts';
import { closedBySchema, outcomeSchema, shortfallSchema } from '../../../src/core/coordination.ts';
import { loadCatalogue } from '../../../src/observers/catalogue.ts';

const strict = {
	onMissing: (name: string) => {
		throw new Error(`missing ${name}`);
	},
};

async function folderOf(catalogues: Record<string, unknown>): Promise<URL> {
	const folder = await mkdtemp(join(tmpdir(), 'locales-'));
	for (const [name, content] of Object.entries(catalogues)) {
		const text = typeof content === 'string' ? content : JSON.stringify(content);
		await writeFile(join(folder, `${name}.json`), text);
	}
	return pathToFileURL(`${folder}/`);
}

describe('catalogue', () => {
	it('fills in values and writes numbers as the language does', async () => {
		const folder = await folderOf({ en: { n: '{count} of {all} by {who}' }, de: { n: '{count} von {all}' } });
		const english = await loadCatalogue('en', { folder });
		expect(english('n', { count: 1234.5, all: 2, who: '{count} $& x' })).toBe('1,234.5 of 2 by {count} $& x');
		expect((await loadCatalogue('de', { folder }))('n', { count: 1234.5, all: 2 })).toBe('1.234,5 von 2');
	});

	it('picks the plural form of its language', async () => {
		const forms = { one: '{count} glos', few: '{count} glosy', many: '{count} glosow', other: '?' };
		const say = await loadCatalogue('pl', { folder: await folderOf({ en: {}, pl: { votes: forms } }) });
		expect([1, 2, 5, 22].map((count) => say('votes', { count }))).toEqual([
			'1 glos',
			'2 glosy',
			'5 glosow',
			'22 glosy',
		]);
	});

	it('falls back from the region to the language and from there to English', async () => {
		const folder = await folderOf({
			en: { a: 'a', b: { one: 'b', other: 'bs' }, c: 'c' },
			de: { a: 'de a', b: 'de b' },
			'de-AT': { a: 'at a' },
		});
		const say = await loadCatalogue('de-AT', { folder });
		expect([say('a'), say('b', { count: 1 }), say('c')]).toEqual(['at a', 'de b', 'c']);
		expect((await loadCatalogue('../../secret', { folder }))('c')).toBe('c');
	});

	it('names what is missing', async () => {
		const folder = await folderOf({ en: { greeting: 'Hello {name}' } });
		const say = await loadCatalogue('en', { folder });
		expect([say('nothing'), say('greeting')]).toEqual(['{nothing}', 'Hello {greeting.name}']);
		expect(() => say('toString')).not.toThrow();
		await expect(loadCatalogue('en', { folder, ...strict }).then((one) => one('nothing'))).rejects.toThrow(
			'missing nothing',
		);
	});

	it.each([['not json'], [{ a: 1 }], [{ a: { one: 'x' } }]])(
		'refuses a file that is no catalogue: %j',
		async (broken) => {
			const folder = await folderOf({ en: { a: 'a' }, de: broken });
			await expect(loadCatalogue('de', { folder })).rejects.toMatchObject({ code: 'config_invalid' });
		},
	);

	it('has every text that the sources ask for', async () => {
		const say = await loadCatalogue('en', strict);
		const values = new Proxy<Record<string, string | number>>({}, { get: () => 1 });
		const keys = new Set([
			...(await keysIn('src')),
			...(await keysIn('commands')),
			...['waiting', 'thinking', 'answered', 'voted', 'presenting', 'reviewing', 'done', 'out'].map(
				(one) => `state.${one}`,
			),
			...shortfallSchema.options.map((one) => `shortfall.${one}`),
			...closedBySchema.options.map((one) => `tally.by.${one}`),
			...outcomeSchema.options.map((one) => `final.heading.${one}`),
			...commandKeys(),
			...['private', 'file'].map((one) => `discord.name.${one}`),
			...['running', ...outcomeSchema.options].map((one) => `status.${one}`),
			...['good', 'bad'].map((one) => `rate.${one}`),
			...['accepted', 'new', 'changed'].map((one) => `tools.state.${one}`),
			...['order', 'earliest', 'requester'].map((one) => `tally.tie.${one}`),
			...['deadline', 'budget', 'vote_closed', 'cancelled'].map((one) => `note.aborted_${one}`),
		]);
		expect(keys.size).toBeGreaterThan(60);
		for (const key of keys) expect(say(key, values), key).not.toBe('');
		const known = Object.keys(JSON.parse(await readFile('config/locales/en.json', 'utf8')));
		expect(known.filter((key) => !keys.has(key))).toEqual([]);
	});
});

/** Keys that the sources (the page has texts of its own) name as they are, by their beginning, or as a board row's note. */
async function keysIn(folder: string): Promise<string[]> {
	const files = (await readdir(folder, { recursive: true })).filter(
		(file) => file.endsWith('.ts') && !file.startsWith('ui/'),
	);
	const sources = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
	const known = new Set(Object.keys(JSON.parse(await readFile('config/locales/en.json', 'utf8'))));
	return sources.flatMap((source) => [
		...[...source.matchAll(/'([a-z_]+\.[\w.]+)'/g)].flatMap(([, key = '']) => (known.has(key) ? [key] : [])),
		...[...source.matchAll(/\bsay\('([^']+)'/g)].map(([, key]) => key ?? ''),
		...[...source.matchAll(/`([a-z]+\.[\w.]*)\$\{/g)].flatMap(([, begin = '']) =>
			[...known].filter((key) => key.startsWith(begin)),
		),
		...[...source.matchAll(/\bnote\('(\w+)'/g)].map(([, name]) => `note.${name}`),
	]);
}

/** What a platform must be able to say of the commands that it offers. */
function commandKeys(): string[] {
	const offered = commands.filter(({ reach }) => reach === 'everywhere').map(formOf);
	return offered.flatMap(({ name, fields }) => [
		`command.${name}`,
		`discord.name.${name}`,
		...fields.flatMap((field) => [
			`command.${name}.${field.name}`,
			`discord.name.${field.name}`,
			...field.choices.map((choice) => `command.${name}.${field.name}.${choice}`),
		]),
	]);
}
