import type { Message } from 'discord.js';
import type { Caller } from './callers.ts';
import { type ReplyFile, replyParts } from './reply-parts.ts';

/** `MessageFlags` of discord-api-types: SuppressEmbeds. */
const NO_PREVIEWS = 4;

/** Whoever wrote a message reads the answer to it where they wrote. `isElsewhere`: the thread is somewhere else. */
export function messageCaller(message: Message, isElsewhere: boolean): Caller {
	let isTold = false;
	const tell = async (text: string, files?: readonly ReplyFile[]): Promise<boolean> => {
		isTold = true;
		for (const part of replyParts(text, files)) {
			await message.reply({ ...part, flags: NO_PREVIEWS, failIfNotExists: false });
		}
		return true;
	};
	return {
		tell,
		wasTold: () => isTold,
		amend: isElsewhere ? async (text) => void (await tell(text)) : null,
	};
}
