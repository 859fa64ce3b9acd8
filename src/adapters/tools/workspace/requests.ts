/** A path in one of an agent's folders, which has a number. Empty: the folder itself; between its parts is `/`. */
export interface Place {
	folder: number;
	path: string;
}

export type Kind = 'file' | 'folder' | 'link' | 'other';

/** What the program inside of the sandbox can be asked for. Content is base64; sizes are in bytes. */
export type Request =
	| { op: 'stat'; place: Place }
	/** `depth`: 1 for what is in the folder itself. */
	| { op: 'list'; place: Place; depth: number; most: number }
	| { op: 'read'; place: Place; most: number }
	/** `fresh`: there must be nothing. `expected`: SHA-256 of what must be there; null: anything. */
	| { op: 'write'; place: Place; content: string; fresh: boolean; expected: string | null }
	| { op: 'makeFolder'; place: Place }
	| { op: 'move'; place: Place; to: Place }
	| { op: 'copy'; place: Place; to: Place }
	| { op: 'delete'; place: Place }
	/** Arguments of ripgrep, and how many characters of its output are wanted. */
	| { op: 'search'; place: Place; args: readonly string[]; most: number }
	/** Every file by content. */
	| { op: 'scan'; place: Place }
	| { op: 'get'; folder: number; paths: readonly string[] }
	/** How much more it holds. */
	| { op: 'room'; folder: number };

/** A path, relative to its numbered folder. */
export interface Listed {
	path: string;
	kind: Kind;
	bytes: number;
}

export type Scanned = [path: string, bytes: number, sha256: string, executable: boolean];

/** What comes back, by what was asked for. */
export interface Answers {
	stat: { kind: Kind; bytes: number };
	list: { entries: Listed[]; isCut: boolean };
	read: { content: string; hash: string };
	write: { existed: boolean; bytes: number };
	makeFolder: object;
	move: object;
	/** `left`: things that are neither files nor folders, which are not copied. */
	copy: { files: number; left: number };
	delete: object;
	search: { text: string; isCut: boolean; complaint: string | null };
	/** `left`: what is not kept, and why. */
	scan: { files: Scanned[]; left: { path: string; why: 'link' | 'other' | 'large' | 'deep' }[] };
	/** Null: it is not there any more, or no file. */
	get: ({ content: string; executable: boolean } | null)[];
	room: { bytes: number; files: number };
}

/** A line to the program. Without a request: stop what was asked for under this number. */
export interface Message {
	id: number;
	request?: Request;
}

/** A line from it. `error` is a code: one of the system's own, or one of `Refusal`. */
export type Reply = { id: number; result: unknown } | { id: number; error: string };
