/** What the bot needs where it answers, by the names people read in Discord. Source: docs, topics/permissions. */
export const PERMISSIONS = {
	viewChannel: { bit: 1n << 10n, name: 'View Channels' },
	sendMessages: { bit: 1n << 11n, name: 'Send Messages' },
	attachFiles: { bit: 1n << 15n, name: 'Attach Files' },
	readMessageHistory: { bit: 1n << 16n, name: 'Read Message History' },
	createPublicThreads: { bit: 1n << 35n, name: 'Create Public Threads' },
	sendMessagesInThreads: { bit: 1n << 38n, name: 'Send Messages in Threads' },
} as const;
type Permission = (typeof PERMISSIONS)[keyof typeof PERMISSIONS];

export const ADMINISTRATOR = 1n << 3n;
/** What the owner of a server may do, and whoever is in a direct conversation. */
export const EVERYTHING = (1n << 63n) - 1n;

/** Every permission that the bot asks for when it is invited, as one number. */
const ALL = Object.values(PERMISSIONS).reduce((bits, { bit }) => bits | bit, 0n);

const { viewChannel, sendMessages, attachFiles, readMessageHistory } = PERMISSIONS;
const { createPublicThreads, sendMessagesInThreads } = PERMISSIONS;

/** Without these it cannot answer in a channel; in one that is a thread others count than elsewhere. */
const inChannel: readonly Permission[] = [viewChannel, sendMessages];
const inThread: readonly Permission[] = [viewChannel, sendMessagesInThreads];
/** Without these it answers without files, or without a reference to what it replies to. */
const forComfort: readonly Permission[] = [attachFiles, readMessageHistory];
/** Without these it answers without a thread of its own. */
const forThreads: readonly Permission[] = [createPublicThreads, sendMessagesInThreads];

const has = (bits: bigint, { bit }: Permission) => (bits & (bit | ADMINISTRATOR)) !== 0n;
const namesOf = (permissions: readonly Permission[], bits: bigint) =>
	permissions.filter((permission) => !has(bits, permission)).map(({ name }) => name);

/** Names of what is missing to answer in a channel at all. */
export const missingFor = (place: 'channel' | 'thread', bits: bigint): string[] =>
	namesOf(place === 'thread' ? inThread : inChannel, bits);

/** Names of what is missing to answer there with all that belongs to it. */
export const missingForComfort = (bits: bigint): string[] => namesOf(forComfort, bits);

/** Names of what is missing to open threads there. */
export const missingForThreads = (bits: bigint): string[] => namesOf(forThreads, bits);

/** The address at which a server's owner lets the bot in, with exactly the permissions it needs. */
export function inviteLink(application: string): string {
	const query = new URLSearchParams({
		client_id: application,
		scope: 'bot applications.commands',
		permissions: String(ALL),
	});
	return `https://discord.com/oauth2/authorize?${query}`;
}
