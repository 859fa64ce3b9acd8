import type { Say } from '../../../core/say.ts';
import { visibleText } from '../shared/visible-text.ts';

const EXCERPT = 300;

/** What a private thread begins with, so that people see there what they asked elsewhere. */
export function openingText(question: string, say: Say): string {
	const line = visibleText(question).replace(/\s+/g, ' ').trim();
	const excerpt = line.length <= EXCERPT ? line : `${line.slice(0, EXCERPT).toWellFormed()} …`;
	return `${say('discord.private_opening')}\n> ${excerpt}`;
}
