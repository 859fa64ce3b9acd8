import { apiCodeOf } from './api-code.ts';
import { CODES } from './codes.ts';
import { findSlot } from './find-slot.ts';
import type { Job, Sent } from './job.ts';
import type { Requests } from './requests.ts';

interface Target {
	channel: string;
	replyTo: string | null;
}

/** What a thread says that takes no messages, and what the channel that it belongs to may still take. */
const CLOSED: readonly (number | null)[] = [
	CODES.threadLocked,
	CODES.threadArchived,
	CODES.unknownChannel,
	CODES.missingAccess,
	CODES.missingPermissions,
];

/** Posts a message in the thread, or where there is none or it is closed, in the channel as a reply to the board. */
export async function postInThread(job: Job, requests: Requests, bot: string): Promise<Sent> {
	const [first, second] = targetsOf(job);
	try {
		return await postAt(job, first, requests, bot);
	} catch (error) {
		if (second === undefined || !CLOSED.includes(apiCodeOf(error))) throw error;
		return postAt(job, second, requests, bot);
	}
}

function targetsOf({ slot, spot }: Job): readonly [Target, Target?] {
	const { channel, form, thread, root, replyTo } = spot;
	const isBoard = slot.key === 'board';
	const beside: Target = { channel, replyTo: isBoard ? (replyTo ?? root) : root };
	if (thread === null) return [beside];
	const inside: Target = { channel: thread, replyTo: isBoard ? replyTo : null };
	return form === 'text' ? [inside, beside] : [inside];
}

/** Posts a message in a channel, unless an earlier attempt has. */
export async function postAt(job: Job, { channel, replyTo }: Target, requests: Requests, bot: string): Promise<Sent> {
	const { place, slot, body, spot, say, replaces } = job;
	if (slot.mayExist) {
		const latest = (await requests.latest(channel)).filter(({ id }) => id !== replaces);
		const found = findSlot(place, slot, body, latest, bot);
		if (found !== null) return { channel, message: found.id, isNew: false };
	}
	const send = (to: string | null) => requests.send(channel, body, spot, say, { nonce: slot.nonce, replyTo: to });
	const sent = await send(replyTo).catch((error: unknown) => {
		if (apiCodeOf(error) !== CODES.noReply) throw error;
		return send(null);
	});
	return { channel, message: sent.id, isNew: sent.isNew };
}
