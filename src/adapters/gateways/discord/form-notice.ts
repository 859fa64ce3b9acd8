import type { APIMessage, REST } from 'discord.js';
import type { Say } from '../../../core/say.ts';
import { apiCodeOf } from './api-code.ts';
import { CODES } from './codes.ts';
import type { DiscordSpot } from './discord-spot.ts';
import { quoted } from './form-modal.ts';
import type { Spots } from './spots.ts';

/** A button of a form; it does what its id says. */
export interface FormButton {
	label: string;
	customId: string;
	isMain: boolean;
}

/** That somebody is asked something, where the run is shown: who, by which server, and nothing of what. */
export interface FormNotices {
	post(notice: {
		/** The same for every attempt to post it, at most 25 characters. */
		id: string;
		session: string;
		/** The only one who is mentioned. */
		user: string;
		server: string;
		buttons(say: Say): readonly FormButton[];
	}): Promise<PostedNotice>;
	/** One that is gone already is no failure. */
	remove(posted: PostedNotice): Promise<void>;
}

export interface PostedNotice {
	channel: string;
	message: string;
}

/** `MessageFlags` of discord-api-types: SuppressEmbeds. */
const NO_PREVIEWS = 1 << 2;
const GONE: readonly (number | null)[] = [CODES.unknownMessage, CODES.unknownChannel];

export function createFormNotices(rest: REST, spots: Spots, sayIn: (locale: string | null) => Say): FormNotices {
	return {
		async post({ id, session, user, server, buttons }) {
			const spot = await spots.get(session);
			const say = sayIn(spot.locale);
			const body = {
				content: `<@${user}>: ${say('form.notice', { server: quoted(server) })}`,
				flags: NO_PREVIEWS,
				allowed_mentions: { users: [user] },
				components: [formRow(buttons(say))],
				nonce: id,
				enforce_nonce: true,
			};
			const [first, second] = targetsOf(spot);
			const send = async ({ channel, root }: Target) => {
				const reply = root === null ? {} : { message_reference: { message_id: root, fail_if_not_exists: false } };
				const sent = await rest.post(`/channels/${channel}/messages`, { body: { ...body, ...reply } });
				return { channel, message: (sent as APIMessage).id };
			};
			return send(first).catch((error: unknown) => {
				// A thread may be closed; its channel may not.
				if (second === undefined || apiCodeOf(error) === null) throw error;
				return send(second);
			});
		},
		async remove({ channel, message }) {
			await rest.delete(`/channels/${channel}/messages/${message}`).catch((error: unknown) => {
				if (!GONE.includes(apiCodeOf(error))) throw error;
			});
		},
	};
}

/** Buttons in a row; `ComponentType` and `ButtonStyle` of discord-api-types. */
export const formRow = (buttons: readonly FormButton[]) => ({
	type: 1 as const,
	components: buttons.map(({ label, customId, isMain }) => ({
		type: 2 as const,
		style: isMain ? (1 as const) : (2 as const),
		custom_id: customId,
		label,
	})),
});

interface Target {
	channel: string;
	/** What it replies to; null: nothing. */
	root: string | null;
}

function targetsOf({ channel, thread, root, form }: DiscordSpot): readonly [Target, Target?] {
	const beside: Target = { channel, root };
	if (thread === null) return [beside];
	return form === 'text' ? [{ channel: thread, root: null }, beside] : [{ channel: thread, root: null }];
}
