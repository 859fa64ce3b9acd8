import type { Message } from 'discord.js';
import { isStopWord, readCommand, type TypedCommand } from '../shared/command-text.ts';
import type { Caller } from './callers.ts';
import {
	beginThread,
	commandOf,
	type Desk,
	goOn,
	helpNote,
	sessionOfMessage,
	sessionOfThread,
	threadNote,
} from './desk.ts';
import type { DiscordSpot } from './discord-spot.ts';
import { messageCaller } from './message-caller.ts';
import { offeredFile } from './offered-file.ts';
import { standingOfAuthor } from './standing.ts';
import { channelSession, missingIn, type Where, whereIs } from './where.ts';
import type { Written } from './written.ts';

/** A message as far as it matters here. */
interface Heard extends Pick<Written, 'message' | 'attachments'> {
	where: Where;
	/** What it says, without the mention of the bot. */
	text: string;
	/** Whether it mentions the bot in its text. */
	isNamed: boolean;
	/** The message of the bot that it replies to; null: none. */
	replied: Message | null;
	/** The session that it goes on with, and where that is; null: none. */
	known: { session: string; spot: DiscordSpot | null } | null;
}

/** Somebody wrote a message: a question, a follow-up, `stop`, or nothing that concerns the bot. */
export async function messageWritten(desk: Desk, { message, content, attachments }: Written): Promise<void> {
	const { author, webhookId, system, guildId, channelId, channel } = message;
	if (author.bot || webhookId !== null || system) return;
	const mention = new RegExp(`<@!?${desk.client.user.id}>`, 'g');
	const isNamed = mention.test(content);
	const mayConcern = guildId === null || isNamed || message.reference !== null || channel.isThread();
	if (!mayConcern) return;
	const where = await whereIs(desk.client, guildId, channelId, null);
	const replied = await repliedTo(desk, message);
	const known = await knownSession(desk, where, replied);
	const text = content.replace(mention, ' ').trim();
	await understood(desk, { message, attachments, where, text, isNamed, replied, known });
}

async function understood(desk: Desk, heard: Heard): Promise<void> {
	const { attachments, where, text, isNamed, known } = heard;
	const isDirect = where.kind === 'dm';
	if (isStopWord(text) && (known !== null || isNamed || isDirect)) {
		return command(desk, heard, { name: 'stop', options: {} });
	}
	const goesOn = known !== null && !isNamed && isMeantForBot(heard, known.spot);
	if (!goesOn && !isNamed && !isDirect) return;
	const typed = goesOn ? followUp(text) : readCommand(text, desk.host.commands());
	if (typed !== null) return command(desk, heard, typed);
	// Without the intent, what a message says that does not name the bot is empty.
	if (isNamed || isDirect || attachments.length > 0) await hint(desk, heard);
}

const followUp = (text: string): TypedCommand | null =>
	text === '' ? null : { name: 'ask', options: { question: text } };

/** In a thread that the bot opened everything is, unless it is said to somebody else. */
function isMeantForBot({ message, replied }: Heard, spot: DiscordSpot | null): boolean {
	if (replied !== null) return true;
	const isOwn = spot?.form === 'text' || spot?.form === 'forum';
	const others = message.mentions.users.size + message.mentions.roles.size;
	return isOwn && others === 0 && message.reference === null && !message.mentions.everyone;
}

async function command(desk: Desk, heard: Heard, typed: TypedCommand): Promise<void> {
	const caller = callerFor(heard);
	const locale = desk.locales.get(heard.message.author.id) ?? null;
	try {
		await carriedOut(desk, heard, typed, { caller, locale });
	} catch (error) {
		await caller.tell(desk.sayIn(locale)('discord.failed')).catch(() => {});
		throw error;
	}
}

async function carriedOut(
	desk: Desk,
	{ message, attachments, where, known }: Heard,
	{ name, options }: TypedCommand,
	{ caller, locale }: { caller: Caller; locale: string | null },
): Promise<void> {
	const say = desk.sayIn(locale);
	const standing = standingOfAuthor(message);
	const by = { id: message.id, user: message.author.id, standing };
	const deed = (session: string) => ({ ...by, session, locale, guild: where.guild });
	if (name !== 'ask') {
		const session = known?.session ?? channelSession(where);
		return desk.handOver(commandOf(deed(session), name, options), caller, helpNote(desk, name, say));
	}
	const missing = missingIn(where);
	if (missing.length > 0) {
		// What cannot be said here is said to the person.
		await message.author.send({ content: say('discord.may_not', { missing: missing.join(', ') }) }).catch(() => {});
		return;
	}
	const asking = { id: message.id, replyTo: message.id, locale, maxFileBytes: null };
	const session = known?.session ?? (await beginThread(desk, where, asking));
	if (known !== null) await goOn(desk, session, message.id);
	const files = attachments.map((attachment) => offeredFile(attachment, say));
	const note = known === null ? threadNote(desk, where, await desk.places.get(session), say) : '';
	if (note !== '') await caller.tell(note);
	await desk.handOver(commandOf(deed(session), 'ask', options, files), caller);
}

/** What is asked beside a thread is answered in it, so whoever asks is shown the way there. */
function callerFor({ message, where, known }: Heard): Caller {
	const spot = known?.spot ?? null;
	const isElsewhere = spot !== null && spot.thread !== null && spot.thread !== where.channel;
	return messageCaller(message, isElsewhere);
}

async function hint(desk: Desk, heard: Heard): Promise<void> {
	const say = desk.sayIn(desk.locales.get(heard.message.author.id) ?? null);
	await callerFor(heard).tell(say('discord.how_to_ask'));
}

/** Null as well when the message is gone, or another's. */
async function repliedTo({ client }: Desk, message: Message): Promise<Message | null> {
	if (message.reference === null) return null;
	const replied = await message.fetchReference().catch(() => null);
	return replied?.author.id === client.user.id ? replied : null;
}

async function knownSession(desk: Desk, where: Where, replied: Message | null): Promise<Heard['known']> {
	const about = replied && { id: replied.id, reference: replied.reference?.messageId ?? null };
	const session = (await sessionOfThread(desk, where)) ?? (about && (await sessionOfMessage(desk, where, about)));
	return session === null ? null : { session, spot: await desk.places.get(session) };
}
