import type { Say } from '../core/say.ts';
import { type CatalogueOptions, loadCatalogue, localesIn } from './catalogue.ts';

/** The texts for people in every language that is loaded. */
export interface Languages {
	/** Texts in the language of a tag (`de-CH` is served by `de`); null or one that is not loaded: the process's own. */
	in(locale: string | null): Say;
	/** Loads every language that there is a catalogue of. Throws `config_invalid` when one cannot be used. */
	loadAll(): Promise<void>;
}

/** Begins with `own`, the process's language. Throws `config_invalid` when a catalogue cannot be used. */
export async function createLanguages(own: string, options: CatalogueOptions = {}): Promise<Languages> {
	const say = await loadCatalogue(own, options);
	const loaded = new Map<string, Say>([[languageOf(own), say]]);
	return {
		in: (locale) => (locale === null ? say : (loaded.get(languageOf(locale)) ?? say)),
		async loadAll() {
			for (const locale of await localesIn(options)) {
				if (!loaded.has(languageOf(locale))) loaded.set(languageOf(locale), await loadCatalogue(locale, options));
			}
		},
	};
}

const languageOf = (locale: string): string => locale.split('-')[0]?.toLowerCase() ?? locale;
