import { createHash } from 'node:crypto';
import { messageOf } from '../../../core/errors.ts';
import type { Job } from './job.ts';
import type { Requests } from './requests.ts';
import { messageBody } from './text-body.ts';

/** What the bot says of itself in a channel, once in the life of the process. */
export interface Notices {
	/** As a reply to `root`. Never rejects: a notice that is refused is not worth a run. */
	tell(job: Job, root: string, text: string): Promise<void>;
}

export function createNotices(requests: Requests, onProblem: (text: string) => void): Notices {
	const told = new Set<string>();
	return {
		async tell({ spot, say }, root, text) {
			const { channel } = spot;
			if (told.has(channel)) return;
			told.add(channel);
			const nonce = createHash('sha256').update(`${channel}/${root}/notice`).digest('base64url').slice(0, 22);
			const body = messageBody(`-# ${text}`, { isSilent: true });
			await requests.send(channel, body, spot, say, { nonce, replyTo: root }).catch((error: unknown) => {
				onProblem(messageOf(error));
			});
		},
	};
}
