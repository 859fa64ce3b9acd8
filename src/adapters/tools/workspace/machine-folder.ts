import { randomUUID } from 'node:crypto';
import { constants, type Dirent } from 'node:fs';
import { lstat, mkdir, open, readdir, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ContextFolder } from '../../../core/context-folder.ts';
import { BotError } from '../../../core/errors.ts';
import { isSecret } from './secret-names.ts';

/** What is copied of a folder of the machine, at most. */
const MOST = { files: 20_000, bytes: 256 * 2 ** 20, fileBytes: 32 * 2 ** 20 };
/** Neither copied nor written: what Git keeps for itself, and what programs install and make again. */
const LEFT_OUT = new Set(['.git', 'node_modules', '.venv', 'venv', '__pycache__', '.hg', '.svn']);
const NO_LINK = constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** What a person who reads a diff would not see for what it is. */
const UNSEEN = /\p{C}/u;

/** Whether a path of the project is left alone: never copied, and never written. */
const isLeftOut = (path: string): boolean =>
	path.split('/').some((part) => LEFT_OUT.has(part)) || isSecret(path) || UNSEEN.test(path);

/** Whether a path of the project may not be written. */
export const isProtected = ({ protectedPaths }: ContextFolder, path: string): boolean =>
	isLeftOut(path) || protectedPaths.some((one) => one === '.' || path === one || path.startsWith(`${one}/`));

/**
 * Relative paths and sizes of the regular files of a folder, without those that are left out; links are not followed.
 * Throws `sandbox_failed` when there is more than can be copied.
 */
export async function machineFiles({ path: root }: ContextFolder): Promise<{ path: string; bytes: number }[]> {
	const files: { path: string; bytes: number }[] = [];
	let bytes = 0;
	const waiting = [''];
	for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
		const entries: Dirent[] = await readdir(join(root, folder), { withFileTypes: true });
		for (const entry of entries) {
			const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
			if (isLeftOut(path)) continue;
			if (entry.isDirectory()) waiting.push(path);
			if (!entry.isFile()) continue;
			const { size } = await lstat(join(root, path));
			if (size > MOST.fileBytes) continue;
			files.push({ path, bytes: size });
			bytes += size;
			if (files.length > MOST.files || bytes > MOST.bytes) throw tooLarge(root);
		}
	}
	return files;
}

function tooLarge(root: string): BotError {
	const most = `${MOST.files} files and ${MOST.bytes / 2 ** 20} MiB`;
	return new BotError(
		'sandbox_failed',
		`${root} was not copied: it has more than ${most}. Name a folder inside of it.`,
	);
}

/** Null: it is not there, or no regular file. */
export async function readMachineFile(
	{ path: root }: ContextFolder,
	path: string,
): Promise<{ content: Buffer; executable: boolean } | null> {
	if (!(await isReached(root, path))) return null;
	const file = await open(join(root, path), constants.O_RDONLY | NO_LINK).catch(() => null);
	if (file === null) return null;
	try {
		const stat = await file.stat();
		if (!stat.isFile() || stat.size > MOST.fileBytes) return null;
		return { content: await file.readFile(), executable: (stat.mode & 0o111) !== 0 };
	} finally {
		await file.close();
	}
}

/** Writes a file whole or not at all. Throws `sandbox_failed` when something other than folders leads to it. */
export async function writeMachineFile(
	folder: ContextFolder,
	path: string,
	content: Uint8Array,
	executable: boolean,
): Promise<void> {
	await checkWay(folder, path);
	const target = join(folder.path, path);
	await mkdir(dirname(target), { recursive: true });
	const found = await lstat(target).catch(() => null);
	if (found !== null && !found.isFile()) throw new BotError('sandbox_failed', `${path} is not a file there.`);
	const mode = ((found?.mode ?? 0o644) & 0o666) | (executable ? 0o111 : 0);
	const draft = join(dirname(target), `.${randomUUID().slice(0, 8)}.part`);
	const file = await open(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | NO_LINK, 0o600);
	try {
		await file.writeFile(content);
		await file.chmod(mode);
		await file.sync();
		await rename(draft, target);
	} catch (thrown) {
		await rm(draft, { force: true });
		throw thrown;
	} finally {
		await file.close();
	}
}

export async function removeMachineFile({ path: root }: ContextFolder, path: string): Promise<void> {
	if (!(await isReached(root, path))) return;
	const found = await lstat(join(root, path)).catch(() => null);
	if (found?.isFile()) await rm(join(root, path));
}

/** Whether the folder is still the one that was opened, and nothing but folders leads to the path. */
async function isReached(root: string, path: string): Promise<boolean> {
	if ((await realpath(root).catch(() => null)) !== root) return false;
	const folder = dirname(join(root, path));
	return (await realpath(folder).catch(() => null)) === folder;
}

/** Throws `sandbox_failed` when anything but folders leads to a path, as far as it is there. */
export async function checkWay({ path: root }: ContextFolder, path: string): Promise<void> {
	let folder = root;
	for (const part of ['', ...path.split('/').slice(0, -1)]) {
		folder = join(folder, part);
		const found = await lstat(folder).catch(() => null);
		if (found === null && part !== '') return;
		if (!found?.isDirectory() || (await realpath(folder)) !== folder) {
			throw new BotError('sandbox_failed', `${path} cannot be written: a link or a file leads to it, not folders.`);
		}
	}
}
