import { createHash } from 'node:crypto';
import type { OfferedFile } from '../../../core/attachment.ts';
import type { Inbound, Principal } from '../../../core/gateway.ts';
import { channelSessionId, encodeSessionId } from '../../../core/session-id.ts';
import type { Address } from './private-replies.ts';
import type { SlackDesk, Visitor } from './slack-desk.ts';
import { conversationKey, type SlackSpot } from './slack-spot.ts';

/** Whose platform every principal and session of this gateway is on. */
export const PLATFORM = 'slack';

export interface VisitPlace {
	team: string;
	user: string;
	channel: string;
	thread: string | null;
}

/** How long somebody's language is waited for, in milliseconds; a run that is to be stopped does not wait for it. */
const PATIENCE_MS = 1500;
const URGENT_PATIENCE_MS = 100;

/** Who did something in a workspace; null when the app is not there (any more). */
export async function visitorOf(
	desk: SlackDesk,
	{ team, user, channel, thread }: VisitPlace,
	isUrgent = false,
): Promise<Visitor | null> {
	const workspace = await desk.workspaces.of(team);
	if (workspace === null) return null;
	const locale = await desk.people.localeOf(team, user, isUrgent ? URGENT_PATIENCE_MS : PATIENCE_MS);
	return { workspace, user, channel, thread, locale, say: desk.sayIn(locale ?? null) };
}

export const addressOf = (visitor: Visitor, responseUrl: string | null): Address => ({
	team: visitor.workspace.team,
	user: visitor.user,
	channel: visitor.channel,
	thread: visitor.thread,
	responseUrl,
});

export const principalOf = ({ workspace, user }: Pick<Visitor, 'workspace' | 'user'>): Principal => ({
	platform: PLATFORM,
	tenant: workspace.team,
	user,
	roles: null,
});

export const sessionIn = (team: string, channel: string, thread: string): string =>
	encodeSessionId({ platform: PLATFORM, tenant: team, channel, thread });

/** The channel as a whole: for what is not said in a thread. */
export const wholeChannel = ({ workspace, channel }: Visitor): string =>
	channelSessionId({ platform: PLATFORM, tenant: workspace.team, channel });

/** The thread part of a session that no message has begun: unknown to whoever has not seen the trigger. */
export const threadOfTrigger = (trigger: string): string =>
	createHash('sha256').update(trigger).digest('base64url').slice(0, 22);

/** What a person wants, to be handed to the bot. */
export interface Wish {
	/** The same for a second delivery. */
	id: string;
	session: string;
	name: string;
	options: Readonly<Record<string, unknown>>;
	files?: readonly OfferedFile[];
	responseUrl?: string | null;
}

/** Hands a wish over; resolves when it has begun. What the person must be told comes through the replies. */
export async function submit(desk: SlackDesk, visitor: Visitor, wish: Wish): Promise<void> {
	const { id, session, name, options, files, responseUrl = null } = wish;
	const common = { id, session, principal: principalOf(visitor), locale: visitor.locale };
	const inbound: Inbound = { ...common, type: 'command', name, options, files };
	desk.replies.expect(id, addressOf(visitor, responseUrl));
	await desk.host.receive(inbound);
}

/**
 * Remembers where a new session is; for a second delivery it is known already. In `thread` (null: the board will begin one), where people can answer from
 * then on.
 */
export async function begin(desk: SlackDesk, visitor: Visitor, session: string, thread: string | null): Promise<void> {
	const { workspace, channel, user } = visitor;
	const { team, enterprise } = workspace;
	if ((await desk.places.get(session)) !== null) return;
	const form = channel.startsWith('D') ? 'dm' : thread === null ? 'channel' : 'thread';
	const spot: SlackSpot = { team, enterprise, channel, root: null, thread_ts: thread, asker: user, form };
	await desk.places.put(session, spot, thread === null ? null : conversationKey(team, channel, thread));
}

/** Whether the app can post in the visitor's channel; if not, they have been told what to do. */
export async function canPost(desk: SlackDesk, visitor: Visitor, responseUrl: string | null): Promise<boolean> {
	const { workspace, channel, say } = visitor;
	const state = await desk.channels.stateOf(workspace, channel);
	if (state === 'ready' || state === 'unknown') return true;
	const text = state === 'archived' ? say('slack.channel_archived') : say('slack.not_in_channel');
	await desk.replies.tell(addressOf(visitor, responseUrl), text);
	return false;
}
