import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';

/** A folder with the English texts and, beside them, those of other languages; none: everybody is spoken to in English. */
export async function localesOf(others: Readonly<Record<string, Readonly<Record<string, string>>>> = {}): Promise<URL> {
	const folder = await mkdtemp(join(tmpdir(), 'locales-'));
	onTestFinished(() => rm(folder, { recursive: true }));
	await copyFile('config/locales/en.json', join(folder, 'en.json'));
	for (const [name, texts] of Object.entries(others)) {
		await writeFile(join(folder, `${name}.json`), JSON.stringify(texts));
	}
	return pathToFileURL(`${folder}/`);
}
