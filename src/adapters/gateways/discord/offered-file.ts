import type { Attachment } from 'discord.js';
import type { OfferedFile } from '../../../core/attachment.ts';
import type { Say } from '../../../core/say.ts';
import { readBody } from '../shared/read-body.ts';

/** Longest time to fetch one file, in ms. */
const FETCH_MS = 30_000;

type Attached = Pick<Attachment, 'name' | 'contentType' | 'size' | 'url'>;

/** A file that came with a message or a command. It lies on Discord's CDN at a signed address that needs no token. */
export function offeredFile({ name, contentType, size, url }: Attached, say: Say): OfferedFile {
	return { name, mediaType: contentType ?? '', bytes: size, read: () => fetchFile(url, size, say) };
}

async function fetchFile(url: string, size: number, say: Say): Promise<Uint8Array> {
	const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(FETCH_MS) });
	if (!response.ok || response.body === null) {
		await response.body?.cancel();
		throw new Error(say('discord.file_refused', { status: String(response.status) }));
	}
	return readBody(response.body, size, () => new Error(say('discord.file_grown')));
}
