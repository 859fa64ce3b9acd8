import type { REST } from 'discord.js';
import type { Clock } from '../../../core/clock.ts';
import { BotError } from '../../../core/errors.ts';
import type { Place, Slot } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import { decodeSessionId } from '../../../core/session-id.ts';
import type { Controls } from '../shared/controls.ts';
import { apiCodeOf } from './api-code.ts';
import { CODES } from './codes.ts';
import type { DiscordBody } from './discord-body.ts';
import { conversationOf, messageId, messageLink, messageOf } from './discord-spot.ts';
import { isCard, postElsewhere } from './elsewhere.ts';
import type { Job, Sent } from './job.ts';
import { createNotices } from './notices.ts';
import { openThread } from './open-thread.ts';
import { asPortError } from './port-error.ts';
import { createRequests } from './requests.ts';
import { postRoot } from './roots.ts';
import type { Spots } from './spots.ts';
import { createStrikes } from './strikes.ts';
import { postInThread } from './thread-post.ts';

export interface PosterOptions {
	/** The client's own. */
	rest: REST;
	/** The same with `retries: 0`. */
	restOnce: REST;
	/** User id of the bot. */
	bot: string;
	spots: Spots;
	controls: Controls;
	clock: Clock;
	/** The bytes of a kept file; null: it is not kept any more. */
	keptFile(id: string): Promise<Uint8Array | null>;
	/** Channels for cards whose own place is gone, in the order in which they are tried. */
	approvalsChannels: readonly string[];
	/** Texts in a language; null: the process's own. */
	sayIn(locale: string | null): Say;
	/** Told in one sentence, for the log. */
	onProblem(text: string): void;
	/** A board has been posted, or cannot be; `reason` is for the person. */
	onBoard(session: string, news: { type: 'posted'; link: string } | { type: 'refused'; reason: string }): void;
}

/** The half of the gateway's port that shows things. Ids are those of `messageId`. */
export interface Poster {
	post(place: Place, slot: Slot, body: DiscordBody): Promise<string>;
	edit(place: Place, slot: Slot, id: string, body: DiscordBody): Promise<string>;
	remove(place: Place, slot: Slot, id: string): Promise<void>;
}

/**
 * Brings messages to Discord by the bot's token alone, so that a run of any length is shown to its end. What can be
 * repaired is: an archived thread is opened, a closed one left for its channel, a board that may not be edited any more
 * is posted anew, and a message whose posting broke off is looked for first.
 */
export function createPoster(options: PosterOptions): Poster {
	const { bot, controls, spots, onBoard } = options;
	const requests = createRequests(options);
	const notices = createNotices(requests, options.onProblem);
	const strikes = createStrikes(requests, options.clock);

	/** Does what concerns one message; that its place is gone is said in the port's words. */
	async function about<Result>(
		[place, slot, body]: [Place, Slot, DiscordBody],
		replaces: string | null,
		act: (job: Job) => Promise<Result>,
	): Promise<Result> {
		const spot = await spots.get(place.session);
		const say = options.sayIn(spot.locale);
		try {
			return await act({ place, slot, body, spot, say, replaces });
		} catch (error) {
			throw asPortError(error, say);
		}
	}

	const keepButtons = ({ place, body }: Job, { channel, message }: Omit<Sent, 'isNew'>): Promise<void> => {
		const { tenant } = decodeSessionId(place.session);
		const all = body.buttons.map(({ control }) => control);
		return controls.keep(all, { tenant, channel, message });
	};

	/** Makes a posted message what it shall be: posted as text, it may be a card; found again, it may say less. */
	async function complete(job: Job, sent: Sent): Promise<string> {
		const { body, spot, say } = job;
		if (body.card !== null || !sent.isNew) await requests.change(sent.channel, sent.message, body, spot, say);
		await keepButtons(job, sent);
		return messageId(sent.channel, sent.message);
	}

	/** What is not in a thread can be answered there by a reply to it. */
	async function postBeside(job: Job): Promise<Sent> {
		const { place, slot, spot } = job;
		const sent = await postInThread(job, requests, bot);
		if (sent.channel === spot.thread) return sent;
		const isLatest = slot.key === 'board' && (spot.form === 'dm' || spot.form === 'replies');
		const change = isLatest ? { root: sent.message, rootRun: place.run } : {};
		await spots.change(place.session, change, conversationOf(sent.channel, sent.message));
		return sent;
	}

	async function postBoard(job: Job): Promise<string> {
		const { place, slot, spot } = job;
		const begins = spot.root === null || (spot.rootRun === place.run && slot.mayExist);
		const sent = begins ? await postRoot(job, { requests, spots, bot }) : await postBeside(job);
		if (begins && spot.form === 'text' && spot.thread === null)
			await openThread(job, sent.message, { requests, notices, spots });
		const id = await complete(job, sent);
		onBoard(place.session, { type: 'posted', link: messageLink(spot.guild, sent.channel, sent.message) });
		return id;
	}

	async function postAnew(job: Job, old: Omit<Sent, 'isNew'>): Promise<string> {
		const sent = await postBeside(job);
		const id = await complete(job, sent);
		await strikes.begin(job, old, sent);
		return id;
	}

	/** A card whose place is gone is shown elsewhere, if there is such a place. */
	async function orElsewhere(job: Job, at: string | null, error: unknown): Promise<string> {
		const { approvalsChannels } = options;
		const gone = asPortError(error, job.say);
		const isLost = gone instanceof BotError && gone.code === 'place_gone' && isCard(job.slot.key);
		if (!isLost || (at !== null && approvalsChannels.includes(at))) throw error;
		const sent = await postElsewhere(job, approvalsChannels, requests, bot);
		if (sent === null) throw error;
		return complete(job, sent);
	}

	async function repaired(job: Job, at: Omit<Sent, 'isNew'>, error: unknown): Promise<string> {
		switch (apiCodeOf(error)) {
			case CODES.threadArchived:
				return (await reopened(job, at)) ? messageId(at.channel, at.message) : postAnew(job, at);
			case CODES.oldEdits:
				return postAnew(job, at);
			case CODES.unknownChannel:
				if (job.spot.form === 'text' && at.channel === job.spot.thread)
					throw new BotError('message_gone', job.say('discord.gone.message'), { cause: error });
				throw error;
			default:
				throw error;
		}
	}

	/** Opens an archived thread and edits; false: it may not be opened. */
	async function reopened(job: Job, { channel, message }: Omit<Sent, 'isNew'>): Promise<boolean> {
		try {
			await requests.reopen(channel);
		} catch (error) {
			if (apiCodeOf(error) === null) throw error;
			return false;
		}
		await requests.change(channel, message, job.body, job.spot, job.say);
		return true;
	}

	return {
		async post(place, slot, body) {
			try {
				return await about([place, slot, body], null, async (job) =>
					slot.key === 'board'
						? postBoard(job)
						: postBeside(job)
								.then((sent) => complete(job, sent))
								.catch((error: unknown) => orElsewhere(job, null, error)),
				);
			} catch (error) {
				if (slot.key === 'board' && error instanceof BotError && error.code === 'place_gone')
					onBoard(place.session, { type: 'refused', reason: error.userMessage });
				throw error;
			}
		},

		edit: (place, slot, id, body) =>
			about([place, slot, body], messageOf(id).message, async (job) => {
				const at = messageOf(id);
				try {
					await requests.change(at.channel, at.message, body, job.spot, job.say);
				} catch (error) {
					return repaired(job, at, error).catch((still: unknown) => orElsewhere(job, at.channel, still));
				}
				await keepButtons(job, at);
				await strikes.goOn(at.message);
				return id;
			}),

		async remove(place, _slot, id) {
			const { channel, message } = messageOf(id);
			const spot = await spots.get(place.session);
			try {
				await requests.remove(channel, message);
			} catch (error) {
				const code = apiCodeOf(error);
				if (code === CODES.unknownMessage || code === CODES.unknownChannel) return;
				if (code !== CODES.threadArchived) throw asPortError(error, options.sayIn(spot.locale));
				await requests.reopen(channel);
				await requests.remove(channel, message);
			}
		},
	};
}
