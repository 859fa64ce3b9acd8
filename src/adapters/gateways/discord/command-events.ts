import type { Attachment, ChatInputCommandInteraction, MessageContextMenuCommandInteraction } from 'discord.js';
import type { CommandForm } from '../../../core/command-form.ts';
import { apiCodeOf } from './api-code.ts';
import { FILE_OPTIONS, PRIVATE_OPTION } from './app-commands.ts';
import type { Caller } from './callers.ts';
import { beginThread, commandOf, type Desk, goOn, helpNote, sessionOfThread, threadNote } from './desk.ts';
import { attend } from './interaction-caller.ts';
import { offeredFile } from './offered-file.ts';
import { openingText } from './opening-text.ts';
import { standingOf } from './standing.ts';
import { channelSession, directConversation, missingIn, newSpot, type Where, whereIs } from './where.ts';
import { writtenNow } from './written.ts';

type CommandInteraction = ChatInputCommandInteraction | MessageContextMenuCommandInteraction;

/** Somebody puts a question by a command. */
interface Question {
	options: Record<string, unknown>;
	attachments: readonly Attachment[];
	isPrivate: boolean;
	/** The message that the question is about; null: none. */
	about: string | null;
}

/** `MessageFlags` of discord-api-types: SuppressEmbeds. */
const NO_PREVIEWS = 4;
/** `CANNOT_SEND_MESSAGES_TO_THIS_USER` (docs, topics/opcodes). */
const CLOSED_TO_US = 50007;

/** `/massgen ...` */
export function slashUsed(desk: Desk, interaction: ChatInputCommandInteraction): Promise<void> {
	return attend(desk, interaction, async (caller) => {
		const name = interaction.options.getSubcommand();
		const form = desk.host.commands().find((one) => one.name === name);
		const options = form === undefined ? {} : givenOptions(interaction, form);
		if (name !== 'ask') return command(desk, interaction, caller, name, options);
		const attachments = FILE_OPTIONS.flatMap((option) => interaction.options.getAttachment(option) ?? []);
		const isPrivate = interaction.options.getBoolean(PRIVATE_OPTION) ?? false;
		return question(desk, interaction, caller, { options, attachments, isPrivate, about: null });
	});
}

/** The entry in the menu of a message: its text is the question. */
export function menuUsed(desk: Desk, interaction: MessageContextMenuCommandInteraction): Promise<void> {
	const { message, content, attachments } = writtenNow(interaction.targetMessage);
	return attend(desk, interaction, async (caller) => {
		if (content.trim() === '') {
			await caller.tell(desk.sayIn(interaction.locale)('discord.nothing_to_ask'));
			return;
		}
		const asked = { options: { question: content }, attachments, isPrivate: false, about: message.id };
		await question(desk, interaction, caller, asked);
	});
}

function givenOptions({ options }: ChatInputCommandInteraction, { fields }: CommandForm): Record<string, unknown> {
	const given = fields.map(({ name, type }) => [
		name,
		type === 'flag' ? options.getBoolean(name) : options.getString(name),
	]);
	return Object.fromEntries(given.filter(([, value]) => value !== null));
}

async function command(
	desk: Desk,
	interaction: CommandInteraction,
	caller: Caller,
	name: string,
	options: object,
): Promise<void> {
	const where = await whereOf(desk, interaction);
	const session = (await sessionOfThread(desk, where)) ?? channelSession(where);
	const note = helpNote(desk, name, desk.sayIn(interaction.locale));
	await desk.handOver(commandOf(deedOf(interaction, where.guild, session), name, options), caller, note);
}

async function question(desk: Desk, interaction: CommandInteraction, caller: Caller, asked: Question): Promise<void> {
	const say = desk.sayIn(interaction.locale);
	const here = await whereOf(desk, interaction);
	const opened = asked.isPrivate ? await openPrivately(interaction, here, String(asked.options.question), say) : null;
	if (opened === 'closed') return void (await caller.tell(say('discord.private_closed')));
	const where = opened?.where ?? here;
	const missing = missingIn(where);
	if (missing.length > 0) return void (await caller.tell(say('discord.may_not', { missing: missing.join(', ') })));
	const known = opened === null ? await sessionOfThread(desk, where) : null;
	const asking = {
		id: interaction.id,
		replyTo: opened?.message ?? asked.about,
		locale: interaction.locale,
		maxFileBytes: interaction.attachmentSizeLimit,
	};
	const session = known ?? (await beginThread(desk, where, asking));
	if (known !== null) await goOn(desk, session, asked.about);
	const files = asked.attachments.map((attachment) => offeredFile(attachment, say));
	const deed = deedOf(interaction, where.guild, session);
	const note = known === null ? threadNote(desk, where, newSpot(where, asking), say) : '';
	await desk.handOver(commandOf(deed, 'ask', asked.options, files), caller, note);
}

const whereOf = ({ client }: Desk, { guildId, channelId, appPermissions }: CommandInteraction): Promise<Where> =>
	whereIs(client, guildId, channelId, appPermissions.bitfield);

const deedOf = (interaction: CommandInteraction, guild: string | null, session: string) => ({
	id: interaction.id,
	user: interaction.user.id,
	session,
	locale: interaction.locale,
	guild,
	standing: standingOf(interaction),
});

/** Opens the direct conversation with who asks; null: this is it. `closed`: they take no messages from the bot. */
async function openPrivately(
	{ user }: CommandInteraction,
	here: Where,
	asked: string,
	say: Parameters<typeof openingText>[1],
): Promise<{ where: Where; message: string } | 'closed' | null> {
	if (here.kind === 'dm') return null;
	try {
		const message = await user.send({ content: openingText(asked, say), flags: NO_PREVIEWS });
		return { where: directConversation(message.channelId), message: message.id };
	} catch (error) {
		if (apiCodeOf(error) === CLOSED_TO_US) return 'closed';
		throw error;
	}
}
