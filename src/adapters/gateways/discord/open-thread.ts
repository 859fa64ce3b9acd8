import { apiCodeOf } from './api-code.ts';
import { CODES } from './codes.ts';
import { conversationOf, type DiscordSpot } from './discord-spot.ts';
import type { Job } from './job.ts';
import type { Notices } from './notices.ts';
import type { Requests } from './requests.ts';
import type { Spots } from './spots.ts';

interface OpenThreadOptions {
	requests: Requests;
	notices: Notices;
	spots: Spots;
}

/** Opens the thread on a board; where Discord refuses that, everything else will reply to the board. */
export async function openThread(job: Job, root: string, { requests, notices, spots }: OpenThreadOptions) {
	const { place, body, spot, say } = job;
	const inThread = (thread: string): Promise<DiscordSpot> =>
		spots.change(place.session, { thread }, conversationOf(thread));
	try {
		return await inThread(await requests.openThread(spot.channel, root, body.title ?? root));
	} catch (error) {
		const code = apiCodeOf(error);
		if (code === CODES.threadExists) return inThread(root);
		if (!REFUSALS.includes(code)) throw error;
		const why = code === CODES.threadsFull ? 'discord.threads_full' : 'discord.threads_refused';
		if (code !== CODES.unknownMessage) await notices.tell(job, root, say(why));
		return spots.change(place.session, { form: 'replies' }, conversationOf(spot.channel, root));
	}
}

const REFUSALS: readonly (number | null)[] = [
	CODES.threadsFull,
	CODES.missingAccess,
	CODES.missingPermissions,
	CODES.wrongChannel,
	CODES.unknownMessage,
];
