import { posix } from 'node:path';
import { CONTEXT_FOLDERS } from '../../../core/agent-folder.ts';
import { BotError } from '../../../core/errors.ts';
import { visibleText } from '../../../core/foreign-text.ts';
import type { KeptChanges } from '../../../core/kept-files.ts';
import type { SandboxMount } from '../../../core/sandbox.ts';
import { fileTexts } from './file-texts.ts';
import type { FolderDesk } from './folder-desk.ts';
import { absolute, foldersBelow, type Located, locate } from './folder-paths.ts';
import type { KnownFiles } from './known-files.ts';
import { isProtected } from './machine-folder.ts';
import type { Project } from './projects.ts';
import type { Answers, Place, Request } from './requests.ts';
import type { FileTool, InputOf } from './tool-list.ts';

/** Bytes of a file that is read as text. */
const LARGEST_TEXT = 4 * 2 ** 20;
/** Characters of one result. */
const LONGEST_RESULT = 60_000;
/** Entries of a list; folders inside of each other that are gone into. */
const LIST = { entries: 2_000, depth: 64 };
/** What is of no use to a search, unless it is looked into itself. */
const HIDDEN = ['.git', 'node_modules'];
const UNREAD_SHOWN = 5;

/** What an operation works with. */
export interface FileWork {
	desk: FolderDesk;
	mounts: readonly SandboxMount[];
	known: KnownFiles;
	/** The project folders among the folders. */
	projects: readonly Project[];
	/** What the agent has changed in those that it may write. */
	changes(): Promise<KeptChanges[]>;
	signal: AbortSignal;
}

type Operation<Name extends FileTool> = (input: InputOf<Name>, work: FileWork) => Promise<string>;

/** What each tool does; the result is for the model. They throw `Refusal` and `input_invalid` with a sentence. */
export const fileOperations: { readonly [Name in FileTool]: Operation<Name> } = {
	async list_files({ path, depth }, work) {
		const above = foldersBelow(path, work.mounts);
		if (above.length > 0) return above.map((at) => `${at}/`).join('\n');
		const { place, name } = locate(path, work.mounts);
		const { entries, isCut } = await ask(work, { op: 'list', place, depth, most: LIST.entries });
		if (entries.length === 0) return fileTexts.emptyFolder(name);
		const lines = entries
			.toSorted((a, b) => (a.path < b.path ? -1 : 1))
			.map((entry) => {
				const shown = below(place, entry.path);
				if (entry.kind === 'folder') return `${shown}/`;
				return entry.kind === 'file' ? `${shown}  ${entry.bytes}` : `${shown}  (${entry.kind}, not followed)`;
			});
		return limited(lines, isCut);
	},

	async read_file({ path, from, lines: most }, work) {
		const located = locate(path, work.mounts);
		const { text } = await textOf(located, work);
		const { name } = located;
		work.known.add(name);
		if (text === '') return fileTexts.empty(name);
		const lines = text.replace(/\n$/, '').split('\n');
		if (from > lines.length) throw wrong(fileTexts.beyond(name, lines.length));
		const chosen = fitting(lines.slice(from - 1, from - 1 + most));
		const shown = visibleText(chosen.join('\n'));
		const isWhole = chosen.length === lines.length;
		const notes = isWhole ? [] : [fileTexts.part(name, from, from + chosen.length - 1, lines.length)];
		if (shown !== chosen.join('\n').replace(/\r\n?/g, '\n')) notes.push(fileTexts.unseen);
		return [...notes, shown].join('\n');
	},

	async write_file({ path, content }, work) {
		const { place, name } = writable(path, work);
		const written = { op: 'write', place, content: encoded(content), fresh: false, expected: null } as const;
		const { existed, bytes } = await ask(work, written);
		work.known.add(name);
		return fileTexts.written(name, bytes, existed);
	},

	async edit_file({ path, old_text: wanted, new_text: replacement, all }, work) {
		const located = writable(path, work);
		const { place, name } = located;
		const { text, hash } = await textOf(located, work);
		// Models write line feeds, whatever the file has.
		const windows = !text.includes(wanted) && text.includes('\r\n');
		const inFile = (piece: string) => (windows ? piece.replace(/\r?\n/g, '\r\n') : piece);
		const parts = text.split(inFile(wanted));
		const times = parts.length - 1;
		if (times === 0) throw wrong(fileTexts.noMatch(name));
		if (times > 1 && !all) throw wrong(fileTexts.manyMatches(name, times));
		const content = encoded(parts.join(inFile(replacement)));
		await ask(work, { op: 'write', place, content, fresh: false, expected: hash });
		work.known.add(name);
		return fileTexts.edited(name, times);
	},

	async make_folder({ path }, work) {
		const { place, name } = writable(path, work);
		await ask(work, { op: 'makeFolder', place });
		return fileTexts.made(name);
	},

	async move_file({ from, to }, work) {
		const [source, target] = [writable(from, work), writable(to, work)];
		await ask(work, { op: 'move', place: source.place, to: target.place });
		work.known.move(source.name, target.name);
		return fileTexts.moved(source.name, target.name);
	},

	async copy_file({ from, to }, work) {
		const source = locate(from, work.mounts);
		const target = writable(to, work);
		const { files, left } = await ask(work, { op: 'copy', place: source.place, to: target.place });
		work.known.addAll(target.name);
		return fileTexts.copied(source.name, target.name, files, left);
	},

	async delete_file({ path }, work) {
		const { place, name } = writable(path, work);
		const { kind } = await ask(work, { op: 'stat', place });
		const unread = kind === 'folder' ? await unreadBelow(place, name, work) : [];
		if (kind === 'file' && !work.known.has(name)) unread.push(name);
		if (unread.length > 0) {
			const shown = unread.slice(0, UNREAD_SHOWN);
			throw wrong(fileTexts.unread(name, shown, unread.length - shown.length));
		}
		await ask(work, { op: 'delete', place });
		work.known.remove(name);
		return fileTexts.deleted(name);
	},

	async find_files({ pattern, path }, work) {
		const args = ['--files', '--no-ignore', '--hidden', '--no-messages', '--sort=path', `--glob=${pattern}`];
		const { text, isCut } = await searched(path, args, work);
		const found = text.split('\n').filter((line) => line !== '');
		if (found.length === 0) return fileTexts.nothingFound(pattern, absolute(path));
		return limited(found.map(withoutDot), isCut);
	},

	async search_text({ pattern, path, files, ignore_case: ignoreCase }, work) {
		const form = ['--line-number', '--no-heading', '--with-filename', '--null', '--color=never', '--sort=path'];
		const bounds = ['--max-columns=400', '--max-columns-preview', '--max-filesize=8M'];
		const which = ['--no-ignore', '--hidden', '--no-messages', ...(files === undefined ? [] : [`--glob=${files}`])];
		const how = [...(ignoreCase ? ['--ignore-case'] : []), `--regexp=${pattern}`];
		const { text, isCut } = await searched(path, [...form, ...bounds, ...which, ...how], work);
		const found = text.split('\n').filter((line) => line !== '');
		if (found.length === 0) return fileTexts.nothingFound(pattern, absolute(path));
		return limited(
			found.map((line) => withoutDot(line).replace('\0', ':')),
			isCut,
		);
	},

	async show_changes({ folder, paths }, work) {
		const { name, diff } = await projectChanges(folder, paths, work);
		return diff === '' ? fileTexts.noChanges(name) : diff;
	},

	async apply_changes({ folder, paths, diff: wanted }, work) {
		const { name, diff, project, changes } = await projectChanges(folder, paths, work);
		if (changes === null || diff === '') throw wrong(fileTexts.noChanges(name));
		if (comparable(wanted) !== comparable(diff)) throw wrong(fileTexts.otherDiff(name));
		return fileTexts.applied(name, await project.apply(changes, paths));
	},
};

async function projectChanges(folder: string, paths: readonly string[] | undefined, work: FileWork) {
	const name = absolute(folder);
	const nameOf = (project: Project) => `${CONTEXT_FOLDERS}/${project.folder.name}`;
	const mine = work.projects.filter((one) => work.mounts.some(({ at, writable }) => writable && at === nameOf(one)));
	const project = mine.find((one) => nameOf(one) === name);
	if (project === undefined) throw wrong(fileTexts.noProject(name, mine.map(nameOf)));
	const changes = (await work.changes()).find((one) => one.folder === project.folder.name) ?? null;
	const diff = changes === null ? '' : await project.diff(changes, paths);
	if (diff.length > LONGEST_RESULT) throw wrong(fileTexts.longDiff(LONGEST_RESULT));
	return { name, project, changes, diff };
}

/** A model may lose what is not seen. */
const comparable = (diff: string) => visibleText(diff).trim();

const ask = <Op extends Request['op']>(
	{ desk, signal }: FileWork,
	request: Extract<Request, { op: Op }>,
): Promise<Answers[Op]> => desk.ask<Op>(request, signal);

function writable(path: string, { mounts, projects }: FileWork): Located {
	const located = locate(path, mounts);
	if (!located.writable) throw wrong(fileTexts.readOnly(located.name));
	if (located.place.path === '') throw wrong(fileTexts.root(located.name));
	const project = projects.find(({ folder }) => located.name.startsWith(`${CONTEXT_FOLDERS}/${folder.name}/`));
	if (project !== undefined && isProtected(project.folder, located.place.path))
		throw wrong(fileTexts.guarded(located.name));
	return located;
}

async function textOf({ place, name }: Located, work: FileWork): Promise<{ text: string; hash: string }> {
	const { kind, bytes } = await ask(work, { op: 'stat', place });
	if (kind === 'file' && bytes > LARGEST_TEXT) throw wrong(fileTexts.tooLarge(name, bytes, LARGEST_TEXT));
	const { content, hash } = await ask(work, { op: 'read', place, most: LARGEST_TEXT });
	const found = Buffer.from(content, 'base64');
	try {
		if (found.includes(0)) throw new Error('not a text');
		return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(found), hash };
	} catch {
		throw wrong(fileTexts.noText(name, found.length));
	}
}

/** Absolute names of the files below a folder that were neither made nor read, but for what programs make. */
async function unreadBelow(place: Place, name: string, work: FileWork): Promise<string[]> {
	const { entries } = await ask(work, { op: 'list', place, depth: LIST.depth, most: 100_000 });
	return entries
		.filter(({ kind }) => kind === 'file')
		.map(({ path }) => `${name}/${below(place, path)}`)
		.filter((file) => !work.known.has(file));
}

/** Runs ripgrep in a folder, or over the one file that is named. */
async function searched(path: string, args: readonly string[], work: FileWork): Promise<Answers['search']> {
	const { place } = locate(path, work.mounts);
	const { kind } = await ask(work, { op: 'stat', place });
	if (kind !== 'folder' && kind !== 'file') throw wrong(fileTexts.refused(absolute(path), 'ESPECIAL'));
	const isFile = kind === 'file';
	const folder = isFile ? { ...place, path: posix.dirname(place.path).replace(/^\.$/, '') } : place;
	const skipped = HIDDEN.filter((part) => !place.path.split('/').includes(part)).map((part) => `--glob=!**/${part}/**`);
	const where = isFile ? `./${posix.basename(place.path)}` : './';
	const all = [...args, ...(isFile ? [] : skipped), '--', where];
	const result = await ask(work, { op: 'search', place: folder, args: all, most: LONGEST_RESULT });
	if (result.complaint !== null) throw wrong(fileTexts.badPattern(visibleText(result.complaint).trim()));
	return result;
}

/** A path relative to the place. */
const below = (place: Place, path: string) => (place.path === '' ? path : path.slice(place.path.length + 1));

const withoutDot = (line: string) => line.replace(/^\.\//, '');

const encoded = (text: string) => Buffer.from(text).toString('base64');

/** As many of the first lines as go into a result; one alone is cut. */
function fitting(lines: readonly string[]): string[] {
	let length = 0;
	const most = lines.findIndex((line) => {
		length += line.length + 1;
		return length > LONGEST_RESULT;
	});
	if (most === -1) return [...lines];
	return most === 0 ? [(lines[0] ?? '').slice(0, LONGEST_RESULT)] : lines.slice(0, most);
}

function limited(lines: readonly string[], isCut: boolean): string {
	const chosen = fitting(lines);
	const notes = isCut || chosen.length < lines.length ? [fileTexts.cut] : [];
	return [visibleText(chosen.join('\n')), ...notes].join('\n');
}

const wrong = (text: string) => new BotError('input_invalid', text);
