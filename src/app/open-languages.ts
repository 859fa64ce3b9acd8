import type { LoadedConfig } from '../config/check-config.ts';
import { createLanguages } from '../observers/languages.ts';

/** The texts for people: in the process's language, and where chat platforms need them in those of the people there. */
export async function openLanguages({ settings }: LoadedConfig, { chats, locales }: { chats: boolean; locales?: URL }) {
	const languages = await createLanguages(settings.locale, locales === undefined ? {} : { folder: locales });
	if (chats) await languages.loadAll();
	return languages;
}
