import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLanguages } from '../../../src/observers/languages.ts';

async function folderOf(catalogues: Record<string, Record<string, string>>): Promise<URL> {
	const folder = await mkdtemp(join(tmpdir(), 'languages-'));
	onTestFinished(() => rm(folder, { recursive: true }));
	for (const [name, texts] of Object.entries(catalogues)) {
		await writeFile(join(folder, `${name}.json`), JSON.stringify(texts));
	}
	return pathToFileURL(`${folder}/`);
}

describe('languages', () => {
	const catalogues = { en: { stop: 'Stop', more: 'More' }, de: { stop: 'Halt' } };

	it('speak that of the process until others are loaded, and then each its own', async () => {
		const languages = await createLanguages('en', { folder: await folderOf(catalogues) });
		expect(languages.in('de')('stop')).toBe('Stop');
		await languages.loadAll();
		expect(languages.in('de')('stop')).toBe('Halt');
		expect(languages.in('de-CH')('stop')).toBe('Halt');
		expect(languages.in('de')('more')).toBe('More');
		for (const other of [null, 'fr', 'tlh', '']) expect(languages.in(other)('stop')).toBe('Stop');
	});

	it('fall back to that of the process, not to English', async () => {
		const languages = await createLanguages('de', { folder: await folderOf(catalogues) });
		await languages.loadAll();
		expect(languages.in('xx')('stop')).toBe('Halt');
		expect(languages.in('en-GB')('stop')).toBe('Stop');
	});
});
