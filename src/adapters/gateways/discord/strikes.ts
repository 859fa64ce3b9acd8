import type { Clock } from '../../../core/clock.ts';
import type { DiscordBody } from './discord-body.ts';
import { messageLink } from './discord-spot.ts';
import type { Job, Sent } from './job.ts';
import type { Requests } from './requests.ts';
import { messageBody } from './text-body.ts';

/** Between two attempts, in ms: what has used up its edits is not asked every time. */
const AGAIN_MS = 10 * 60_000;

/**
 * Says on a message that another has taken its place. Its own edits may be used up, so this is tried now and then for
 * as long as the other one is edited and the process lives; its buttons do nothing from the start.
 */
export interface Strikes {
	begin(job: Job, old: Pick<Sent, 'channel' | 'message'>, fresh: Sent): Promise<void>;
	/** The message with this id was edited. */
	goOn(message: string): Promise<void>;
}

export function createStrikes(requests: Requests, clock: Clock): Strikes {
	const waiting = new Map<string, { strike: () => Promise<void>; notBefore: number }>();

	async function attempt(message: string, strike: () => Promise<void>): Promise<void> {
		waiting.set(message, { strike, notBefore: clock.now() + AGAIN_MS });
		try {
			await strike();
			waiting.delete(message);
		} catch {
			// The run is shown all the same, so this is only tried again later.
		}
	}

	return {
		begin({ body, spot, say }, old, fresh) {
			const link = messageLink(spot.guild, fresh.channel, fresh.message);
			const struck = struckBody(body, say('discord.moved', { link }));
			return attempt(fresh.message, () => requests.change(old.channel, old.message, struck, spot, say));
		},
		async goOn(message) {
			const known = waiting.get(message);
			if (known !== undefined && known.notBefore <= clock.now()) await attempt(message, known.strike);
		},
	};
}

function struckBody({ card }: DiscordBody, text: string): DiscordBody {
	const body = messageBody(text);
	return card === null ? body : { ...body, card: { ...card, blocks: [[text]] } };
}
