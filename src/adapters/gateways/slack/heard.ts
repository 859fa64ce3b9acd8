import { z } from 'zod';
import { fileSchema, type SlackFile } from './offered-files.ts';
import { typedText } from './typed-text.ts';
import type { Workspace } from './workspaces.ts';

const messageSchema = z.object({
	channel: z.string(),
	ts: z.string(),
	user: z.string().nullish(),
	text: z.string().nullish(),
	thread_ts: z.string().nullish(),
	subtype: z.string().nullish(),
	bot_id: z.string().nullish(),
	hidden: z.boolean().nullish(),
	edited: z.unknown().optional(),
	files: z.array(fileSchema).nullish(),
});

/** Something a person has said where the app hears it. */
export interface Heard {
	channel: string;
	ts: string;
	/** The thread it is in; null: in none. */
	thread: string | null;
	user: string;
	/** Without the mention of the app and without Slack's markup. */
	text: string;
	mentioned: boolean;
	/** In the direct messages with the app. */
	direct: boolean;
	files: readonly SlackFile[];
}

/** Kinds of messages that a person says something with; every other is Slack's own word or a change of an old one. */
const SAID = new Set([undefined, null, 'file_share', 'thread_broadcast']);

/**
 * A `message` or `app_mention` event, or null when there is nothing to do: the app's own messages, those of other
 * bots, edits, and what is addressed to somebody else.
 */
export function heardOf(event: unknown, { botUser }: Workspace): Heard | null {
	const message = messageSchema.safeParse(event).data;
	if (message === undefined || typeof message.user !== 'string') return null;
	const { channel, ts, user, thread_ts, bot_id, hidden, edited, subtype } = message;
	const isBot = user === botUser || user === 'USLACKBOT' || typeof bot_id === 'string';
	if (isBot || hidden === true || (edited ?? null) !== null || !SAID.has(subtype)) return null;
	const raw = message.text ?? '';
	const mention = new RegExp(`<@${botUser}(?:\\|[^>]*)?>`, 'g');
	const mentioned = mention.test(raw);
	const text = raw.replace(mention, ' ').trim();
	const direct = channel.startsWith('D');
	if (!mentioned && !direct && /^<@[UW]/.test(text)) return null;
	return {
		channel,
		ts,
		thread: thread_ts ?? null,
		user,
		text: typedText(text),
		mentioned,
		direct,
		files: message.files ?? [],
	};
}
