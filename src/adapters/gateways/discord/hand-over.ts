import type { Clock } from '../../../core/clock.ts';
import type { GatewayHost, Inbound } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import type { Places } from '../shared/places.ts';
import type { BoardNews, BoardWaits } from './board-waits.ts';
import type { Caller, Callers } from './callers.ts';
import { type DiscordSpot, messageLink } from './discord-spot.ts';

export interface HandOverOptions {
	host: GatewayHost;
	callers: Callers;
	boards: BoardWaits;
	places: Places<DiscordSpot>;
	clock: Clock;
	sayIn(locale: string | null): Say;
	onProblem(error: unknown): void;
}

/** How long a board may take to be seen before the person is told where to look for it, in ms. */
const BOARD_MS = 10_000;

/**
 * Gives what a person did to the bot, and sees to it that they read what came of it: what the bot replied, or where
 * the board of the question is. `note` is read beside the latter.
 */
export type HandOver = (inbound: Inbound, caller: Caller, note?: string) => Promise<void>;

export function createHandOver(options: HandOverOptions): HandOver {
	const { host, callers, boards, places, clock, onProblem } = options;

	/** Tells where the board is as soon as it is there. The result must be called when the bot has begun. */
	const watchBoard = ({ session, locale }: Inbound, amend: (text: string) => Promise<void>, note: string) => {
		const say = options.sayIn(locale ?? null);
		const put = (text: string) => void amend([text, note].join('\n').trim()).catch(onProblem);
		let news: BoardNews | null = null;
		let cancel = () => {};
		const end = boards.wait(session, (heard) => {
			news = heard;
			cancel();
			put(heard.type === 'posted' ? say('discord.board', { link: heard.link }) : heard.reason);
		});
		const point = async () => {
			const spot = await places.get(session);
			const known = spot === null || spot.root === null ? null : messageLink(spot.guild, spot.channel, spot.root);
			if (news === null) put(known === null ? say('discord.begun') : say('discord.board', { link: known }));
		};
		const begun = () => {
			if (news === null) cancel = clock.after(BOARD_MS, () => void point().catch(onProblem));
		};
		return { end, begun };
	};

	return async (inbound, caller, note = '') => {
		const { amend } = caller;
		callers.keep(inbound.id, caller);
		const opensBoard = inbound.type === 'command' && ['ask', 'retry'].includes(inbound.name);
		const watch = opensBoard && amend !== null ? watchBoard(inbound, amend, note) : null;
		await host.receive(inbound);
		if (caller.wasTold()) watch?.end();
		else if (watch !== null) watch.begun();
		else if (!opensBoard) await amend?.(options.sayIn(inbound.locale ?? null)('discord.done'));
	};
}
