import type { ContextFolder } from '../../../core/context-folder.ts';
import { BotError } from '../../../core/errors.ts';
import type { KeptChanges, KeptFile } from '../../../core/kept-files.ts';
import type { FileVault } from './file-vault.ts';
import {
	checkWay,
	isProtected,
	machineFiles,
	readMachineFile,
	removeMachineFile,
	writeMachineFile,
} from './machine-folder.ts';
import { fileDiff, type Side } from './project-diff.ts';

/** A folder of the machine in one run: how it was when the run began, and what has been written back since. */
export interface Project {
	readonly folder: ContextFolder;
	/** Its files at the run's start. They are read once, and are the same after a restart. */
	files(): Promise<readonly KeptFile[]>;
	/** What is other in a copy. What may not be written is not among it. */
	changes(copy: readonly KeptFile[]): Promise<KeptChanges>;
	/** A unified diff of some changes, or of all. */
	diff(changes: KeptChanges, only?: readonly string[]): Promise<string>;
	/**
	 * Writes changes to the machine. What they already are is left; throws `sandbox_failed` before anything is written
	 * when a file has become another one there since it was copied. Returns the paths.
	 */
	apply(changes: KeptChanges, only?: readonly string[]): Promise<string[]>;
}

export function createProject(folder: ContextFolder, vault: FileVault): Project {
	const place = { start: `project ${folder.name}`, applied: `applied ${folder.name}` };
	let known: Promise<readonly KeptFile[]> | null = null;

	const copyIn = async (): Promise<readonly KeptFile[]> => {
		const before = await vault.latest(place.start);
		if (before !== null) return before.files;
		const listed = (await machineFiles(folder)).map(({ path, bytes }): KeptFile => [path, bytes, '', false]);
		const kept = await vault.keepContents(listed, (paths) => Promise.all(paths.map(read)));
		await vault.setLatest(place.start, kept, []);
		return kept;
	};
	const read = async (path: string) => {
		const found = await readMachineFile(folder, path);
		return found === null ? null : { content: found.content.toString('base64'), executable: found.executable };
	};
	const files = () => {
		known ??= copyIn();
		known.catch(() => {
			known = null;
		});
		return known;
	};
	const sideOf = async (file: KeptFile | undefined): Promise<Side> =>
		file === undefined ? null : { content: await vault.content(file[2]), executable: file[3] };

	return {
		folder,
		files,
		async changes(copy) {
			const start = new Map((await files()).map((file) => [file[0], file]));
			const there = new Set(copy.map(([path]) => path));
			const isOther = ([path, , key, executable]: KeptFile) => {
				const before = start.get(path);
				return before === undefined || before[2] !== key || before[3] !== executable;
			};
			const mayBe = (path: string) => !isProtected(folder, path);
			return {
				folder: folder.name,
				files: copy.filter((file) => mayBe(file[0]) && isOther(file)),
				removed: [...start.keys()].filter((path) => !there.has(path) && mayBe(path)),
			};
		},
		async diff(changes, only) {
			const start = new Map((await files()).map((file) => [file[0], file]));
			const texts: string[] = [];
			for (const [path, after] of chosen(changes, only)) {
				texts.push(await fileDiff(path, await sideOf(start.get(path)), await sideOf(after)));
			}
			return texts.join('');
		},
		async apply(changes, only) {
			const start = new Map((await files()).map((file) => [file[0], file]));
			const applied = new Map(((await vault.latest(place.applied))?.files ?? []).map((file) => [file[0], file]));
			const wanted = [...chosen(changes, only)].filter(([path]) => !isProtected(folder, path));
			for (const [path, after] of wanted) {
				await checkWay(folder, path);
				const now = await readMachineFile(folder, path);
				const written = applied.get(path);
				const expected = [start.get(path), after, ...(written === undefined ? [] : [written])];
				if (!(await isOneOf(now, expected, sideOf))) {
					throw new BotError(
						'sandbox_failed',
						`Nothing was written: ${path} has been changed on the machine since it was copied.`,
					);
				}
			}
			for (const [path, after] of wanted) {
				const side = await sideOf(after);
				if (side === null) await removeMachineFile(folder, path);
				else await writeMachineFile(folder, path, side.content, side.executable);
				if (after !== undefined) applied.set(path, after);
			}
			await vault.setLatest(place.applied, [...applied.values()], []);
			return wanted.map(([path]) => path);
		},
	};
}

/** Changed paths in order, each with what it becomes; undefined: nothing. */
function chosen({ files, removed }: KeptChanges, only?: readonly string[]): Map<string, KeptFile | undefined> {
	const all: [string, KeptFile | undefined][] = [
		...files.map((file): [string, KeptFile] => [file[0], file]),
		...removed.map((path): [string, undefined] => [path, undefined]),
	];
	const wanted = all.filter(([path]) => only === undefined || only.includes(path));
	return new Map(wanted.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

async function isOneOf(
	now: { content: Buffer } | null,
	expected: readonly (KeptFile | undefined)[],
	sideOf: (file: KeptFile | undefined) => Promise<Side>,
): Promise<boolean> {
	for (const file of expected) {
		const side = await sideOf(file);
		if (side === null ? now === null : now?.content.equals(side.content)) return true;
	}
	return false;
}
