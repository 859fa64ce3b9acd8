import { BotError } from '../../../core/errors.ts';
import type { Say } from '../../../core/say.ts';
import type { Places } from '../shared/places.ts';
import type { DiscordSpot } from './discord-spot.ts';

/** Where sessions are, for what is posted there. */
export interface Spots {
	/** Throws `place_gone` when it is not known. */
	get(session: string): Promise<DiscordSpot>;
	/** Changes what is known, and names one more conversation that belongs to the session. Durable when it resolves. */
	change(session: string, change: Partial<DiscordSpot>, conversation: string): Promise<DiscordSpot>;
}

export function createSpots(places: Places<DiscordSpot>, say: Say): Spots {
	const get = async (session: string): Promise<DiscordSpot> => {
		const spot = await places.get(session);
		if (spot === null) throw new BotError('place_gone', say('discord.gone.unplaced'));
		return spot;
	};
	return {
		get,
		async change(session, change, conversation) {
			const next = { ...(await get(session)), ...change };
			await places.put(session, next, conversation);
			return next;
		},
	};
}
