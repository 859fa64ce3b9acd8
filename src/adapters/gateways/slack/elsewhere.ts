import { BotError } from '../../../core/errors.ts';
import type { SlackSpot } from './slack-spot.ts';

/** Before the id of what is shown in another channel than its thread's. */
const MARK = 'in:';

/** Whether a slot is a card, which may be shown in another channel than its thread's: a run waits for it. */
export const isCard = (key: string): boolean => key.startsWith('approval:');

/** The spot in another channel of the same workspace. */
const spotIn = (spot: SlackSpot, channel: string): SlackSpot => ({ ...spot, channel, root: null, thread_ts: null });

export const encodeElsewhere = (channel: string, id: string): string => `${MARK}${channel}:${id}`;

/** Where a shown message is, and its id there; `isElsewhere`: not where the session's thread is. */
export function shownAt(spot: SlackSpot, id: string): { spot: SlackSpot; id: string; isElsewhere: boolean } {
	if (!id.startsWith(MARK)) return { spot, id, isElsewhere: false };
	const [channel = '', ...rest] = id.slice(MARK.length).split(':');
	return { spot: spotIn(spot, channel), id: rest.join(':'), isElsewhere: true };
}

/**
 * Shows a card in the first of `channels` that takes it, and returns its id. What was asked in direct messages stays
 * there. Throws `gone` when none takes it.
 */
export async function showElsewhere(
	spot: SlackSpot,
	channels: readonly string[],
	gone: BotError,
	show: (there: SlackSpot) => Promise<string>,
): Promise<string> {
	if (spot.form === 'dm') throw gone;
	for (const channel of channels) {
		try {
			return encodeElsewhere(channel, await show(spotIn(spot, channel)));
		} catch (error) {
			if (!(error instanceof BotError) || error.code !== 'place_gone') throw error;
		}
	}
	throw gone;
}

export const isPlaceGone = (error: unknown): error is BotError =>
	error instanceof BotError && error.code === 'place_gone';
