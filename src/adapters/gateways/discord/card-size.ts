import type { DiscordCard } from './discord-body.ts';
import { LIMITS } from './limits.ts';

/** Components that a card makes, with itself, its dividing lines and `buttons` in rows. */
export function componentsOf({ blocks }: DiscordCard, buttons: number): number {
	const rows = Math.ceil(buttons / LIMITS.rowButtons);
	const lines = blocks.length - 1 + (rows > 0 ? 1 : 0);
	return 1 + blocks.flat().length + lines + rows + buttons;
}

/** Whether Discord takes a card with so many buttons. */
export function cardFits(card: DiscordCard, buttons: number): boolean {
	const texts = card.blocks.flat();
	const characters = texts.reduce((sum, text) => sum + text.length, 0);
	const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text) + LIMITS.cardTextBytes, 0);
	return characters <= LIMITS.cardText && bytes <= LIMITS.cardBytes && componentsOf(card, buttons) <= LIMITS.components;
}
