import { realpath, stat } from 'node:fs/promises';
import { basename, delimiter, isAbsolute, normalize, relative, resolve, sep } from 'node:path';
import type { z } from 'zod';
import type { ContextFolder } from '../core/context-folder.ts';
import type { contextPath } from './backend-schema.ts';
import type { MainFile } from './file-schema.ts';
import type { Environment } from './prepare.ts';
import type { Problem } from './problem.ts';
import { settings as known, resolveSetting } from './setting.ts';

type ContextPath = z.infer<typeof contextPath>;

/** The folders of this machine that an admin has opened, as they were written. */
export function allowedFolders(file: MainFile['allowed_folders'], env: Environment): readonly string[] {
	const { value, from } = resolveSetting(known.allowedFolders, { env, file: file?.join(delimiter) });
	return from === 'default' ? [] : value.split(delimiter).filter((folder) => folder !== '');
}

/**
 * The project folders of an agent, each once: a team's own go before the agent's. `problems` stand in the way of using
 * the team: a folder that is not there, or that no admin has opened.
 */
export async function contextFoldersOf(
	given: { team: readonly ContextPath[]; agent: readonly ContextPath[] },
	{ allowed, cwd }: { allowed: readonly string[]; cwd: string },
	report: (message: string) => Problem,
): Promise<{ folders: ContextFolder[]; problems: Problem[] }> {
	const folders = new Map<string, ContextFolder>();
	const problems: Problem[] = [];
	const open = await Promise.all(allowed.map((folder) => realpath(resolve(cwd, folder)).catch(() => null)));
	const names = new Set<string>();
	for (const one of [...given.team, ...given.agent]) {
		const found = await folderOf(one, open, cwd);
		if (typeof found === 'string') problems.push(report(found));
		else if (!folders.has(found.path)) {
			const name = uniqueName(found.path, names);
			folders.set(found.path, { ...found, name });
		}
	}
	return { folders: [...folders.values()], problems };
}

/** The folder, or what is wrong with it. */
async function folderOf(
	{ path: written, permission, protected_paths: guarded = [] }: ContextPath,
	allowed: readonly (string | null)[],
	cwd: string,
): Promise<Omit<ContextFolder, 'name'> | string> {
	const path = await realpath(resolve(cwd, written)).catch(() => null);
	if (path === null) return `${written} is not there; a project folder must exist before the program starts`;
	if (!(await stat(path)).isDirectory()) return `${written} is not a folder; name the folder that it is in`;
	if (!allowed.some((folder) => folder !== null && isIn(path, folder))) {
		return `${written} is not open to agents; an admin opens it with ALLOWED_FOLDERS, or \`allowed_folders\` in the main file`;
	}
	const protectedPaths = guarded.map((one) => normalize(isAbsolute(one) ? relative(path, one) : one));
	const outside = protectedPaths.find((one) => one === '..' || one.startsWith(`..${sep}`));
	if (outside !== undefined) return `the protected path ${outside} is not in ${written}`;
	const trimmed = protectedPaths.map((one) => one.replace(/[/\\]+$/, ''));
	return { path, writable: permission === 'write', protectedPaths: trimmed };
}

const isIn = (path: string, folder: string) => path === folder || path.startsWith(folder === sep ? sep : folder + sep);

function uniqueName(path: string, taken: Set<string>): string {
	const plain =
		basename(path)
			.replace(/[^A-Za-z0-9._-]/g, '_')
			.replace(/^[._-]+/, '')
			.slice(0, 60) || 'project';
	let name = plain;
	for (let count = 2; taken.has(name); count += 1) name = `${plain}-${count}`;
	taken.add(name);
	return name;
}
