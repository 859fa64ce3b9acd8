import type { JsonObject } from './json.ts';
import { keepBlocks } from './views.ts';
import { CHANNEL_TYPES, type SlackFile, type SlackMessage, type SlackTeam, type SlackWorld } from './world.ts';

export interface NewMessage {
	channel: string;
	user: string;
	text: string;
	bot?: string | null;
	threadTs?: string | null;
	blocks?: readonly JsonObject[];
	metadata?: JsonObject | null;
	subtype?: string | null;
	files?: SlackFile[];
}

/** A file as messages and `files.info` show it. */
export function wireFile(url: string, team: SlackTeam, file: SlackFile): JsonObject {
	const path = `${url}/files-pri/${team.id}-${file.id}`;
	const shares: Record<string, { ts: string }[]> = {};
	for (const { channel, ts } of file.shares) shares[channel] = [...(shares[channel] ?? []), { ts }];
	return {
		id: file.id,
		name: file.name,
		title: file.title,
		mimetype: file.mimetype,
		filetype: file.name.split('.').at(-1) ?? 'text',
		size: file.length,
		user: file.user,
		mode: 'hosted',
		is_external: false,
		alt_txt: file.altText,
		url_private: `${path}/${encodeURIComponent(file.name)}`,
		url_private_download: `${path}/download/${encodeURIComponent(file.name)}`,
		shares: { public: shares },
	};
}

/** A message as Slack puts it into answers and events. */
export function wireMessage(team: SlackTeam, message: SlackMessage, url: string, withMetadata = true): JsonObject {
	const replies = team.messages.filter(
		(one) => one.channel === message.channel && one.threadTs === message.ts && one.ts !== message.ts && !one.deleted,
	);
	return {
		type: 'message',
		...(message.subtype === null ? {} : { subtype: message.subtype }),
		user: message.user,
		text: message.text,
		ts: message.ts,
		team: team.id,
		...(message.bot === null ? {} : { bot_id: message.bot }),
		...(message.blocks.length === 0 ? {} : { blocks: message.blocks }),
		...(message.files.length === 0 ? {} : { files: message.files.map((file) => wireFile(url, team, file)) }),
		...(message.threadTs === null ? {} : { thread_ts: message.threadTs }),
		...(replies.length === 0 ? {} : { thread_ts: message.ts, reply_count: replies.length }),
		...(message.markedEdited ? { edited: { user: message.user, ts: message.ts } } : {}),
		...(message.reactions.length === 0
			? {}
			: { reactions: message.reactions.map(({ name, users }) => ({ name, users, count: users.length })) }),
		...(withMetadata && message.metadata !== null ? { metadata: message.metadata } : {}),
		...(message.stream === null ? {} : { streaming_state: message.stream.state }),
	};
}

/** Adds a message to its channel. */
export function addMessage(world: SlackWorld, team: SlackTeam, given: NewMessage): SlackMessage {
	const message: SlackMessage = {
		team: team.id,
		channel: given.channel,
		ts: world.nextTs(),
		threadTs: given.threadTs ?? null,
		user: given.user,
		bot: given.bot ?? null,
		subtype: given.subtype ?? null,
		text: given.text,
		blocks: keepBlocks(world, given.blocks ?? []),
		metadata: given.metadata ?? null,
		at: world.clock.now(),
		files: given.files ?? [],
		edits: [],
		markedEdited: false,
		deleted: false,
		reactions: [],
		stream: null,
	};
	team.messages.push(message);
	world.ledger.changed();
	return message;
}

export interface Change {
	text: string;
	blocks: readonly JsonObject[];
	metadata: JsonObject | null;
}

/** Gives a message a new face and keeps the old one. */
export function changeMessage(world: SlackWorld, message: SlackMessage, change: Change): void {
	const { text, blocks, metadata, at } = message;
	message.edits.push({ text, blocks, metadata, at });
	Object.assign(message, change, { blocks: keepBlocks(world, change.blocks), at: world.clock.now() });
	world.ledger.changed();
}

const kindOf = (team: SlackTeam, channel: string) => CHANNEL_TYPES[team.channels.get(channel)?.kind ?? 'public'];

/** Sends the `message` event of something new in a channel. */
export function announce(world: SlackWorld, team: SlackTeam, message: SlackMessage, url: string): void {
	const event = { ...wireMessage(team, message, url), channel: message.channel };
	world.emit(team, { ...event, channel_type: kindOf(team, message.channel), event_ts: message.ts });
}

/** Sends `message_changed` or `message_deleted`. */
export function announceChange(
	world: SlackWorld,
	team: SlackTeam,
	message: SlackMessage,
	subtype: 'message_changed' | 'message_deleted',
	url: string,
): void {
	const ts = world.nextTs();
	const shown = { type: 'message', subtype, hidden: true, channel: message.channel, ts, event_ts: ts };
	const before = { ...wireMessage(team, message, url), text: message.edits.at(-1)?.text ?? message.text };
	const what =
		subtype === 'message_changed'
			? { message: wireMessage(team, message, url), previous_message: before }
			: { deleted_ts: message.ts, previous_message: before };
	world.emit(team, { ...shown, ...what, channel_type: kindOf(team, message.channel) });
}
