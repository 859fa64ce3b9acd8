import { z } from 'zod';

export const slackSpotSchema = z.object({
	/** The workspace, `T…`. */
	team: z.string(),
	/** The organisation it belongs to, `E…`. */
	enterprise: z.string().nullable(),
	/** `C…`, `G…`, or `D…` for direct messages. */
	channel: z.string(),
	/** The session's first board. Null until it has been posted. */
	root: z.string().nullable(),
	/**
	 * The thread that every message after that board goes into. Given at the start when a message asked: the board
	 * is then a reply too. Null until the board has been posted where it begins the thread itself.
	 */
	thread_ts: z.string().nullable(),
	/** Who asked first, `U…` or `W…`: streams are addressed to them. */
	asker: z.string(),
	/** `channel`: the board begins the thread. `thread`: a message asked. `dm`: direct messages and the agent view. */
	form: z.enum(['channel', 'thread', 'dm']),
});
/** Where on Slack a session's thread is. */
export type SlackSpot = z.infer<typeof slackSpotSchema>;

/** Slack's name of a conversation for `Places`: channels of two workspaces may have the same id. */
export function conversationKey(team: string, channel: string, threadTs: string): string {
	return `${team}/${channel}/${threadTs}`;
}
