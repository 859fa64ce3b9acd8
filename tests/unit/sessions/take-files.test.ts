import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/adapters/stores/memory.ts';
import type { OfferedFile } from '../../../src/core/attachment.ts';
import { takeFiles } from '../../../src/sessions/take-files.ts';
import { strictEnglish } from '../../support/say.ts';

const say = await strictEnglish();

/** A file as a platform offers it; `reads` counts how often its bytes were fetched. */
function offered(name: string, mediaType: string, content: string | Uint8Array, extra: Partial<OfferedFile> = {}) {
	const data = typeof content === 'string' ? new TextEncoder().encode(content) : content;
	const file = {
		name,
		mediaType,
		bytes: data.length,
		reads: 0,
		async read() {
			file.reads += 1;
			return data;
		},
		...extra,
	};
	return file;
}

describe('files with a question', () => {
	it('are kept in the store, and those that are texts are read', async () => {
		const store = createMemoryStore();
		const png = new Uint8Array([137, 80, 78, 71]);
		const taken = await takeFiles(
			store,
			[
				offered('notes.md', 'text/markdown', '# Grüße'),
				offered('a.ts', '', 'let a'),
				offered('p.png', 'image/png', png),
			],
			say,
		);
		expect(taken.map(({ name, text, bytes }) => [name, text, bytes])).toEqual([
			['notes.md', '# Grüße', 9],
			['a.ts', 'let a', 5],
			['p.png', null, 4],
		]);
		const kept = await store.get('file', taken[2]?.key ?? '');
		expect(kept?.value).toEqual({ base64: Buffer.from(png).toString('base64') });
	});

	it('that are too large, too many or of an unknown kind are named, and none is fetched', async () => {
		const store = createMemoryStore();
		const big = offered('big.csv', 'text/csv', 'a', { bytes: 6 * 1024 * 1024 });
		const program = offered('setup.exe', 'application/x-msdownload', 'MZ');
		const fine = offered('fine.txt', 'text/plain', 'ok');
		const refused = takeFiles(store, [big, program, fine], say);
		await expect(refused).rejects.toMatchObject({ code: 'input_invalid' });
		await expect(refused).rejects.toMatchObject({
			userMessage: expect.stringMatching(/big\.csv has 6 MB.*setup\.exe/s),
		});
		expect([big.reads, program.reads, fine.reads]).toEqual([0, 0, 0]);
		const many = Array.from({ length: 11 }, (_, i) => offered(`${i}.txt`, 'text/plain', 'x'));
		await expect(takeFiles(store, many, say)).rejects.toMatchObject({ userMessage: expect.stringMatching(/11 files/) });
	});

	it('that cannot be fetched or read are named with the reason', async () => {
		const store = createMemoryStore();
		const gone = offered('gone.txt', 'text/plain', '', { read: () => Promise.reject(new Error('404')) });
		await expect(takeFiles(store, [gone], say)).rejects.toMatchObject({
			userMessage: expect.stringMatching(/gone\.txt could not be fetched: 404/),
		});
		const binary = offered('b.txt', 'text/plain', new Uint8Array([0xff, 0xfe, 0x00]));
		await expect(takeFiles(store, [binary], say)).rejects.toMatchObject({
			userMessage: expect.stringMatching(/b\.txt is not text/),
		});
		const long = offered('long.txt', 'text/plain', 'x'.repeat(200_001));
		await expect(takeFiles(store, [long], say)).rejects.toMatchObject({
			userMessage: expect.stringMatching(/200,001 characters/),
		});
	});
});
