import type {
	ChatInputCommandInteraction,
	MessageComponentInteraction,
	MessageContextMenuCommandInteraction,
	ModalSubmitInteraction,
} from 'discord.js';
import { apiCodeOf } from './api-code.ts';
import type { Caller } from './callers.ts';
import type { Desk } from './desk.ts';
import { replyParts } from './reply-parts.ts';

/** What a person did and reads a private answer to. */
export type Answerable =
	| ChatInputCommandInteraction
	| MessageContextMenuCommandInteraction
	| MessageComponentInteraction
	| ModalSubmitInteraction;

/** `MessageFlags` of discord-api-types: Ephemeral, and SuppressEmbeds. */
const EPHEMERAL = 64;
const NO_PREVIEWS = 4;
/** The token lives for 15 minutes; what is begun in the last of them may come too late. */
const TOKEN_MS = 14 * 60_000;
/** Unknown interaction: it is too late. Already acknowledged: an answer whose receipt was lost. Codes of docs, topics/opcodes. */
const TOO_LATE = 10062;
const ALREADY = 40060;
/** The person has dismissed the answer; or its token has died. */
const DISMISSED = 10008;

/**
 * Takes an interaction up within its three seconds, and does the work: the person sees that the bot is at it, nobody
 * else does, and is told if it fails. Nothing is done when Discord has given the interaction up: the person was told.
 */
export async function attend(
	{ clock, sayIn }: Pick<Desk, 'clock' | 'sayIn'>,
	interaction: Answerable,
	work: (caller: Caller) => Promise<void>,
): Promise<void> {
	const bornAt = clock.now();
	if (!(await defer(interaction, 2))) return;
	const caller = callerOf(interaction, () => clock.now() - bornAt < TOKEN_MS);
	try {
		await work(caller);
	} catch (error) {
		await caller.tell(sayIn(interaction.locale)('discord.failed')).catch(() => {});
		throw error;
	}
}

/** `tries`: a connection that broke says nothing about what became of the request. */
async function defer(interaction: Answerable, tries: number): Promise<boolean> {
	try {
		await interaction.deferReply({ flags: EPHEMERAL });
		return true;
	} catch (error) {
		const code = apiCodeOf(error);
		if (code === ALREADY) interaction.deferred = true;
		if (code === ALREADY || code === TOO_LATE) return code === ALREADY;
		if (tries > 1) return defer(interaction, tries - 1);
		throw error;
	}
}

function callerOf(interaction: Answerable, isAlive: () => boolean): Caller {
	let told = 0;
	const edit = async (message: { content: string; files?: { attachment: Buffer; name: string }[] }) => {
		await interaction.editReply({ ...message, flags: NO_PREVIEWS }).catch((error: unknown) => {
			if (apiCodeOf(error) !== DISMISSED) throw error;
		});
	};
	return {
		wasTold: () => told > 0,
		async tell(text, files) {
			if (!isAlive()) return false;
			for (const part of replyParts(text, files)) {
				told += 1;
				if (told === 1) await edit(part);
				else await interaction.followUp({ ...part, flags: EPHEMERAL | NO_PREVIEWS });
			}
			return true;
		},
		async amend(text) {
			if (isAlive()) await edit({ content: text });
		},
	};
}
