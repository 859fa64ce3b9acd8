import { z } from 'zod';
import type { StoreChange } from './store.ts';

/** How many files of a folder are listed beside it. */
export const LISTED_FILES = 20;

/** The files of an agent's folder as they were at one moment: kept by content, so the same files have the same id. */
export const keptFilesSchema = z.object({
	/** Names all of it. */
	id: z.string(),
	count: z.number().int().nonnegative(),
	bytes: z.number().int().nonnegative(),
	/** In the order of their paths, at most `LISTED_FILES`; `id` names the content. */
	listed: z.array(z.object({ path: z.string(), bytes: z.number().int().nonnegative(), id: z.string() })),
});
export type KeptFiles = z.infer<typeof keptFilesSchema>;

/** Records of files by content, under the SHA-256 of their bytes in hexadecimal. Attachments are among them. */
export const FILE_RECORDS = 'file';
export const fileRecordSchema = z.object({ base64: z.string() });

/** Files that may be of no use any more, by the same keys. Whoever keeps the file again takes the word back. */
export const LOOSE_FILES = 'loose-file';

/** The changes that keep a file's bytes. */
export const fileKept = (key: string, base64: string): StoreChange[] => [
	{ type: 'put', kind: FILE_RECORDS, key, value: { base64 } },
	{ type: 'delete', kind: LOOSE_FILES, key },
];

/** Records of what folders held, under the id of `KeptFiles`. */
export const FOLDER_RECORDS = 'kept-folder';
const keptFileSchema = z.tuple([
	z.string().describe('Relative path.'),
	z.number().int().nonnegative().describe('Bytes.'),
	z.string().describe('Key of its content.'),
	z.boolean().describe('Executable.'),
]);
export type KeptFile = z.infer<typeof keptFileSchema>;

/** What the presenting agent made of a project folder, beside how it was. */
const keptChangesSchema = z.object({
	/** Name of the folder among those of the team. */
	folder: z.string(),
	/** New and changed files. */
	files: z.array(keptFileSchema),
	/** Paths of files that it has taken away. */
	removed: z.array(z.string()),
});

export type KeptChanges = z.infer<typeof keptChangesSchema>;

export const folderRecordSchema = z.object({
	v: z.literal(1),
	/** In the order of their paths. */
	files: z.array(keptFileSchema),
	changes: z.array(keptChangesSchema),
});
export type FolderRecord = z.infer<typeof folderRecordSchema>;

/** What a folder of a run held when it was last looked at: `<run>:<name>`. A run that is resumed goes on from it. */
export const LATEST_FOLDERS = 'latest-folder';

/** Which run has kept which folder: `<run>:<id>`. What no run has kept may be removed, with the files only it names. */
export const FOLDERS_OF_RUNS = 'kept-folder-of-run';
