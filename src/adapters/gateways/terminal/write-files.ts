import { lstat, mkdir, open, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { messageOf } from '../../../core/errors.ts';
import type { KeptFiles } from '../../../core/kept-files.ts';

/**
 * What became of one file. `exists`: something of this name was there and was left alone. `outside`: its path leads,
 * or could lead, out of the folder. `gone`: it is not kept any more.
 */
export type WrittenFile = { path: string } & (
	| { type: 'written' | 'exists' | 'outside' | 'gone' }
	| { type: 'failed'; reason: string }
);

/**
 * Writes kept files into a folder, which is made where it is missing. Their paths are foreign text: none of them leaves
 * the folder, follows a link in it, or replaces what is there. Throws when the folder cannot be used.
 */
export async function writeFiles(
	folder: string,
	{ listed }: KeptFiles,
	bytesOf: (id: string) => Promise<Uint8Array | null>,
): Promise<readonly WrittenFile[]> {
	await mkdir(folder, { recursive: true });
	const root = await realpath(folder);
	const results: WrittenFile[] = [];
	for (const { path, id } of listed) {
		const parts = partsOf(path);
		if (parts === null) results.push({ path, type: 'outside' });
		else {
			const bytes = await bytesOf(id);
			results.push(bytes === null ? { path, type: 'gone' } : { path, ...(await writeOne(root, parts, bytes)) });
		}
	}
	return results;
}

/** The names on the way to a file; null for a path that is not plainly one below a folder. */
function partsOf(path: string): readonly string[] | null {
	if (/[\0\\]/.test(path)) return null;
	const parts = path.split('/');
	return parts.some((part) => part === '' || part === '.' || part === '..') ? null : parts;
}

type Result = { type: 'written' | 'exists' | 'outside' } | { type: 'failed'; reason: string };

async function writeOne(root: string, parts: readonly string[], bytes: Uint8Array): Promise<Result> {
	try {
		let at = root;
		for (const part of parts.slice(0, -1)) {
			at = join(at, part);
			await mkdir(at).catch(unless('EEXIST'));
			if (!(await lstat(at)).isDirectory()) return { type: 'outside' };
		}
		if ((await realpath(at)) !== resolve(root, ...parts.slice(0, -1))) return { type: 'outside' };
		// Neither follows a link nor replaces a file.
		const file = await open(resolve(root, ...parts), 'wx');
		await file.writeFile(bytes).finally(() => file.close());
		return { type: 'written' };
	} catch (thrown) {
		if (codeOf(thrown) === 'EEXIST') return { type: 'exists' };
		return { type: 'failed', reason: messageOf(thrown) };
	}
}

const codeOf = (thrown: unknown) => (thrown instanceof Error && 'code' in thrown ? thrown.code : null);

const unless = (code: string) => (thrown: unknown) => {
	if (codeOf(thrown) !== code) throw thrown;
};
