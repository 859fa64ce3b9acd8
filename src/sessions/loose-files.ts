import { z } from 'zod';
import {
	FILE_RECORDS,
	FOLDER_RECORDS,
	FOLDERS_OF_RUNS,
	type FolderRecord,
	folderRecordSchema,
	LATEST_FOLDERS,
	LOOSE_FILES,
} from '../core/kept-files.ts';
import { allRecords, isCommitted, type Store, type StoreChange } from '../core/store.ts';
import type { PastRuns } from './said-in.ts';
import { SESSIONS, sessionRecordSchema } from './session-record.ts';

/** Folders that may be of no use any more, by their ids. */
const LOOSE_FOLDERS = 'loose-folder';
/** How long (ms) it is waited with a file: somebody may be about to use it who has kept it before. */
const WAIT_MS = 3_600_000;

const looseSchema = z.object({ since: z.number().int() });

/** What a run that is deleted has used. */
export interface Loosened {
	/** Keys of files. */
	files: readonly string[];
	/** Ids of folders. */
	folders: readonly string[];
	/** Folder records that nothing else names. */
	records: readonly unknown[];
}

/** The changes after which it is looked whether anybody else uses these. */
export function loosened({ files, folders, records }: Loosened, now: number): StoreChange[] {
	const own = records.flatMap((record) => {
		const folder = folderRecordSchema.safeParse(record).data;
		return folder === undefined ? [] : filesIn(folder);
	});
	const put = (kind: string, key: string): StoreChange => ({ type: 'put', kind, key, value: { since: now } });
	return [
		...[...new Set([...files, ...own])].map((key) => put(LOOSE_FILES, key)),
		...[...new Set(folders)].map((id) => put(LOOSE_FOLDERS, id)),
	];
}

/** Deletes loose folders and files that nobody uses. Returns how many files were deleted. */
export async function collectLoose(store: Store, runs: PastRuns, now: number): Promise<number> {
	await collectFolders(store, now);
	const loose: { key: string; version: number }[] = [];
	for await (const { key, version, value } of allRecords(store, LOOSE_FILES)) {
		if (looseSchema.parse(value).since <= now - WAIT_MS) loose.push({ key, version });
	}
	if (loose.length === 0) return 0;
	const used = await usedFiles(store, runs);
	let count = 0;
	for (const { key, version } of loose) {
		const word: StoreChange = { type: 'delete', kind: LOOSE_FILES, key, version };
		const file: StoreChange[] = used.has(key) ? [] : [{ type: 'delete', kind: FILE_RECORDS, key }];
		// Who keeps a file takes the word back, and then it stays.
		if (await isCommitted(() => store.commit([word, ...file]))) count += file.length;
	}
	return count;
}

async function collectFolders(store: Store, now: number): Promise<void> {
	const used = new Set<string>();
	for await (const { key } of allRecords(store, FOLDERS_OF_RUNS)) used.add(key.slice(key.lastIndexOf(':') + 1));
	for await (const { key, version } of allRecords(store, LOOSE_FOLDERS)) {
		const word: StoreChange = { type: 'delete', kind: LOOSE_FOLDERS, key, version };
		const folder = used.has(key) ? null : await store.get(FOLDER_RECORDS, key);
		if (folder === null) {
			await isCommitted(() => store.commit([word]));
			continue;
		}
		const files = loosened({ files: [], folders: [], records: [folder.value] }, now);
		const gone: StoreChange = { type: 'delete', kind: FOLDER_RECORDS, key, version: folder.version };
		await isCommitted(() => store.commit([word, gone, ...files]));
	}
}

/** Keys of the files that some run or question still names. */
async function usedFiles(store: Store, runs: PastRuns): Promise<ReadonlySet<string>> {
	const used = new Set<string>();
	for (const kind of [FOLDER_RECORDS, LATEST_FOLDERS]) {
		for await (const { value } of allRecords(store, kind)) {
			for (const key of filesIn(folderRecordSchema.parse(value))) used.add(key);
		}
	}
	for await (const { value } of allRecords(store, SESSIONS)) {
		const record = sessionRecordSchema.parse(value);
		for (const { attachments } of record.waiting) for (const { key } of attachments) used.add(key);
		for (const { run } of record.runs) for (const { key } of (await runs.input(run)).attachments) used.add(key);
	}
	return used;
}

const filesIn = ({ files, changes }: FolderRecord): string[] =>
	[...files, ...changes.flatMap((change) => change.files)].map(([, , key]) => key);
