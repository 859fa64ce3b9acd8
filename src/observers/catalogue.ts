import { readdir, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { BotError } from '../core/errors.ts';
import type { Say } from '../core/say.ts';

/** A text, or one text per plural category of the placeholder `count`. `{name}` is replaced by a value. */
const entrySchema = z.union([
	z.string(),
	z
		.partialRecord(z.enum(['zero', 'one', 'two', 'few', 'many', 'other']), z.string())
		.refine((forms) => 'other' in forms),
]);
const catalogueSchema = z.record(z.string(), entrySchema);
type Entry = z.infer<typeof entrySchema>;

const FALLBACK = 'en';
const FOLDER = new URL('../../config/locales/', import.meta.url);
const EXTENSION = '.json';

export interface CatalogueOptions {
	/** Folder of the `<locale>.json` files. */
	folder?: URL;
	/** What stands in for a text, or a placeholder's value, that is missing in every catalogue. Default: its own name. */
	onMissing?: (name: string) => string;
}

/**
 * The texts for people in one language. A text that `locale` lacks comes from its language without the region,
 * then from English; an unknown locale is English. Throws `config_invalid` when a file cannot be used.
 */
export async function loadCatalogue(locale: string, options: CatalogueOptions = {}): Promise<Say> {
	const { folder = FOLDER, onMissing = (name) => `{${name}}` } = options;
	const found = await Promise.all(chainOf(locale).map(async (name) => ({ name, entries: await read(folder, name) })));
	const catalogues = found.flatMap(({ name, entries }) => (entries === null ? [] : [{ entries, ...rulesOf(name) }]));
	return (key, values = {}) => {
		const catalogue = catalogues.find(({ entries }) => entries.has(key));
		const entry = catalogue?.entries.get(key);
		if (catalogue === undefined || entry === undefined) return onMissing(key);
		return pick(entry, values.count, catalogue.plurals).replace(/\{(\w+)\}/g, (_, name: string) => {
			const value = values[name];
			if (value === undefined) return onMissing(`${key}.${name}`);
			return typeof value === 'number' ? catalogue.numbers.format(value) : value;
		});
	};
}

/** The locales that there is a catalogue of, by name. */
export async function localesIn({ folder = FOLDER }: CatalogueOptions = {}): Promise<string[]> {
	const files = (await readdir(folder)).filter((file) => file.endsWith(EXTENSION));
	return files.map((file) => file.slice(0, -EXTENSION.length)).toSorted();
}

function chainOf(locale: string): string[] {
	const usable = /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(locale) ? locale : FALLBACK;
	return [...new Set([usable, usable.split('-')[0] ?? FALLBACK, FALLBACK])];
}

function rulesOf(locale: string) {
	return { plurals: new Intl.PluralRules(locale), numbers: new Intl.NumberFormat(locale) };
}

function pick(entry: Entry, count: string | number | undefined, plurals: Intl.PluralRules): string {
	if (typeof entry === 'string') return entry;
	return entry[plurals.select(Number(count))] ?? entry.other ?? '';
}

async function read(folder: URL, name: string): Promise<Map<string, Entry> | null> {
	const file = `${name}${EXTENSION}`;
	try {
		const text = await readFile(new URL(file, folder), 'utf8');
		return new Map(Object.entries(catalogueSchema.parse(JSON.parse(text))));
	} catch (cause) {
		if (name !== FALLBACK && isAbsent(cause)) return null;
		throw new BotError('config_invalid', `config/locales/${file} cannot be used`, {
			cause,
			userMessage: `The texts in config/locales/${file} cannot be read. Restore the file, or choose another language.`,
		});
	}
}

function isAbsent(thrown: unknown): boolean {
	return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
}
