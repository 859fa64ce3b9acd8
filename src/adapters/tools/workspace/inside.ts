/**
 * The program that works on an agent's folders. It runs inside of a sandbox, where nothing but those folders can be
 * reached, from its source text: so it imports nothing but Node. Arguments: the folders as JSON. A line of JSON on its
 * input is a request, a line on its output the answer. Every folder on the way to a file is opened by itself and without
 * following links, so no path leaves its folder, whoever changes what while it is walked.
 */
import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import {
	closeSync,
	constants,
	type Dirent,
	fchmodSync,
	fstatSync,
	lstatSync,
	mkdirSync,
	openSync,
	readdirSync,
	readSync,
	renameSync,
	rmSync,
	type Stats,
	statfsSync,
	writeSync,
} from 'node:fs';
import { createInterface } from 'node:readline';
import type { Answers, Kind, Message, Place, Reply, Request } from './requests.ts';

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY, O_CREAT, O_EXCL } = constants;
const FOLDER = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
const PIECE = 65_536;
/** Bytes of a file that is read at all: one with holes is small in the folder and endless here. */
const LARGEST = 32 * 2 ** 20;
/** Folders inside of each other that are gone into. */
const DEEPEST = 64;
const folders: readonly string[] = JSON.parse(process.argv[1] ?? '[]');
const searches = new Map<number, () => void>();

class Refused extends Error {
	readonly code: string;
	constructor(code: string) {
		super(code);
		this.code = code;
	}
}

const inside = (descriptor: number) => `/proc/self/fd/${descriptor}`;

function partsOf(path: string): string[] {
	const parts = path === '' ? [] : path.split('/');
	if (parts.some((part) => part === '' || part === '.' || part === '..' || part.includes('\0')))
		throw new Refused('EPATH');
	if (parts.length > DEEPEST) throw new Refused('EDEEP');
	return parts;
}

/** Opens a folder part by part; what it takes up must be closed. */
function openFolder(folder: number, parts: readonly string[], make: boolean): number {
	const at = folders[folder];
	if (at === undefined) throw new Refused('EPATH');
	let open = openSync(at, FOLDER);
	for (const part of parts) {
		const above = open;
		try {
			const next = `${inside(above)}/${part}`;
			if (make) orThere(() => mkdirSync(next));
			open = openSync(next, FOLDER);
		} finally {
			closeSync(above);
		}
	}
	return open;
}

/** Uses the path of something by way of the folder it is in, which is held open meanwhile. */
function at<Result>({ folder, path }: Place, use: (path: string) => Result, make = false): Result {
	const parts = partsOf(path);
	const open = openFolder(folder, parts.slice(0, -1), make);
	try {
		return use(`${inside(open)}/${parts.at(-1) ?? '.'}`);
	} finally {
		closeSync(open);
	}
}

function orThere(work: () => void): void {
	try {
		work();
	} catch (thrown) {
		if (codeOf(thrown) !== 'EEXIST') throw thrown;
	}
}

const codeOf = (thrown: unknown): string =>
	thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'EUNKNOWN';

const kindOf = (it: Stats | Dirent): Kind =>
	it.isFile() ? 'file' : it.isDirectory() ? 'folder' : it.isSymbolicLink() ? 'link' : 'other';

function statOf(path: string): Stats | null {
	return lstatSync(path, { throwIfNoEntry: false }) ?? null;
}

/** Reads a regular file. A pipe is not waited for, and a device not touched. */
function contentOf(path: string, most = LARGEST): { content: Buffer; executable: boolean } {
	const found = statOf(path);
	if (found === null) throw new Refused('ENOENT');
	if (!found.isFile()) throw new Refused(kindOf(found) === 'folder' ? 'EISDIR' : 'ESPECIAL');
	const open = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
	try {
		const stat = fstatSync(open);
		if (!stat.isFile()) throw new Refused('ESPECIAL');
		if (stat.size > most) throw new Refused('EFBIG');
		const pieces: Buffer[] = [];
		for (let left = most; ; ) {
			const piece = Buffer.allocUnsafe(Math.min(PIECE, left + 1));
			const length = readSync(open, piece, 0, piece.length, null);
			if (length === 0) break;
			left -= length;
			if (left < 0) throw new Refused('EFBIG');
			pieces.push(piece.subarray(0, length));
		}
		return { content: Buffer.concat(pieces), executable: (stat.mode & 0o111) !== 0 };
	} finally {
		closeSync(open);
	}
}

const hashOf = (content: Buffer) => createHash('sha256').update(content).digest('hex');

/** Puts a file into the place of the one that is there, whole or not at all. */
function replace(path: string, content: Buffer, executable: boolean): void {
	const draft = path.replace(/[^/]*$/, `.${randomUUID().slice(0, 8)}.part`);
	const open = openSync(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644);
	try {
		for (let done = 0; done < content.length; ) done += writeSync(open, content, done);
		if (executable) fchmodSync(open, 0o755);
		renameSync(draft, path);
	} catch (thrown) {
		rmSync(draft, { force: true });
		throw thrown;
	} finally {
		closeSync(open);
	}
}

function write(place: Place, text: string, fresh: boolean, expected: string | null): Answers['write'] {
	const content = Buffer.from(text, 'base64');
	return at(
		place,
		(path) => {
			const found = statOf(path);
			if (fresh && found !== null) throw new Refused('EEXIST');
			if (found?.isDirectory()) throw new Refused('EISDIR');
			const before = found?.isFile() && expected !== null ? contentOf(path).content : null;
			if (expected !== null && (before === null || hashOf(before) !== expected)) throw new Refused('ECHANGED');
			replace(path, content, found?.isFile() === true && (found.mode & 0o111) !== 0);
			return { existed: found !== null, bytes: content.length };
		},
		true,
	);
}

interface Found {
	path: string;
	kind: Kind;
	/** By way of its folder, which is open until the next one is asked for. */
	through: string;
}

/** Everything below a folder, the nearest first. A folder in it that has become something else is passed over. */
function* below(place: Place, depth: number): Generator<Found> {
	const waiting: { path: string; depth: number }[] = [{ path: place.path, depth: 1 }];
	for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
		const open = opened(place, next.path);
		if (open === null) continue;
		try {
			const entries = readdirSync(inside(open), { withFileTypes: true });
			for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
				const path = next.path === '' ? entry.name : `${next.path}/${entry.name}`;
				// A name that is not UTF-8 has been replaced in part: nothing is found under it again.
				const kind = entry.name.includes('\ufffd') ? 'other' : kindOf(entry);
				yield { path, kind, through: `${inside(open)}/${entry.name}` };
				if (kind === 'folder' && next.depth < depth) waiting.push({ path, depth: next.depth + 1 });
			}
		} finally {
			closeSync(open);
		}
	}
}

function opened({ folder, path }: Place, below: string): number | null {
	if (below === path) return openFolder(folder, partsOf(below), false);
	try {
		return openFolder(folder, partsOf(below), false);
	} catch {
		return null;
	}
}

function stat(place: Place): Answers['stat'] {
	const found = at(place, statOf) ?? fail('ENOENT');
	return { kind: kindOf(found), bytes: found.size };
}

function list(place: Place, depth: number, most: number): Answers['list'] {
	if (stat(place).kind !== 'folder') throw new Refused('ENOTDIR');
	const entries: Answers['list']['entries'] = [];
	for (const { path, kind, through } of below(place, depth)) {
		if (entries.length === most) return { entries, isCut: true };
		entries.push({ path, kind, bytes: kind === 'file' ? (statOf(through)?.size ?? 0) : 0 });
	}
	return { entries, isCut: false };
}

function fail(code: string): never {
	throw new Refused(code);
}

/** What a folder holds, by content. */
function scan(place: Place): Answers['scan'] {
	const files: Answers['scan']['files'] = [];
	const left: Answers['scan']['left'] = [];
	for (const { path, kind, through } of below(place, Number.POSITIVE_INFINITY)) {
		if (kind === 'folder') {
			if (path.split('/').length === DEEPEST) left.push({ path, why: 'deep' });
		} else if (kind === 'file') {
			try {
				const { content, executable } = contentOf(through);
				files.push([path, content.length, hashOf(content), executable]);
			} catch (thrown) {
				// It may be gone by now, or be something else.
				if (codeOf(thrown) === 'EFBIG') left.push({ path, why: 'large' });
			}
		} else left.push({ path, why: kind });
	}
	return { files, left };
}

function get(folder: number, paths: readonly string[]): Answers['get'] {
	return paths.map((path) => {
		try {
			const { content, executable } = at({ folder, path }, contentOf);
			return { content: content.toString('base64'), executable };
		} catch {
			return null;
		}
	});
}

/** Copies regular files and folders. */
function copy(from: Place, to: Place): Answers['copy'] {
	const { kind } = stat(from);
	if (at(to, (path) => statOf(path), true) !== null) throw new Refused('EEXIST');
	const base = from.path === '' ? '' : `${from.path}/`;
	if (to.folder === from.folder && `${to.path}/`.startsWith(base)) throw new Refused('EINSIDE');
	const put = (through: string, place: Place) => {
		const { content, executable } = contentOf(through);
		at(place, (path) => replace(path, content, executable), true);
	};
	if (kind === 'file') {
		at(from, (through) => put(through, to));
		return { files: 1, left: 0 };
	}
	if (kind !== 'folder') throw new Refused('ESPECIAL');
	let files = 0;
	let left = 0;
	at(to, (path) => orThere(() => mkdirSync(path)), true);
	// Listed first: the copy may be below the original's own folder.
	for (const { path, kind } of [...below(from, Number.POSITIVE_INFINITY)]) {
		const target = { folder: to.folder, path: `${to.path}/${path.slice(base.length)}` };
		if (kind === 'folder') at(target, (through) => orThere(() => mkdirSync(through)), true);
		else if (kind === 'file') {
			at({ folder: from.folder, path }, (through) => put(through, target));
			files += 1;
		} else left += 1;
	}
	return { files, left };
}

function move(from: Place, to: Place): Answers['move'] {
	if (at(from, statOf) === null) throw new Refused('ENOENT');
	if (at(to, statOf, true) !== null) throw new Refused('EEXIST');
	try {
		at(from, (path) => at(to, (target) => renameSync(path, target)));
	} catch (thrown) {
		if (codeOf(thrown) === 'EINVAL') throw new Refused('EINSIDE');
		if (codeOf(thrown) !== 'EXDEV') throw thrown;
		// From one folder into another.
		copy(from, to);
		at(from, (path) => rmSync(path, { recursive: true }));
	}
	return {};
}

/** Lines of ripgrep, which follows no links by itself. */
function search(id: number, { place, args, most }: Extract<Request, { op: 'search' }>): Promise<Answers['search']> {
	const open = openFolder(place.folder, partsOf(place.path), false);
	const child = spawn('rg', ['--no-config', ...args], {
		cwd: `/proc/${process.pid}/fd/${open}`,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	searches.set(id, () => child.kill('SIGKILL'));
	let text = '';
	let complaint = '';
	let isCut = false;
	child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
		text += chunk;
		if (text.length <= most) return;
		isCut = true;
		child.kill('SIGKILL');
	});
	child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
		complaint = (complaint + chunk).slice(0, 500);
	});
	return new Promise((resolve, reject) => {
		child.on('error', reject);
		child.on('close', (code) => {
			searches.delete(id);
			closeSync(open);
			// 1: nothing was found.
			const failed = code === 2 && text === '';
			resolve({ text: text.slice(0, most), isCut, complaint: failed ? complaint : null });
		});
	});
}

function answer(id: number, request: Request): Answers[Request['op']] | Promise<Answers['search']> {
	switch (request.op) {
		case 'stat':
			return stat(request.place);
		case 'list':
			return list(request.place, request.depth, request.most);
		case 'read':
			return at(request.place, (path) => {
				const { content } = contentOf(path, request.most);
				return { content: content.toString('base64'), hash: hashOf(content) };
			});
		case 'write':
			return write(request.place, request.content, request.fresh, request.expected);
		case 'makeFolder':
			at(request.place, (path) => orThere(() => mkdirSync(path)), true);
			return {};
		case 'move':
			return move(request.place, request.to);
		case 'copy':
			return copy(request.place, request.to);
		case 'delete':
			at(request.place, (path) => rmSync(path, { recursive: true }));
			return {};
		case 'search':
			return search(id, request);
		case 'scan':
			return scan(request.place);
		case 'get':
			return get(request.folder, request.paths);
		case 'room': {
			const { bavail, bsize, ffree } = statfsSync(folders[request.folder] ?? '');
			return { bytes: bavail * bsize, files: ffree };
		}
	}
}

const say = (line: Reply) => void process.stdout.write(`${JSON.stringify(line)}\n`);

createInterface({ input: process.stdin }).on('line', async (line) => {
	const { id, request }: Message = JSON.parse(line);
	if (request === undefined) {
		searches.get(id)?.();
		return;
	}
	try {
		say({ id, result: await answer(id, request) });
	} catch (thrown) {
		say({ id, error: codeOf(thrown) });
	}
});
