import type { Clock } from '../../../src/core/clock.ts';
import type { JsonObject } from './json.ts';
import type { Ledger } from './ledger.ts';

/** The one app of a fake, as its settings page would have it. */
export interface SlackApp {
	id: string;
	name: string;
	clientId: string;
	clientSecret: string;
	signingSecret: string;
	/** App-level token of socket mode. */
	appToken: string;
	/** Scopes of new bot tokens. */
	scopes: string[];
	/** Event subscriptions, channel kinds as Slack writes them: `message.channels`, `message.im`. */
	events: Set<string>;
	/** Whether the app is declared as an agent; without it there are no sessions. */
	agent: boolean;
	/** Seconds a bot token lives; null without token rotation. */
	tokenLifeSeconds: number | null;
	/** Whether history is limited as for unlisted commercial apps: 1 a minute, 15 messages. */
	restrictedHistory: boolean;
}

export interface SlackUser {
	id: string;
	name: string;
	locale: string;
	isBot: boolean;
	/** Invited to single channels. */
	isGuest: boolean;
	/** The team they belong to, where it is another one; they are here in shared channels. */
	homeTeam: string | null;
}

export interface SlackUserGroup {
	id: string;
	handle: string;
	users: string[];
}

export interface SlackChannel {
	id: string;
	name: string;
	kind: 'public' | 'private' | 'im';
	/** The bot user is one of them. */
	members: Set<string>;
	archived: boolean;
}

export interface SlackFile {
	id: string;
	name: string;
	title: string;
	mimetype: string;
	altText: string;
	/** Bytes announced before the upload. */
	length: number;
	content: Buffer;
	user: string;
	uploaded: boolean;
	completed: boolean;
	shares: { channel: string; ts: string }[];
}

/** What a message showed at one time. */
export interface MessageFace {
	text: string;
	blocks: readonly JsonObject[];
	metadata: JsonObject | null;
	at: number;
}

export interface StreamState {
	state: 'in_progress' | 'completed' | 'expired' | 'stopped_by_user' | 'killed';
	/** What the first content was; a stream takes no other kind later. */
	mode: 'markdown_text' | 'chunks' | null;
	startedAt: number;
	/** Every content as it came, oldest first. */
	chunks: JsonObject[];
	/** Characters so far, task JSON included. */
	size: number;
}

export interface SlackMessage extends MessageFace {
	team: string;
	channel: string;
	ts: string;
	threadTs: string | null;
	/** The user, for the app its bot user. */
	user: string;
	/** The bot's id, null for people. */
	bot: string | null;
	subtype: string | null;
	files: SlackFile[];
	/** Earlier faces, oldest first. */
	edits: MessageFace[];
	/** Whether people see "edited": not for edits with blocks. */
	markedEdited: boolean;
	deleted: boolean;
	reactions: { name: string; users: string[] }[];
	stream: StreamState | null;
}

export interface EphemeralMessage {
	id: string;
	channel: string;
	/** The only one who sees it. */
	user: string;
	threadTs: string | null;
	text: string;
	blocks: readonly JsonObject[];
	via: 'chat.postEphemeral' | 'response_url' | 'ack';
	deleted: boolean;
	edits: MessageFace[];
}

export interface SlackView {
	id: string;
	type: 'modal' | 'home';
	team: string;
	user: string;
	hash: string;
	/** As the app gave it. */
	content: JsonObject;
	/** First view of its modal stack. */
	rootId: string;
	previousId: string | null;
	open: boolean;
	revisions: number;
}

export interface AgentSession {
	channel: string;
	threadTs: string;
	status: string;
	title: string;
	/** Every status it had, oldest first. */
	history: string[];
}

export interface AssistantThread {
	channel: string;
	threadTs: string;
	status: string;
	loadingMessages: readonly string[];
	title: string;
	prompts: readonly JsonObject[];
}

export interface SlackTeam {
	id: string;
	name: string;
	domain: string;
	botUser: string;
	botId: string;
	installed: boolean;
	users: Map<string, SlackUser>;
	userGroups: SlackUserGroup[];
	channels: Map<string, SlackChannel>;
	/** All of the team, oldest first, deleted ones included. */
	messages: SlackMessage[];
	ephemerals: EphemeralMessage[];
	files: Map<string, SlackFile>;
	views: Map<string, SlackView>;
	sessions: AgentSession[];
	assistantThreads: AssistantThread[];
}

export interface BotToken {
	token: string;
	team: string;
	scopes: string[];
	/** Milliseconds since the epoch; null: never. */
	expiresAt: number | null;
	revoked: boolean;
}

export interface Trigger {
	id: string;
	team: string;
	user: string;
	expiresAt: number;
	used: boolean;
	/** View in which the person acted, null elsewhere. */
	view: string | null;
}

export interface SlackWorld {
	clock: Clock;
	ledger: Ledger;
	app: SlackApp;
	teams: Map<string, SlackTeam>;
	tokens: Map<string, BotToken>;
	triggers: Map<string, Trigger>;
	/** User ids the app may mention (approvers); every other live mention is a violation. */
	mayMention: Set<string>;
	/** Delays between the acceptance of an upload and its share, in milliseconds. */
	shareDelayMs: number;
	/** Life of a stream from its start, in milliseconds. */
	streamLifeMs: number;
	/** Sends an event to the app, if it is subscribed. */
	emit(team: SlackTeam, event: JsonObject): void;
	/** A new id of Slack's look: a letter and ten characters. */
	nextId(prefix: string): string;
	/** A new message time, later than all before. */
	nextTs(): string;
}

/** Milliseconds a trigger id is good for. https://docs.slack.dev/interactivity/handling-user-interaction */
const TRIGGER_LIFE_MS = 3000;

export function createWorld(clock: Clock, ledger: Ledger, app: SlackApp): SlackWorld {
	let ids = 0;
	let lastMicros = 0;
	return {
		clock,
		ledger,
		app,
		teams: new Map(),
		tokens: new Map(),
		triggers: new Map(),
		mayMention: new Set(),
		shareDelayMs: 0,
		streamLifeMs: 300_000,
		emit() {},
		nextId: (prefix) => `${prefix}${(++ids).toString(36).toUpperCase().padStart(10, '0')}`,
		nextTs() {
			lastMicros = Math.max(clock.now() * 1000, lastMicros + 1);
			return `${Math.floor(lastMicros / 1_000_000)}.${String(lastMicros % 1_000_000).padStart(6, '0')}`;
		},
	};
}

export function issueTrigger(world: SlackWorld, team: string, user: string, view: string | null): string {
	const id = world.nextId('trg.');
	const expiresAt = world.clock.now() + TRIGGER_LIFE_MS;
	world.triggers.set(id, { id, team, user, expiresAt, used: false, view });
	return id;
}

export function issueToken(world: SlackWorld, team: SlackTeam, scopes: readonly string[]): BotToken {
	const lifeSeconds = world.app.tokenLifeSeconds;
	const record: BotToken = {
		token: `${lifeSeconds === null ? 'xoxb' : 'xoxe.xoxb'}-${team.id}-${world.nextId('')}`,
		team: team.id,
		scopes: [...scopes],
		expiresAt: lifeSeconds === null ? null : world.clock.now() + lifeSeconds * 1000,
		revoked: false,
	};
	world.tokens.set(record.token, record);
	team.installed = true;
	return record;
}

/** The direct message channel of the app and a person, made when there is none. */
export function directChannel(world: SlackWorld, team: SlackTeam, user: string): SlackChannel {
	for (const channel of team.channels.values()) {
		if (channel.kind === 'im' && channel.members.has(user)) return channel;
	}
	const id = world.nextId('D');
	const members = new Set([user, team.botUser]);
	const made: SlackChannel = { id, name: 'directmessage', kind: 'im', members, archived: false };
	team.channels.set(id, made);
	return made;
}

export const findMessage = (team: SlackTeam, channel: string, ts: string): SlackMessage | undefined =>
	team.messages.find((message) => message.channel === channel && message.ts === ts);

export const CHANNEL_TYPES = { public: 'channel', private: 'group', im: 'im' } as const;
