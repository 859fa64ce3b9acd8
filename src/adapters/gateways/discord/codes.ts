/** Codes of Discord's refusals. Source: docs, topics/opcodes-and-status-codes, JSON error codes. */
export const CODES = {
	unauthorized: 0,
	unknownChannel: 10003,
	unknownMessage: 10008,
	/** Edits of a message that is older than an hour are used up. */
	oldEdits: 30046,
	tooLarge: 40005,
	tagRequired: 40067,
	missingAccess: 50001,
	personRefuses: 50007,
	missingPermissions: 50013,
	/** Not with this type of channel. */
	wrongChannel: 50024,
	threadArchived: 50083,
	/** A reply needs the permission to read the channel's history. */
	noReply: 160002,
	threadExists: 160004,
	threadLocked: 160005,
	threadsFull: 160006,
} as const;
