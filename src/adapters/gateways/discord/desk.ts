import type { Client } from 'discord.js';
import type { OfferedFile } from '../../../core/attachment.ts';
import type { Clock } from '../../../core/clock.ts';
import type { GatewayHost, Inbound, Principal, Standing } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import type { Controls } from '../shared/controls.ts';
import type { Places } from '../shared/places.ts';
import { conversationOf, type DiscordSpot } from './discord-spot.ts';
import type { FormDesk } from './form-desk.ts';
import type { HandingOver } from './hand-over.ts';
import type { Spots } from './spots.ts';
import { type Asking, newSession, newSpot, tenantOf, type Where } from './where.ts';

/** What everything that people do on Discord is dealt with by. */
export interface Desk {
	client: Client<true>;
	host: GatewayHost;
	places: Places<DiscordSpot>;
	spots: Spots;
	controls: Controls;
	clock: Clock;
	handOver: HandingOver['handOver'];
	/** What tool servers ask of people. */
	forms: FormDesk;
	/** Whether messages that do not name the bot can be read. */
	readsMessages: boolean;
	/** Texts in a language; null: the process's own. */
	sayIn(locale: string | null): Say;
	/** The language of a person, as Discord last said; messages do not tell it. */
	locales: Map<string, string>;
	/** Channels in which it has been said that no threads can be opened. */
	toldOfThreads: Set<string>;
}

/** Who did something, and with what. */
export interface Deed {
	id: string;
	user: string;
	session: string;
	locale: string | null;
	/** A server, or null; what is private belongs to none. */
	guild: string | null;
	/** What Discord says of them; null: nothing. */
	standing: Standing | null;
}

/** A command, as the port takes it. */
export function commandOf(deed: Deed, name: string, options: object, files: readonly OfferedFile[] = []): Inbound {
	const { id, session, locale } = deed;
	const person = { platform: 'discord', tenant: tenantOf(deed.guild), user: deed.user };
	const principal: Principal = { ...person, ...(deed.standing ?? { roles: null }) };
	const given = { ...options };
	return { type: 'command', id, principal, session, locale: locale ?? undefined, name, options: given, files };
}

/** Keeps where the thread of a new question will be. Returns its session; the same for a second delivery. */
export async function beginThread({ places }: Desk, where: Where, asking: Asking): Promise<string> {
	const session = newSession(where, asking);
	if ((await places.get(session)) === null) await places.put(session, newSpot(where, asking), null);
	return session;
}

/** A further question in a thread: where boards reply to what asked for them, the next one replies to `message`. */
export async function goOn({ places, spots }: Desk, session: string, message: string | null): Promise<void> {
	const spot = await places.get(session);
	if (spot === null || !REPLYING.includes(spot.form) || spot.replyTo === message) return;
	await spots.change(session, { replyTo: message }, null);
}

const REPLYING: readonly DiscordSpot['form'][] = ['thread', 'dm', 'replies'];

/** The session that talks in a thread; null: none, or it is no thread. */
export async function sessionOfThread({ places }: Desk, { kind, channel, parent }: Where): Promise<string | null> {
	if (kind !== 'thread') return null;
	const known = await places.find(conversationOf(channel));
	// Somebody may write in it before it has been noted: it has the id of the board that it was opened on.
	return known === null && parent !== null ? places.find(conversationOf(parent, channel)) : known;
}

/** The session that a message of the bot belongs to; `reference`: the message that it replies to itself. */
export async function sessionOfMessage(
	{ places }: Desk,
	{ channel }: Where,
	{ id, reference }: { id: string; reference: string | null },
): Promise<string | null> {
	// A thread has the id of the message it was opened on.
	const names = [conversationOf(channel, id), conversationOf(id)];
	if (reference !== null) names.push(conversationOf(channel, reference));
	for (const name of names) {
		const found = await places.find(name);
		if (found !== null) return found;
	}
	return null;
}

/** What to add to the help: how to go on where messages cannot be read. */
export const helpNote = ({ readsMessages }: Desk, command: string, say: Say): string =>
	command === 'help' && !readsMessages ? say('discord.going_on') : '';

/** What to add, once in a channel, when answers come there without a thread; empty: nothing. */
export function threadNote({ toldOfThreads }: Desk, where: Where, spot: DiscordSpot | null, say: Say): string {
	if (spot?.form !== 'replies' || toldOfThreads.has(where.channel)) return '';
	toldOfThreads.add(where.channel);
	return say('discord.threads_refused');
}
