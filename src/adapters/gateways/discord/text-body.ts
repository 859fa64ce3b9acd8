import type { Say } from '../../../core/say.ts';
import type { DiscordBody } from './discord-body.ts';

/** A message of text. */
export const messageBody = (
	content: string,
	more: Partial<Omit<DiscordBody, 'content' | 'card' | 'title'>> = {},
): DiscordBody => ({
	content,
	card: null,
	buttons: [],
	files: [],
	isSilent: false,
	title: null,
	...more,
});

/** The first line of a message that goes on with another; `part` counts from 2. */
export const continuedText = (of: string, part: number, say: Say): string =>
	`-# ${say('discord.continued', { of, part })}`;
