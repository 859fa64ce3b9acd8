import { BotError } from '../../../core/errors.ts';
import type { Say } from '../../../core/say.ts';
import type { Places } from '../shared/places.ts';
import type { DiscordSpot } from './discord-spot.ts';

/** Where sessions are, for what is posted there. */
export interface Spots {
	/** Throws `place_gone` when it is not known. */
	get(session: string): Promise<DiscordSpot>;
	/**
	 * Changes what is known, one change of a session after the other, and names one more conversation that belongs to it
	 * (null: none). Durable when it resolves.
	 */
	change(session: string, change: Partial<DiscordSpot>, conversation: string | null): Promise<DiscordSpot>;
}

export function createSpots(places: Places<DiscordSpot>, say: Say): Spots {
	const get = async (session: string): Promise<DiscordSpot> => {
		const spot = await places.get(session);
		if (spot === null) throw new BotError('place_gone', say('discord.gone.unplaced'));
		return spot;
	};
	const changing = new Map<string, Promise<unknown>>();

	const change: Spots['change'] = async (session, changed, conversation) => {
		const next = { ...(await get(session)), ...changed };
		await places.put(session, next, conversation);
		return next;
	};

	return {
		get,
		change(session, changed, conversation) {
			const before = changing.get(session) ?? Promise.resolve();
			const done = before.then(() => change(session, changed, conversation));
			const settled = done
				.catch(() => {})
				.finally(() => {
					if (changing.get(session) === settled) changing.delete(session);
				});
			changing.set(session, settled);
			return done;
		},
	};
}
