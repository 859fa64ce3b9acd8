import { on } from 'node:events';
import type { Readable } from 'node:stream';
import type { Headers, Pack } from 'tar-stream';
import { BotError } from '../../../core/errors.ts';
import type { WorkspaceEntry, WorkspaceFile } from '../../../core/sandbox.ts';
import { FILE_OWNER } from './container-options.ts';

/** Longest path in bytes, as on Linux. */
const MAX_PATH = 4095;

/**
 * What is in an archive of a workspace. Only regular files are read; of everything else the name is told. `root` is
 * cut off the paths. Throws `sandbox_failed` as soon as there is more than `limit` bytes of content: a file with holes
 * is small in the workspace and endless here.
 */
export async function* readArchive(archive: Readable, root: string, limit: number): AsyncGenerator<WorkspaceEntry> {
	let left = limit;
	try {
		for await (const { header, content, next } of entriesOf(archive)) {
			const path = pathBelow(root, header.name);
			const reason = refusal(header, path);
			if (reason !== null) {
				content.resume();
				yield { type: 'refused', path, reason };
			} else if (header.type === 'directory') content.resume();
			else {
				left -= header.size ?? 0;
				if (left < 0) {
					throw new BotError(
						'sandbox_failed',
						`The workspace was not read: it has more than ${limit} bytes. Read a part of it, or remove files.`,
					);
				}
				const executable = ((header.mode ?? 0) & 0o111) !== 0;
				yield { type: 'file', path, content: await gather(content), executable };
			}
			next();
		}
	} finally {
		archive.destroy();
	}
}

/** An archive of files that belong to the user of the sandbox. Throws `sandbox_failed` for a path that leaves it. */
export async function writeArchive(files: readonly WorkspaceFile[]): Promise<Pack> {
	const { default: tar } = await import('tar-stream');
	const archive = tar.pack();
	for (const folder of foldersOf(files)) {
		archive.entry({ name: `${folder}/`, type: 'directory', mode: 0o755, mtime: new Date(0), ...FILE_OWNER });
	}
	for (const { path, content, executable } of files) {
		const mode = executable ? 0o755 : 0o644;
		archive.entry({ name: path, type: 'file', mode, ...FILE_OWNER }, Buffer.from(content));
	}
	archive.finalize();
	return archive;
}

/** The folders that files need, each after the one it is in. */
export function foldersOf(files: readonly Pick<WorkspaceFile, 'path'>[]): string[] {
	const folders = new Set<string>();
	for (const { path } of files) {
		const parts = path.split('/');
		for (let depth = 1; depth < parts.length; depth += 1) folders.add(parts.slice(0, depth).join('/'));
	}
	return [...folders];
}

/** Why a path cannot be that of a file in a workspace; null: it can. The empty path is not one. */
export function pathFault(path: string): string | null {
	const parts = path.split('/');
	if (path === '') return 'it is empty';
	if (path.startsWith('/')) return 'it is not relative to the workspace';
	if (parts.includes('..')) return 'it leads out of the workspace';
	if (parts.includes('') || parts.includes('.')) return 'it has an empty part';
	if (path.includes('\0') || !path.isWellFormed()) return 'it has a character that no file can have';
	if (Buffer.byteLength(path) > MAX_PATH || parts.some((part) => Buffer.byteLength(part) > 255))
		return 'it is too long';
	return null;
}

const KINDS: Readonly<Record<string, 'symlink' | 'hardlink' | 'device' | 'fifo'>> = {
	symlink: 'symlink',
	link: 'hardlink',
	fifo: 'fifo',
	'character-device': 'device',
	'block-device': 'device',
};

function refusal({ type }: Headers, path: string): (WorkspaceEntry & { type: 'refused' })['reason'] | null {
	// A name that is not UTF-8 has been replaced in part: nothing could be found under it again.
	if (path !== '' && (pathFault(path) !== null || path.includes('\ufffd'))) return 'name';
	if (type === 'directory' || type === 'file' || type === 'contiguous-file') return null;
	return KINDS[type ?? ''] ?? 'device';
}

function pathBelow(root: string, name: string): string {
	const path = name.replace(/\/$/, '');
	if (path === root) return '';
	return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}

/** The entries one after the other; the next one comes after `next`. */
async function* entriesOf(archive: Readable) {
	const { default: tar } = await import('tar-stream');
	const extract = tar.extract();
	const entries = on(extract, 'entry', { close: ['finish'] });
	// It may fail when nobody reads it any more.
	extract.on('error', () => {});
	archive.on('error', (error) => extract.destroy(error));
	// When it has ended, what came of it may still be in the pipe.
	archive.on('close', () => archive.readableEnded || extract.destroy(cutShort()));
	archive.pipe(extract);
	for await (const entry of entries) {
		const [header, content, next] = entry as [Headers, Readable, () => void];
		yield { header, content, next };
	}
}

function gather(content: Readable): Promise<Uint8Array> {
	const pieces: Buffer[] = [];
	content.on('data', (piece: Buffer) => pieces.push(piece));
	return new Promise((resolve, reject) => {
		content.on('end', () => resolve(Buffer.concat(pieces)));
		content.on('close', () => reject(cutShort()));
	});
}

const cutShort = () => new Error('the archive of the workspace was cut short');
