import { z } from 'zod';

/** A snowflake. */
const id = z.string();

/** Where the thread of a session is on Discord. Kept in `places`. */
export const discordSpotSchema = z.object({
	/** The server; null in a direct conversation. */
	guild: id.nullable(),
	/** Where the question was asked: a text channel, a forum, a direct conversation, or with `thread` that thread. */
	channel: id,
	/**
	 * `text`: the board in the channel, and a thread of its own on it for everything else. `thread`: asked inside a
	 * thread, where everything stays. `forum`: a post of its own that begins with the board. `dm` and `replies` (a
	 * channel where threads cannot be opened): each message replies to the board.
	 */
	form: z.enum(['text', 'thread', 'forum', 'dm', 'replies']),
	/** The first board, of `text`, `forum`; the latest one, of `dm` and `replies`. Null until it is posted. */
	root: id.nullable(),
	/** The run that `root` shows. */
	rootRun: z.string().nullable(),
	/** The thread; null while there is none, and always with `dm` and `replies`. With `thread` set from the start. */
	thread: id.nullable(),
	/** The person's message that the next board replies to ; null: none. A forum post replies to nothing. */
	replyTo: id.nullable(),
	/** Language of who asked, a BCP 47 tag, for what the gateway itself says there; null: not known. */
	locale: z.string().nullable(),
	/** Largest file in bytes that the interaction allowed (`attachment_size_limit`); null: not known. */
	maxFileBytes: z.number().int().positive().nullable(),
});
export type DiscordSpot = z.infer<typeof discordSpotSchema>;

/**
 * The name of a conversation for `places`: a thread as a whole, or with `message` what hangs on one message of the bot
 * there (`dm`, `replies`).
 */
export const conversationOf = (channel: string, message: string | null = null): string =>
	message === null ? channel : `${channel}/${message}`;

/** How the gateway names a message to the port: its channel is part of it. */
export const messageId = (channel: string, message: string): string => `${channel}/${message}`;

/** The inverse of `messageId`. */
export function messageOf(named: string): { channel: string; message: string } {
	const [channel = '', message = ''] = named.split('/');
	return { channel, message };
}

/** What opens a message in the app and in browsers. Without `message`: its channel or thread. */
export function messageLink(guild: string | null, channel: string, message: string | null = null): string {
	const place = `https://discord.com/channels/${guild ?? '@me'}/${channel}`;
	return message === null ? place : `${place}/${message}`;
}
