import { z } from 'zod';

/** A file that a person has sent with a question. It is fetched from its platform only when `read` is called. */
export interface OfferedFile {
	name: string;
	/** As the platform says, such as `text/plain`; empty when it does not. */
	mediaType: string;
	/** Size in bytes. */
	bytes: number;
	/** Throws when the platform does not hand it over. At most `bytes` bytes are taken. */
	read(): Promise<Uint8Array>;
}

/** A file that is an input of a run. Its bytes are in the store under `key`. */
export const attachmentSchema = z.object({
	name: z.string(),
	mediaType: z.string(),
	bytes: z.number().int().nonnegative(),
	/** SHA-256 of its bytes, in hexadecimal. */
	key: z.string(),
	/** What it says, when it is a text; null: agents are told its name only. */
	text: z.string().nullable(),
});
export type Attachment = z.infer<typeof attachmentSchema>;
