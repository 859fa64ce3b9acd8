import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { z } from 'zod';

export const sealedSchema = z.object({ v: z.literal(1), iv: z.string(), tag: z.string(), data: z.string() });
/** A text that nobody reads without the key. Its parts are base64. */
export type Sealed = z.infer<typeof sealedSchema>;

/** Keeps texts secret in the store: AES-256-GCM, a new nonce for each. */
export interface Seal {
	/** `about` is bound to the text: it cannot be opened as something else. */
	close(text: string, about: string): Sealed;
	/** Throws when the key is another one, or the text or what it is about was changed. */
	open(sealed: Sealed, about: string): string;
}

/** The key that `openssl rand -base64 32` makes, or 64 hexadecimal digits; null when it is neither. */
export function sealingKey(text: string): Buffer | null {
	if (/^[\da-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
	const bytes = /^[\w+/-]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : null;
	return bytes?.length === 32 ? bytes : null;
}

/** `key`: 32 bytes. */
export function createSeal(key: Buffer): Seal {
	return {
		close(text, about) {
			const iv = randomBytes(12);
			const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(about));
			const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
			const tag = cipher.getAuthTag();
			return { v: 1, iv: base64(iv), tag: base64(tag), data: base64(data) };
		},
		open({ iv, tag, data }, about) {
			const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64'), { authTagLength: 16 });
			decipher.setAAD(Buffer.from(about)).setAuthTag(Buffer.from(tag, 'base64'));
			return Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()]).toString('utf8');
		},
	};
}

const base64 = (bytes: Buffer): string => bytes.toString('base64');
