import { z } from 'zod';
import type { OfferedFile } from '../../../core/attachment.ts';
import { readBody } from '../shared/read-body.ts';
import type { SlackDesk, Visitor } from './slack-desk.ts';

/** A file as messages and modals carry it. https://docs.slack.dev/reference/objects/file-object */
export const fileSchema = z.object({
	id: z.string(),
	name: z.string().nullish(),
	mimetype: z.string().nullish(),
	size: z.number().nullish(),
	url_private_download: z.string().nullish(),
	url_private: z.string().nullish(),
});
export type SlackFile = z.infer<typeof fileSchema>;

type Desk = Pick<SlackDesk, 'apiUrl' | 'signal'>;

/** Longest time a file may take to come, in milliseconds. */
const TIMEOUT_MS = 60_000;

/**
 * The files of a person's message. The token goes in a header, and only to Slack itself: a file that is kept
 * elsewhere is not fetched.
 */
export function offeredFiles(desk: Desk, visitor: Visitor, files: readonly SlackFile[]): OfferedFile[] {
	return files.map((file) => ({
		name: file.name ?? file.id,
		mediaType: file.mimetype ?? '',
		bytes: file.size ?? 0,
		read: () => fetched(desk, visitor, file),
	}));
}

async function fetched({ apiUrl, signal }: Desk, { workspace, say }: Visitor, file: SlackFile): Promise<Uint8Array> {
	const url = file.url_private_download ?? file.url_private ?? '';
	if (!isSlack(url, apiUrl)) throw new Error(say('slack.file_elsewhere'));
	const answer = await fetch(url, {
		headers: { authorization: `Bearer ${workspace.token}` },
		redirect: 'error',
		signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
	});
	const type = answer.headers.get('content-type') ?? '';
	// Whoever may not read a file is shown a page to sign in, with a good status.
	const isSignIn = type.startsWith('text/html') && file.mimetype !== 'text/html';
	if (!answer.ok || answer.body === null || isSignIn) {
		await answer.body?.cancel();
		throw new Error(say('slack.file_refused', { status: answer.status }));
	}
	return readBody(answer.body, file.size ?? 0, () => new Error(say('slack.file_larger')));
}

/** Whether an address is where the workspace's files are: at Slack, or at the server that stands in for it. */
function isSlack(url: string, apiUrl: string): boolean {
	if (!URL.canParse(url)) return false;
	const { origin, protocol, hostname } = new URL(url);
	if (origin === new URL(apiUrl).origin) return true;
	return (
		protocol === 'https:' &&
		/(?:^|\.)slack\.com$/.test(hostname) &&
		/(?:^|\.)slack\.com$/.test(new URL(apiUrl).hostname)
	);
}
