import {
	type AgentFolder,
	ANSWER_FOLDERS,
	ATTACHED_FOLDER,
	CONTEXT_FOLDERS,
	OWN_FOLDER,
} from '../../../core/agent-folder.ts';
import type { Clock } from '../../../core/clock.ts';
import { BotError } from '../../../core/errors.ts';
import type { KeptChanges, KeptFile, KeptFiles } from '../../../core/kept-files.ts';
import type { Sandbox, SandboxMount } from '../../../core/sandbox.ts';
import type { ToolsetTurn } from '../../../core/tool.ts';
import type { FileVault } from './file-vault.ts';
import { type FolderDesk, openFolderDesk } from './folder-desk.ts';
import type { Project } from './projects.ts';
import { fill, type RunVolumes } from './run-volumes.ts';

/** What the program that works on the folders is given. */
export interface OpenedFolders {
	desk: FolderDesk;
	/** In the order of the desk's numbers; the agent's own is the first. */
	mounts: readonly SandboxMount[];
}

/** An agent's folders as the toolset that owns them uses them. */
export interface OwnedFolders extends AgentFolder {
	/** The program at work on the folders of this turn. Throws `sandbox_failed`. */
	opened(): Promise<OpenedFolders>;
	/** Of the turn; null: none has begun. */
	turn(): ToolsetTurn | null;
	/** What the agent has changed in a project that it may write. Throws `sandbox_failed`. */
	changes(): Promise<KeptChanges[]>;
	/** To be called before each change. */
	changing(): void;
	/** Keeps what the own folder holds; null: nothing. Throws `sandbox_failed` and a store's error. */
	keep(): Promise<KeptFiles | null>;
	close(): Promise<void>;
}

export interface AgentFoldersOptions {
	agent: string;
	run: string;
	sandbox: Sandbox;
	clock: Clock;
	vault: FileVault;
	volumes: RunVolumes;
	/** The project folders that it sees. */
	projects: readonly Project[];
}

interface Laid {
	turn: ToolsetTurn;
	mounts(): Promise<readonly SandboxMount[]>;
}

const OWN = 0;
/** What the presenting agent has changed in projects, among its files. */
const DIFF_FILE = 'changes.diff';
/** How much more the copy of a project holds than twice the project. */
const COPY_ROOM = { bytes: 64 * 2 ** 20, files: 2_000 };
const NEVER = new AbortController().signal;
/** A folder with more files than that is looked at between calls only so often, in milliseconds. */
const MANY = 1_000;
const REST_MS = 10_000;

export function createAgentFolders(options: AgentFoldersOptions): OwnedFolders {
	const { agent, run, sandbox, clock, vault, volumes, projects } = options;
	const latest = `agent ${agent}`;
	let laid: Laid | null = null;
	let own: Promise<string> | null = null;
	/** Somebody else works on the files too, and may go on with it. */
	let isShared = false;
	let isChanged = false;
	/** Where the first turn of this life began. */
	let start: string | null = null;
	/** Milliseconds since the epoch before which the folder is not looked at unless it must be. */
	let restUntil = 0;
	let work: OpenedFolders | null = null;

	const ownFolder = (files: string | null): Promise<string> => {
		own ??= (async () => {
			const workspace = await volumes.own(agent);
			// Made anew: what it held when it was last looked at comes back.
			const before = (await vault.latest(latest)) ?? (files === null ? null : await vault.folder(files));
			const own = before?.files.filter(([path]) => before.changes.length === 0 || path !== DIFF_FILE) ?? [];
			await fill(sandbox, workspace, vault, own);
			return workspace;
		})();
		own.catch(() => {
			own = null;
		});
		return own;
	};

	/** Of the presenting agent alone: its own copy, which it may write. */
	const writable = (project: Project, kind: ToolsetTurn['kind']) => kind === 'present' && project.folder.writable;

	const projectMount = async (project: Project, kind: ToolsetTurn['kind']): Promise<SandboxMount> => {
		const { name } = project.folder;
		const at = `${CONTEXT_FOLDERS}/${name}`;
		const files = await project.files();
		if (!writable(project, kind)) {
			return { workspace: await volumes.holding(`project-${name}`, files), at, writable: false };
		}
		const changes = (await vault.latest(latest))?.changes.find(({ folder }) => folder === name);
		const copy = changes === undefined ? files : withChanges(files, changes);
		const room = { bytes: totalBytes(files) * 2 + COPY_ROOM.bytes, files: files.length * 3 + COPY_ROOM.files };
		return { workspace: await volumes.holding(`project-${name}-of-${agent}`, copy, room), at, writable: true };
	};

	const layOut = async ({ kind, files, seen, attachments }: ToolsetTurn): Promise<readonly SandboxMount[]> => {
		const answers = seen.flatMap((answer) => (answer.files === null ? [] : [{ ...answer, files: answer.files }]));
		const mounts = [
			ownFolder(files).then((workspace) => ({ workspace, at: OWN_FOLDER, writable: true })),
			...answers.map(async (answer) => ({
				workspace: await volumes.kept(answer.files),
				at: `${ANSWER_FOLDERS}/${answer.name}`,
				writable: false,
			})),
		];
		if (attachments.length > 0) {
			const attached = attachedFiles(attachments);
			const at = ATTACHED_FOLDER;
			const name = `attached-${attached.map(([path, , key]) => `${key}:${path}`).join(' ')}`;
			mounts.push(volumes.holding(name, attached).then((workspace) => ({ workspace, at, writable: false })));
		}
		mounts.push(...projects.map((project) => projectMount(project, kind)));
		return Promise.all(mounts);
	};

	/** What the agent has made of the projects that it may write. */
	const changesNow = async ({ desk, mounts: there }: OpenedFolders): Promise<KeptChanges[]> => {
		const kind = laid?.turn.kind ?? 'answer';
		const found: KeptChanges[] = [];
		for (const project of projects.filter((one) => writable(one, kind))) {
			const folder = there.findIndex(({ at }) => at === `${CONTEXT_FOLDERS}/${project.folder.name}`);
			const { files } = await desk.ask({ op: 'scan', place: { folder, path: '' } }, NEVER);
			const { files: other, ...rest } = await project.changes(files);
			const read = (paths: readonly string[]) => desk.ask({ op: 'get', folder, paths }, NEVER);
			found.push({ ...rest, files: await vault.keepContents(other, read) });
		}
		return found.filter(({ files, removed }) => files.length + removed.length > 0);
	};

	const mounts = async () => {
		if (laid === null) throw new BotError('sandbox_failed', 'There are no folders before the turn has begun.');
		return laid.mounts();
	};

	const reopened = async (): Promise<OpenedFolders> => {
		const wanted = await mounts();
		if (work?.desk.isOpen() === true && JSON.stringify(work.mounts) === JSON.stringify(wanted)) return work;
		await work?.desk.close();
		work = null;
		work = { desk: await openFolderDesk({ sandbox, clock, run, mounts: wanted }), mounts: wanted };
		return work;
	};
	/** One at a time: calls of one turn come at once. */
	let opening: Promise<unknown> = Promise.resolve();
	const opened = (): Promise<OpenedFolders> => {
		const next = opening.then(reopened);
		opening = next.catch(() => {});
		return next;
	};

	/** The changes as a file among the agent's own, unless it has one of that name. */
	const diffFile = async (changes: readonly KeptChanges[], files: readonly KeptFile[]): Promise<KeptFile[]> => {
		if (changes.length === 0 || files.some(([path]) => path === DIFF_FILE)) return [];
		const texts = changes.map((one) => projects.find(({ folder }) => folder.name === one.folder)?.diff(one) ?? '');
		return [await vault.keepText(DIFF_FILE, (await Promise.all(texts)).join(''))];
	};

	/** Puts down what the own folder holds, unless nothing can have changed. */
	const lookOnce = async () => {
		if (!isShared && !isChanged) return;
		isChanged = false;
		try {
			const folders = await opened();
			const { files } = await folders.desk.ask({ op: 'scan', place: { folder: OWN, path: '' } }, NEVER);
			const read = (paths: readonly string[]) => folders.desk.ask({ op: 'get', folder: OWN, paths }, NEVER);
			if (files.length > MANY) restUntil = clock.now() + REST_MS;
			const kept = await vault.keepContents(files, read);
			const changes = await changesNow(folders);
			await vault.setLatest(latest, [...kept, ...(await diffFile(changes, kept))], changes);
		} catch (thrown) {
			isChanged = true;
			throw thrown;
		}
	};

	/** One look after the other: what is put down last is what was seen last. */
	let looking: Promise<unknown> = Promise.resolve();
	const look = (): Promise<void> => {
		const next = looking.then(lookOnce);
		looking = next.catch(() => {});
		return next;
	};

	return {
		open(turn) {
			if (laid?.turn === turn) return;
			start ??= turn.files;
			let laying: Promise<readonly SandboxMount[]> | null = null;
			const begin = () => {
				laying ??= layOut(turn);
				laying.catch(() => {
					laying = null;
				});
				return laying;
			};
			laid = { turn, mounts: begin };
			// While the model thinks, what it will look at is laid out; a turn without files costs no container.
			const hasFiles =
				projects.length > 0 ||
				turn.files !== null ||
				turn.attachments.length > 0 ||
				turn.seen.some(({ files }) => files !== null);
			if (hasFiles) void opened().catch(() => {});
		},
		mounts() {
			isShared = true;
			return mounts();
		},
		opened,
		turn: () => laid?.turn ?? null,
		changes: async () => changesNow(await opened()),
		changing() {
			isChanged = true;
		},
		async settled() {
			if (clock.now() < restUntil) return;
			await look().catch(() => {});
		},
		async keep() {
			await look();
			const record = (await vault.latest(latest)) ?? (start === null ? null : await vault.folder(start));
			return record === null || record.files.length === 0 ? null : vault.keepFolder(record);
		},
		async close() {
			await opening;
			await work?.desk.close();
		},
	};
}

/** Under names that a folder can have, each once. */
function attachedFiles(attachments: ToolsetTurn['attachments']): KeptFile[] {
	const taken = new Set<string>();
	return attachments.map(({ name, bytes, key }) => {
		const plain =
			name
				.replace(/[^\p{L}\p{N} ._()+-]/gu, '_')
				.replace(/^\.+/, '_')
				.slice(-120) || 'file';
		let path = plain;
		for (let count = 2; taken.has(path); count += 1) path = `${count}-${plain}`;
		taken.add(path);
		return [path, bytes, key, false];
	});
}

function withChanges(files: readonly KeptFile[], { files: changed, removed }: KeptChanges): KeptFile[] {
	const gone = new Set([...removed, ...changed.map(([path]) => path)]);
	return [...files.filter(([path]) => !gone.has(path)), ...changed];
}

const totalBytes = (files: readonly KeptFile[]) => files.reduce((sum, [, bytes]) => sum + bytes, 0);
