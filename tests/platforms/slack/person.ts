import { type Delivery, subscriptionOf } from './delivery.ts';
import { channelNamed, type Desk, deliverEvent } from './desk.ts';
import { mimetypeOf } from './file-methods.ts';
import { createInteractions, type Interactions } from './interactions.ts';
import { isObject, type JsonObject, stringOf } from './json.ts';
import { addMessage, changeMessage, wireMessage } from './messages.ts';
import { homeOf, topModal, wireView } from './views.ts';
import {
	CHANNEL_TYPES,
	directChannel,
	type EphemeralMessage,
	issueTrigger,
	type SlackFile,
	type SlackMessage,
	type SlackView,
} from './world.ts';

export interface NewFile {
	name: string;
	content: string | Buffer;
	mimetype?: string;
}

/** What came of a command. */
export interface CommandReceipt {
	delivery: Delivery;
	/** What the person sees below the box: the words of the acknowledgement, or why it failed. Null: nothing. */
	shown: string | null;
}

/** What came of something said: the message, and one delivery for each event the app is subscribed to. */
export interface Said {
	message: SlackMessage;
	deliveries: Delivery[];
}

/** A person in a team. Every verb resolves when the app has been told, or cannot be. */
export interface Person extends Interactions {
	readonly id: string;
	/** `/command text`; Slack has no commands in threads. */
	command(channel: string, command: string, text?: string): Promise<CommandReceipt>;
	/** Says something in a channel or thread. `text` as Slack's wire has it: `&lt;` for `<`, `<@U1>` for a mention. */
	say(channel: string, text: string, more?: { threadTs?: string; files?: readonly NewFile[] }): Promise<Said>;
	/** Says something to the app: its mention before the text. */
	mention(channel: string, text: string, more?: { threadTs?: string; files?: readonly NewFile[] }): Promise<Said>;
	/** Says something in the direct messages with the app. */
	dm(text: string, more?: { threadTs?: string; files?: readonly NewFile[] }): Promise<Said>;
	edit(message: SlackMessage, text: string): Promise<Delivery[]>;
	/** Deletes a message, one of the app too, as an admin may. */
	remove(message: SlackMessage): Promise<Delivery[]>;
	/** Opens the app's home, on the tab of that name. */
	openHome(tab?: 'home' | 'messages'): Promise<Delivery>;
	/** Opens the assistant's pane (apps of the older assistant view); the root of its thread. */
	openAssistant(fromChannel?: string): Promise<{ root: SlackMessage; delivery: Delivery }>;
	/** Goes to another channel while the pane is open. */
	moveAssistant(root: SlackMessage, toChannel: string): Promise<Delivery>;
	/** Presses the native stop of a session that is processing; null when Slack shows none. */
	stopSession(channel: string, threadTs: string): Promise<Delivery | null>;
	/** The modal on top, null for none. */
	modal(): SlackView | null;
	home(): SlackView | null;
	/** The person's ephemeral messages that are still there. */
	ephemerals(channel?: string): EphemeralMessage[];
}

function newFiles({ world, team, user }: Desk, given: readonly NewFile[]): SlackFile[] {
	return given.map(({ name, content, mimetype }) => {
		const bytes = Buffer.from(content);
		const file: SlackFile = {
			id: world.nextId('F'),
			name,
			title: name,
			mimetype: mimetype ?? mimetypeOf(name),
			altText: '',
			length: bytes.length,
			content: bytes,
			user: user.id,
			uploaded: true,
			completed: true,
			shares: [],
		};
		team.files.set(file.id, file);
		return file;
	});
}

const subscribed = (desk: Desk, event: JsonObject) => desk.world.app.events.has(subscriptionOf(event));

/** Events of a message the app gets: it must be in the channel, and for a mention in a channel there are two. */
function messageEvents(desk: Desk, message: SlackMessage, shown: JsonObject): JsonObject[] {
	const { team } = desk;
	const channel = channelNamed(desk, message.channel);
	if (!channel.members.has(team.botUser)) return [];
	const event: JsonObject = { ...shown, channel: channel.id, channel_type: CHANNEL_TYPES[channel.kind] };
	const mentions = shown.subtype === undefined || shown.subtype === 'file_share';
	const mentioned = mentions && channel.kind !== 'im' && message.text.includes(`<@${team.botUser}>`);
	const { channel_type: _kind, subtype: _subtype, ...bare } = event;
	return [...(mentioned ? [{ ...bare, type: 'app_mention' }] : []), event].filter((one) => subscribed(desk, one));
}

async function say(
	desk: Desk,
	channel: string,
	text: string,
	more: { threadTs?: string; files?: readonly NewFile[] },
): Promise<Said> {
	const { world, team, user, url } = desk;
	channelNamed(desk, channel);
	const files = newFiles(desk, more.files ?? []);
	const message = addMessage(world, team, {
		channel,
		user: user.id,
		text,
		threadTs: more.threadTs ?? null,
		subtype: files.length > 0 ? 'file_share' : null,
		files,
	});
	for (const file of files) file.shares.push({ channel, ts: message.ts });
	const shown = { ...wireMessage(team, message, url), client_msg_id: world.nextId('m'), event_ts: message.ts };
	const events = messageEvents(desk, message, shown);
	return { message, deliveries: await Promise.all(events.map((event) => deliverEvent(desk, event))) };
}

async function changed(desk: Desk, message: SlackMessage, subtype: string, what: JsonObject): Promise<Delivery[]> {
	const ts = desk.world.nextTs();
	const shown = { type: 'message', subtype, hidden: true, ts, event_ts: ts, ...what };
	return Promise.all(messageEvents(desk, message, shown).map((event) => deliverEvent(desk, event)));
}

/** What the person sees of the answer to a command. */
function shownOf(delivery: Delivery): string | null {
	if (!delivery.acked) return `${delivery.name} failed with the error "${delivery.error}"`;
	const { payload } = delivery;
	return (isObject(payload) ? stringOf(payload.text) : stringOf(payload)) || null;
}

async function command(desk: Desk, channelId: string, name: string, text: string): Promise<CommandReceipt> {
	const { world, team, user, deliveries, responseUrls } = desk;
	const channel = channelNamed(desk, channelId);
	const origin = { team, user: user.id, channel: channel.id, threadTs: null, source: null };
	const body = {
		token: 'verification',
		team_id: team.id,
		team_domain: team.domain,
		channel_id: channel.id,
		channel_name: channel.name,
		user_id: user.id,
		user_name: user.name,
		command: name,
		text,
		api_app_id: world.app.id,
		is_enterprise_install: 'false',
		response_url: responseUrls.issue(origin),
		trigger_id: issueTrigger(world, team.id, user.id, null),
	};
	const delivery = await deliveries.send(team, 'slash_commands', name, body, true);
	const shown = shownOf(delivery);
	if (delivery.acked && shown !== null) responseUrls.acknowledge(origin, delivery.payload);
	return { delivery, shown };
}

function createVisits(desk: Desk) {
	const { world, team, user } = desk;
	const assistantEvent = (type: string, root: SlackMessage, channel: string | null) =>
		deliverEvent(desk, {
			type,
			assistant_thread: {
				user_id: user.id,
				context: channel === null ? {} : { channel_id: channel, team_id: team.id, enterprise_id: null },
				channel_id: root.channel,
				thread_ts: root.ts,
			},
			event_ts: world.nextTs(),
		});
	return {
		openHome(tab: 'home' | 'messages' = 'home') {
			const view = homeOf(team, user.id);
			return deliverEvent(desk, {
				type: 'app_home_opened',
				user: user.id,
				channel: directChannel(world, team, user.id).id,
				tab,
				...(view === null ? {} : { view: wireView(world, view) }),
				event_ts: world.nextTs(),
			});
		},
		async openAssistant(fromChannel?: string) {
			const { id } = directChannel(world, team, user.id);
			const root = addMessage(world, team, {
				channel: id,
				user: team.botUser,
				bot: team.botId,
				text: 'New Assistant Thread',
				subtype: 'assistant_app_thread',
			});
			root.threadTs = root.ts;
			return { root, delivery: await assistantEvent('assistant_thread_started', root, fromChannel ?? null) };
		},
		moveAssistant: (root: SlackMessage, toChannel: string) =>
			assistantEvent('assistant_thread_context_changed', root, toChannel),
	};
}

async function stopSession(desk: Desk, channel: string, threadTs: string): Promise<Delivery | null> {
	const { world, team, user } = desk;
	const session = team.sessions.find((one) => one.channel === channel && one.threadTs === threadTs);
	if (session?.status !== 'processing' || !world.app.events.has('agent_session_stopped')) return null;
	const stopped: string[] = [];
	for (const { stream, ts, channel: at, threadTs: thread } of team.messages) {
		if (stream?.state !== 'in_progress' || at !== channel || thread !== threadTs) continue;
		stream.state = 'stopped_by_user';
		stopped.push(ts);
	}
	world.ledger.changed();
	return deliverEvent(desk, {
		type: 'agent_session_stopped',
		channel,
		user: user.id,
		thread_ts: threadTs,
		streaming_message_ts: stopped,
		event_ts: world.nextTs(),
	});
}

export function createPerson(desk: Desk): Person {
	const { world, team, user, url } = desk;
	return {
		...createInteractions(desk),
		...createVisits(desk),
		id: user.id,
		command: (channel, name, text = '') => command(desk, channel, name, text),
		say: (channel, text, more = {}) => say(desk, channel, text, more),
		mention: (channel, text, more = {}) => say(desk, channel, `<@${team.botUser}> ${text}`, more),
		dm: (text, more = {}) => say(desk, directChannel(world, team, user.id).id, text, more),
		edit(message, text) {
			const before = wireMessage(team, message, url);
			changeMessage(world, message, { text, blocks: [], metadata: message.metadata });
			message.markedEdited = true;
			return changed(desk, message, 'message_changed', {
				message: wireMessage(team, message, url),
				previous_message: before,
			});
		},
		remove(message) {
			message.deleted = true;
			world.ledger.changed();
			return changed(desk, message, 'message_deleted', {
				deleted_ts: message.ts,
				previous_message: wireMessage(team, message, url),
			});
		},
		stopSession: (channel, threadTs) => stopSession(desk, channel, threadTs),
		modal: () => topModal(team, user.id),
		home: () => homeOf(team, user.id),
		ephemerals: (channel) =>
			team.ephemerals.filter(
				(one) => one.user === user.id && !one.deleted && (channel === undefined || one.channel === channel),
			),
	};
}
