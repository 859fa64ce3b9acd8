import { controlId } from '../shared/controls.ts';
import type { DiscordBody, DiscordButton, DiscordCard } from './discord-body.ts';
import { LIMITS } from './limits.ts';

/** Values of discord-api-types: `MessageFlags`, `ComponentType`, `ButtonStyle`. The SDK itself is loaded on demand. */
const SUPPRESS_EMBEDS = 1 << 2;
const SUPPRESS_NOTIFICATIONS = 1 << 12;
const IS_COMPONENTS_V2 = 1 << 15;
const ACTION_ROW = 1;
const BUTTON = 2;
const TEXT_DISPLAY = 10;
const SEPARATOR = 14;
const CONTAINER = 17;
const STYLES = { primary: 1, secondary: 2, success: 3, danger: 4 } as const;

/** In every body: nobody is pinged, the author of a replied-to message neither. */
const PINGS_NOBODY = { parse: [], replied_user: false };

export interface PostOptions {
	nonce: string | null;
	/** The message that it replies to; null: none. */
	replyTo: string | null;
}

/** The body of a new message, as text. */
export function newMessage(body: DiscordBody, { nonce, replyTo }: PostOptions): object {
	const flags = SUPPRESS_EMBEDS | (body.isSilent ? SUPPRESS_NOTIFICATIONS : 0);
	return {
		...textMessage(body),
		flags,
		...(nonce === null ? {} : { nonce, enforce_nonce: true }),
		...(replyTo === null ? {} : { message_reference: { message_id: replyTo, fail_if_not_exists: false } }),
	};
}

/** The body of an edit: a card in its full form, everything else as text. Files are replaced. */
export function changedMessage(body: DiscordBody): object {
	const { card, buttons } = body;
	if (card === null) return { ...textMessage(body), flags: SUPPRESS_EMBEDS };
	const components = [containerOf(card, buttons)];
	const legacy = { content: null, embeds: [], attachments: [] };
	return { ...legacy, components, flags: IS_COMPONENTS_V2, allowed_mentions: PINGS_NOBODY };
}

function textMessage({ content, buttons, files }: DiscordBody): object {
	const attachments = files.map(({ name }, id) => ({ id, filename: name }));
	return { content, components: rowsOf(buttons), attachments, allowed_mentions: PINGS_NOBODY };
}

function containerOf({ colour, blocks }: DiscordCard, buttons: readonly DiscordButton[]): object {
	const parts = blocks.map((texts) => texts.map((content) => ({ type: TEXT_DISPLAY, content })));
	const rows = rowsOf(buttons);
	const all: readonly (readonly object[])[] = rows.length === 0 ? parts : [...parts, rows];
	const components = all.flatMap((part, index) => (index === 0 ? part : [{ type: SEPARATOR }, ...part]));
	return { type: CONTAINER, accent_color: colour, components };
}

function rowsOf(buttons: readonly DiscordButton[]): object[] {
	const rows: object[][] = [];
	for (const button of buttons) {
		const last = rows.at(-1);
		if (last === undefined || last.length === LIMITS.rowButtons || button.beginsRow === true)
			rows.push([buttonOf(button)]);
		else last.push(buttonOf(button));
	}
	return rows.map((components) => ({ type: ACTION_ROW, components }));
}

const buttonOf = ({ control, label, emoji, style }: DiscordButton): object => ({
	type: BUTTON,
	style: STYLES[style],
	custom_id: controlId(control),
	...(label === '' ? {} : { label }),
	...(emoji === null ? {} : { emoji: { name: emoji } }),
});
