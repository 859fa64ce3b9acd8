import type { Place, Slot } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import type { DiscordBody } from './discord-body.ts';
import type { DiscordSpot } from './discord-spot.ts';

/** A message to be shown, and where. */
export interface Job {
	place: Place;
	slot: Slot;
	body: DiscordBody;
	spot: DiscordSpot;
	/** In the language of who asked. */
	say: Say;
	/** A message that shows the slot and shall not be taken for it any more; null: none. */
	replaces: string | null;
}

/** Where a message is. */
export interface Sent {
	channel: string;
	message: string;
	/** False: it was there already, and may say something else. */
	isNew: boolean;
}
