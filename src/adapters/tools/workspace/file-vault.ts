import { createHash } from 'node:crypto';
import { BotError } from '../../../core/errors.ts';
import {
	FILE_RECORDS,
	FOLDER_RECORDS,
	FOLDERS_OF_RUNS,
	type FolderRecord,
	fileKept,
	fileRecordSchema,
	folderRecordSchema,
	type KeptFile,
	type KeptFiles,
	LATEST_FOLDERS,
	LISTED_FILES,
} from '../../../core/kept-files.ts';
import type { WorkspaceFile } from '../../../core/sandbox.ts';
import type { Store, StoreChange } from '../../../core/store.ts';
import { isSecret } from './secret-names.ts';

/** Files that are written, or laid out, in one go; and about how many bytes of them. */
const BATCH = { files: 500, bytes: 8 * 2 ** 20 };
/** What Git writes for itself is of no use in a list. */
const UNLISTED = /(?:^|\/)(?:\.git|node_modules|__pycache__|\.venv)\//;

/** Reads the content of files that a folder holds; null: it has gone since. */
export type ReadContent = (
	paths: readonly string[],
) => Promise<readonly ({ content: string; executable: boolean } | null)[]>;

/** The kept files of one run: each content once, however often it is kept. */
export interface FileVault {
	/** Stores the content of files, as far as it is not known to be there. What comes back is what was really found. */
	keepContents(files: readonly KeptFile[], read: ReadContent): Promise<KeptFile[]>;
	/** Stores what a folder held; its files' contents must have been kept. */
	keepFolder(record: Omit<FolderRecord, 'v'>): Promise<KeptFiles>;
	/** Stores a text that becomes a file. */
	keepText(path: string, text: string): Promise<KeptFile>;
	content(key: string): Promise<Uint8Array>;
	/** What a folder of the run held when it was last looked at; null: nobody has. `name` says which one. */
	latest(name: string): Promise<FolderRecord | null>;
	/** The files' contents must have been kept. */
	setLatest(name: string, files: readonly KeptFile[], changes: FolderRecord['changes']): Promise<void>;
	/** Throws `sandbox_failed` when it is not kept any more. */
	folder(id: string): Promise<FolderRecord>;
	/** The files with their content, in batches. Throws `sandbox_failed` when one is not kept any more. */
	contents(files: readonly KeptFile[]): AsyncIterable<WorkspaceFile[]>;
}

export function createFileVault(store: Store, run: string): FileVault {
	/** Keys of contents that are in the store. They are of folders that this run has kept, so nobody removes them. */
	const there = new Set<string>();

	const contentOf = async (key: string): Promise<Uint8Array> => {
		const record = await store.get(FILE_RECORDS, key);
		if (record === null) throw new BotError('sandbox_failed', 'The files of this run are not kept any more.');
		return Buffer.from(fileRecordSchema.parse(record.value).base64, 'base64');
	};

	const parsed = (value: unknown): FolderRecord => {
		const folder = folderRecordSchema.parse(value);
		for (const { files } of [folder, ...folder.changes]) for (const [, , key] of files) there.add(key);
		return folder;
	};

	return {
		async keepContents(files, read) {
			const kept: KeptFile[] = [];
			const fresh: KeptFile[] = [];
			for (const file of files) (there.has(file[2]) ? kept : fresh).push(file);
			for (const batch of batches(fresh)) {
				const found = await read(batch.map(([path]) => path));
				const changes: StoreChange[] = [];
				for (const [index, [path]] of batch.entries()) {
					const one = found[index] ?? null;
					if (one === null) continue;
					const bytes = Buffer.from(one.content, 'base64');
					// It may have changed since it was looked at.
					const key = createHash('sha256').update(bytes).digest('hex');
					kept.push([path, bytes.length, key, one.executable]);
					changes.push(...fileKept(key, one.content));
				}
				if (changes.length > 0) await store.commit(changes);
				for (const change of changes) if (change.type === 'put') there.add(change.key);
			}
			return kept.toSorted(byPath);
		},

		async keepFolder({ files, changes }) {
			const record: FolderRecord = { v: 1, files: files.toSorted(byPath), changes };
			const id = createHash('sha256').update(JSON.stringify(record)).digest('hex');
			await store.commit([
				{ type: 'put', kind: FOLDER_RECORDS, key: id, value: record },
				{ type: 'put', kind: FOLDERS_OF_RUNS, key: `${run}:${id}`, value: {} },
			]);
			return summaryOf(id, record);
		},

		async keepText(path, text) {
			const bytes = Buffer.from(text);
			const key = createHash('sha256').update(bytes).digest('hex');
			await store.commit(fileKept(key, bytes.toString('base64')));
			return [path, bytes.length, key, false];
		},

		content: contentOf,

		async latest(name) {
			const record = await store.get(LATEST_FOLDERS, `${run}:${name}`);
			return record === null ? null : parsed(record.value);
		},

		async setLatest(name, files, changes) {
			const value: FolderRecord = { v: 1, files: files.toSorted(byPath), changes };
			await store.commit([{ type: 'put', kind: LATEST_FOLDERS, key: `${run}:${name}`, value }]);
		},

		async folder(id) {
			const record = await store.get(FOLDER_RECORDS, id);
			if (record === null) throw new BotError('sandbox_failed', 'The files of this run are not kept any more.');
			return parsed(record.value);
		},

		async *contents(files) {
			for (const batch of batches(files)) {
				yield await Promise.all(
					batch.map(async ([path, , key, executable]) => ({ path, content: await contentOf(key), executable })),
				);
			}
		},
	};
}

function summaryOf(id: string, { files }: FolderRecord): KeptFiles {
	const offered = files.filter(([path]) => !isSecret(path) && !UNLISTED.test(path));
	return {
		id,
		count: files.length,
		bytes: files.reduce((sum, [, bytes]) => sum + bytes, 0),
		listed: offered.slice(0, LISTED_FILES).map(([path, bytes, key]) => ({ path, bytes, id: key })),
	};
}

const byPath = ([a]: KeptFile, [b]: KeptFile) => (a < b ? -1 : a > b ? 1 : 0);

function* batches(files: readonly KeptFile[]): Generator<KeptFile[]> {
	let batch: KeptFile[] = [];
	let bytes = 0;
	for (const file of files) {
		if (batch.length === BATCH.files || (batch.length > 0 && bytes + file[1] > BATCH.bytes)) {
			yield batch;
			batch = [];
			bytes = 0;
		}
		batch.push(file);
		bytes += file[1];
	}
	if (batch.length > 0) yield batch;
}
