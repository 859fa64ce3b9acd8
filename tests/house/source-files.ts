import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

/** The project's folder. */
export const ROOT = resolve(import.meta.dirname, '../..');

/** Every TypeScript file under the given folders of the project, by path with forward slashes. A folder may be absent. */
export function sourceFiles(folders: readonly string[]): Map<string, string> {
	const files = new Map<string, string>();
	for (const folder of folders) {
		for (const entry of entries(join(ROOT, folder))) {
			if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue;
			const path = join(entry.parentPath, entry.name);
			files.set(relative(ROOT, path).replaceAll('\\', '/'), readFileSync(path, 'utf8'));
		}
	}
	return files;
}

function entries(folder: string) {
	try {
		return readdirSync(folder, { recursive: true, withFileTypes: true });
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
		throw error;
	}
}
