import { conversationOf } from './discord-spot.ts';
import { isBoard } from './find-slot.ts';
import type { Job, Sent } from './job.ts';
import type { Requests } from './requests.ts';
import type { Spots } from './spots.ts';
import { postAt } from './thread-post.ts';

interface RootOptions {
	requests: Requests;
	spots: Spots;
	bot: string;
}

/** Posts the first board of a session, unless an earlier attempt has, and remembers where it is. */
export async function postRoot(job: Job, { requests, spots, bot }: RootOptions): Promise<Sent> {
	const { place, spot } = job;
	if (spot.root !== null) {
		const channel = (spot.form === 'text' ? null : spot.thread) ?? spot.channel;
		return { channel, message: spot.root, isNew: false };
	}
	const isPost = spot.form === 'forum';
	const target = { channel: spot.thread ?? spot.channel, replyTo: spot.replyTo };
	const sent = isPost ? await postInForum(job, requests, bot) : await postAt(job, target, requests, bot);
	const { channel, message } = sent;
	const isThread = isPost || spot.form === 'thread';
	const change = { root: message, rootRun: place.run, ...(isPost ? { thread: message } : {}) };
	await spots.change(place.session, change, conversationOf(channel, isThread ? null : message));
	return sent;
}

/** A post has no nonce: one that may be there already is known by its name and by the buttons of its board. */
async function postInForum(job: Job, requests: Requests, bot: string): Promise<Sent> {
	const { slot, spot, body } = job;
	const name = body.title ?? body.content;
	const found = slot.mayExist && spot.guild !== null ? await ownPost(job, spot.guild, name, requests, bot) : null;
	const post = found ?? (await requests.postInForum(spot.channel, name, body));
	return { channel: post, message: post, isNew: found === null };
}

async function ownPost({ place, spot }: Job, guild: string, name: string, requests: Requests, bot: string) {
	for (const post of await requests.ownPosts(guild, spot.channel, name, bot)) {
		const latest = await requests.latest(post);
		if (latest.some((message) => isBoard(message, place))) return post;
	}
	return null;
}
