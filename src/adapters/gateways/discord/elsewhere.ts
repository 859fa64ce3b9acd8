import { apiCodeOf } from './api-code.ts';
import type { Job, Sent } from './job.ts';
import type { Requests } from './requests.ts';
import { postAt } from './thread-post.ts';

/** Whether a slot is a card, which may be shown in another channel than its thread's: a run waits for it. */
export const isCard = (key: string): boolean => key.startsWith('approval:');

/**
 * Posts a card in the first of `channels` that is in the session's server and takes it; null: there is none. What was
 * asked in a direct conversation stays there.
 */
export async function postElsewhere(
	job: Job,
	channels: readonly string[],
	requests: Requests,
	bot: string,
): Promise<Sent | null> {
	const { guild } = job.spot;
	if (guild === null) return null;
	for (const channel of channels) {
		try {
			if ((await requests.guildOf(channel)) === guild)
				return await postAt(job, { channel, replyTo: null }, requests, bot);
		} catch (error) {
			// The next one may take it. What is no answer of Discord's is tried again as a whole.
			if (apiCodeOf(error) === null) throw error;
		}
	}
	return null;
}
