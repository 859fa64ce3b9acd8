import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, chmod, cp, mkdir, readdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { FILE_OWNER } from '../container-options.ts';

const run = promisify(execFile);
/** Where programs are looked for; those of the system before those that a user has made. */
const SYSTEM_PATH = ['/usr/bin', '/bin', '/usr/local/bin'];
/** In what `ldd` says: `libc.so.6 => /lib/libc.so.6 (0x...)`. A line that ends in a colon names the file asked about. */
const LIBRARY = /\/\S+\.so[^\s:]*(?= \()/g;
/** Programs that `ldd` is asked about at a time. */
const BATCH = 100;

/** The path of a program on this machine, links followed to no further than the folder; null: it has none. */
export async function findProgram(name: string): Promise<string | null> {
	for (const folder of [...SYSTEM_PATH, ...(process.env.PATH ?? '').split(':')]) {
		if (!folder.startsWith('/')) continue;
		const path = join(folder, name);
		const isThere = await access(path, constants.X_OK).then(
			() => true,
			() => false,
		);
		if (isThere) return path;
	}
	return null;
}

/** A root file system in a folder, made of files of this machine. */
export interface RootFileSystem {
	readonly folder: string;
	/** Puts a program, with the libraries it is linked to, into `/usr/bin` or where `at` says. */
	program(path: string, at?: string): Promise<void>;
	/** Copies a file or folder to `at`; what `leaveOut` matches of the path below it stays out. */
	copy(path: string, at: string, leaveOut?: RegExp): Promise<void>;
	/** Puts the libraries in that these files are linked to. */
	libraries(paths: readonly string[]): Promise<void>;
	text(at: string, content: string): Promise<void>;
	link(target: string, at: string): Promise<void>;
}

/** Begins one with the folders that every one has, and the user that is inside. Linux with glibc. */
export async function createRootFileSystem(folder: string): Promise<RootFileSystem> {
	const place = async (at: string) => {
		const path = join(folder, at);
		await mkdir(dirname(path), { recursive: true });
		return path;
	};
	const copy = async (path: string, at: string, leaveOut?: RegExp) => {
		const filter = leaveOut === undefined ? () => true : (file: string) => !leaveOut.test(file.slice(path.length));
		await cp(await realpath(path), await place(at), { recursive: true, verbatimSymlinks: true, filter });
	};
	const libraries = async (paths: readonly string[]) => {
		const known = new Set<string>();
		for (let at = 0; at < paths.length; at += BATCH) {
			// It ends with 1 when one of them is a script.
			const listed = await run('ldd', paths.slice(at, at + BATCH)).catch((failure) => failure as { stdout: string });
			for (const [library] of listed.stdout.matchAll(LIBRARY)) known.add(library);
		}
		for (const library of known) await copy(library, library);
	};
	const link = async (target: string, at: string) => symlink(target, await place(at));
	const text = async (at: string, content: string) => writeFile(await place(at), content);

	for (const name of ['usr/bin', 'usr/local/bin', 'tmp', 'proc', 'sys', 'dev', 'workspace', 'etc']) {
		await mkdir(join(folder, name), { recursive: true });
	}
	await chmod(folder, 0o755);
	await symlink('usr/bin', join(folder, 'bin'));
	const { uid, gid } = FILE_OWNER;
	await text('etc/passwd', `root:x:0:0::/root:/bin/sh\nagent:x:${uid}:${gid}::/tmp:/bin/bash\n`);
	await text('etc/group', `root:x:0:\nagent:x:${gid}:\n`);
	await text('etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files\n');
	return {
		folder,
		copy,
		libraries,
		text,
		link,
		async program(path, at = `usr/bin/${path.split('/').at(-1)}`) {
			await copy(path, at);
			await libraries([path]);
		},
	};
}

/** Every file below a folder whose name matches. */
export async function filesBelow(folder: string, name: RegExp): Promise<string[]> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	return entries.filter((entry) => entry.isFile() && name.test(entry.name)).map((it) => join(it.parentPath, it.name));
}
