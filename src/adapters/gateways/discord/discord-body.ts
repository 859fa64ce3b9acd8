import type { Control } from '../shared/controls.ts';

/** A button; `control` says what it does, and gives it its id. */
export interface DiscordButton {
	control: Control;
	/** At most `LIMITS.label`. */
	label: string;
	emoji: string | null;
	style: 'primary' | 'secondary' | 'success' | 'danger';
	/** Whether a row begins with it; otherwise only where the one before is full. */
	beginsRow?: boolean;
}

/** A text file. */
export interface DiscordFile {
	name: string;
	text: string;
}

/** A message of components (V2): a coloured box. */
export interface DiscordCard {
	/** Its stripe, 0xrrggbb. */
	colour: number;
	/** Blocks of Markdown, divided by lines; each block is one component a text. */
	blocks: readonly (readonly string[])[];
}

/**
 * One message in Discord's form, plain JSON and compared by value. Pings nobody and shows no previews.
 *
 * With a `card`, `content` is what the message is posted as; the first edit then turns it into the card, because a
 * message that begins as components arrives as an empty notification (discord-api-docs 7854).
 */
export interface DiscordBody {
	/** Markdown, at most `LIMITS.content`; never empty. */
	content: string;
	card: DiscordCard | null;
	/** In rows of at most five. */
	buttons: readonly DiscordButton[];
	files: readonly DiscordFile[];
	/** Notifies nobody. */
	isSilent: boolean;
	/** Name of the thread that begins with it, 1 to `LIMITS.threadName`; null: none begins with it. */
	title: string | null;
}
