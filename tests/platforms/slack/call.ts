import { isObject, type JsonObject, parseJson, stringOf } from './json.ts';
import { refuseWith, SlackRefusal } from './refusal.ts';
import type { Tier } from './tiers.ts';
import {
	type BotToken,
	directChannel,
	findMessage,
	type SlackChannel,
	type SlackMessage,
	type SlackTeam,
	type SlackWorld,
} from './world.ts';

/** One call of a method that needs a bot token. */
export interface Call {
	world: SlackWorld;
	method: string;
	args: JsonObject;
	team: SlackTeam;
	token: BotToken;
	/** Where the fake is reached. */
	url: string;
}

export type Answer = JsonObject | Promise<JsonObject>;

export interface Method {
	tier: Tier;
	/** All of them are needed. */
	scopes: readonly string[];
	run(call: Call): Answer;
}

export type Methods = Readonly<Record<string, Method>>;

export function required(call: { args: JsonObject }, name: string): string {
	const value = call.args[name];
	if (typeof value === 'string' && value !== '') return value;
	if (typeof value === 'number') return String(value);
	refuseWith('invalid_arguments', [`missing required field: ${name}`]);
}

export function optional(call: { args: JsonObject }, name: string): string | null {
	const value = call.args[name];
	return typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : null;
}

/** A flag as forms and JSON write it, null when it is not given. */
export function flagOf(call: { args: JsonObject }, name: string): boolean | null {
	const value = call.args[name];
	if (value === true || value === 'true' || value === '1') return true;
	if (value === false || value === 'false' || value === '0') return false;
	return null;
}

/** A field that is JSON, in forms as text. */
export function jsonOf(call: { args: JsonObject }, name: string, code: string): unknown {
	const value = call.args[name];
	if (typeof value !== 'string' || value === '') return value === '' ? undefined : value;
	const parsed = parseJson(value);
	if (parsed === undefined) throw new SlackRefusal(code);
	return parsed;
}

export function needScope(call: Call, scope: string): void {
	if (call.token.scopes.includes(scope)) return;
	throw new SlackRefusal('missing_scope', { needed: scope, provided: call.token.scopes.join(',') });
}

/** The channel of an id; a user's id means the direct messages with them. */
export function channelOf(call: Call, id: string): SlackChannel {
	if (/^[UW]/.test(id) && call.team.users.has(id)) return directChannel(call.world, call.team, id);
	const channel = call.team.channels.get(id);
	const hidden = channel?.kind !== 'public' && !channel?.members.has(call.team.botUser);
	if (channel === undefined || hidden) throw new SlackRefusal('channel_not_found');
	return channel;
}

/** A channel the app may write into. */
export function writableChannel(call: Call, id: string, archived = 'is_archived'): SlackChannel {
	const channel = channelOf(call, id);
	if (channel.archived) throw new SlackRefusal(archived);
	const open = channel.kind === 'public' && call.token.scopes.includes('chat:write.public');
	if (!channel.members.has(call.team.botUser) && !open) throw new SlackRefusal('not_in_channel');
	return channel;
}

/** A message of the app itself that is still there. */
export function ownMessage(call: Call, channel: string, ts: string, code: string): SlackMessage {
	const message = findMessage(call.team, channel, ts);
	if (message === undefined || message.deleted) throw new SlackRefusal('message_not_found');
	if (message.bot !== call.team.botId) throw new SlackRefusal(code);
	return message;
}

/** The metadata of a message, checked. An empty object takes it away. */
export function metadataOf(call: { args: JsonObject }): JsonObject | null | undefined {
	const value = jsonOf(call, 'metadata', 'invalid_metadata_format');
	if (value === undefined || value === null) return undefined;
	if (!isObject(value)) throw new SlackRefusal('invalid_metadata_format');
	if (Object.keys(value).length === 0) return null;
	if (stringOf(value.event_type) === '' || !isObject(value.event_payload))
		throw new SlackRefusal('invalid_metadata_schema');
	if (JSON.stringify(value).length > MAX_METADATA) throw new SlackRefusal('metadata_too_large');
	return value;
}

/** Characters of metadata; Slack gives no figure, this is what its own examples stay far below. */
const MAX_METADATA = 8000;
