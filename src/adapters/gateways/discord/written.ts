import type { Attachment, Message } from 'discord.js';

/** A message as it was written: the client changes its own when the author edits it. */
export interface Written {
	message: Message;
	content: string;
	attachments: readonly Attachment[];
}

/** Must be called before anything is waited for. */
export const writtenNow = (message: Message): Written => {
	const { content, attachments } = message;
	return { message, content, attachments: [...attachments.values()] };
};
