/** Limits of Discord's API, in UTF-16 code units where they count characters: never less than what Discord counts. */
export const LIMITS = {
	/** Text of a message. Source: docs, resources/message, Create Message. */
	content: 2000,
	/** Components of a message, nested ones too. Source: docs, components/reference, IS_COMPONENTS_V2. */
	components: 40,
	/** Characters in all text displays of a message together. Source: discord.js guide, display components. */
	cardText: 4000,
	/** Bytes of UTF-8 in the same, with `cardTextBytes` more for each display. Source: observed, discord-api-docs 8554 (10,170). */
	cardBytes: 10_000,
	cardTextBytes: 12,
	/** Buttons in a row and rows in a message. Source: docs, components/reference, Action Row. */
	rowButtons: 5,
	rows: 5,
	/** Label of a button. Source: docs, components/reference, Button. */
	label: 80,
	/** Name of a thread or forum post. Source: docs, resources/channel. */
	threadName: 100,
	/** Largest file in bytes, unless the server was boosted. Source: docs, reference, Uploading Files. */
	fileBytes: 10 * 1024 * 1024,
	/** Files of one message, and bytes of a request (25 MiB) with some room for what is not a file. Source: docs, resources/message, Create Message. */
	files: 10,
	requestBytes: 24 * 1024 * 1024,
	/** Messages in one look through a channel. Source: docs, resources/message, Get Channel Messages. */
	page: 100,
} as const;

/** Minutes of silence after which a thread is archived: three days. Source: docs, resources/channel. */
export const AUTO_ARCHIVE_MINUTES = 4320;

/** Refused requests (401, 403, 429) are counted for this long, in ms: 10,000 get an address banned. Source: docs, topics/rate-limits. */
export const INVALID_REQUEST_WINDOW_MS = 600_000;

/** What this bot keeps to. The reference's message set: chat-platforms.md 4.1. */
export const SHOWN = {
	/** Agents with a row each; more of them make a compact list. */
	rows: 10,
	/** Messages of a final answer. */
	finalParts: 3,
	/** Messages of one agent's answer when nothing is shortened; what is longer is in the file as well. */
	slotParts: 6,
} as const;

/** Characters that a message with a file leaves free: for the sentence that the file is too large to be attached. */
export const FILE_NOTE = 250;
