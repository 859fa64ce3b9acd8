import type { Client } from 'discord.js';
import { decodeSessionId } from '../../../core/session-id.ts';
import type { Places } from '../shared/places.ts';
import type { DiscordSpot } from './discord-spot.ts';
import { replyParts } from './reply-parts.ts';

/** `MessageFlags` of discord-api-types: SuppressEmbeds. */
const NO_PREVIEWS = 4;

/** Says something where a session is shown, when the person cannot be answered in private any more. */
export async function replyInPlace(
	client: Client,
	places: Places<DiscordSpot>,
	session: string,
	text: string,
): Promise<void> {
	const spot = await places.get(session);
	const target = spot?.thread ?? spot?.channel ?? decodeSessionId(session).channel;
	const channel = await client.channels.fetch(target);
	if (channel?.isSendable() !== true) return;
	for (const part of replyParts(text)) await channel.send({ ...part, flags: NO_PREVIEWS });
}
