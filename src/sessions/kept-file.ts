import { FILE_RECORDS, fileRecordSchema } from '../core/kept-files.ts';
import type { Store } from '../core/store.ts';

/** A SHA-256 in hexadecimal; a store's keys are no longer than 200 characters. */
const LONGEST_ID = 64;

/** The bytes of an attachment or of a file that a run has kept; null: it is not kept any more. */
export async function keptFile(store: Store, id: string): Promise<Uint8Array | null> {
	const record = id === '' || id.length > LONGEST_ID ? null : await store.get(FILE_RECORDS, id);
	return record === null ? null : Buffer.from(fileRecordSchema.parse(record.value).base64, 'base64');
}
