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

export interface HandingOver {
	/**
	 * Gives what a person did to the bot, and sees to it that they read what came of it: what the bot replied, or where
	 * the board of the question is. `note` is read beside that.
	 */
	handOver(inbound: Inbound, caller: Caller, note?: string): Promise<void>;
	/** Tells nobody anything any more. */
	stop(): void;
}

export function createHandingOver(options: HandOverOptions): HandingOver {
	const { host, callers, boards, places, clock, onProblem } = options;
	const pending = new Set<() => void>();

	/** Tells where the board is as soon as it is there. */
	const watchBoard = ({ session, locale }: Inbound, amend: (text: string) => Promise<void>, note: string) => {
		const say = options.sayIn(locale ?? null);
		const put = (text: string) => void amend([text, note].join('\n').trim()).catch(onProblem);
		const told = ({ type, ...news }: BoardNews) => {
			end();
			put('link' in news ? say('discord.board', { link: news.link }) : news.reason);
		};
		const endWait = boards.wait(session, told);
		let endLook = () => {};
		const end = () => {
			endWait();
			endLook();
			pending.delete(end);
		};
		pending.add(end);
		const look = async () => {
			const spot = await places.get(session);
			if (!pending.has(end)) return;
			if (spot === null || spot.root === null) return put(say('discord.begun'));
			told({ type: 'posted', link: messageLink(spot.guild, spot.channel, spot.root) });
		};
		const lookLater = () => {
			if (pending.has(end)) endLook = clock.after(BOARD_MS, () => void look().catch(onProblem));
		};
		return { end, lookLater };
	};

	return {
		async handOver(inbound, caller, note = '') {
			const { amend } = caller;
			const isBoard = inbound.type === 'command' && OPENING.includes(inbound.name);
			const watch = isBoard && amend !== null ? watchBoard(inbound, amend, note) : null;
			callers.keep(inbound.id, isBoard ? caller : withNote(caller, note));
			await host.receive(inbound);
			if (caller.wasTold()) watch?.end();
			else if (watch !== null) watch.lookLater();
			else if (!isBoard) await amend?.(options.sayIn(inbound.locale ?? null)('discord.done'));
		},
		stop() {
			for (const end of pending) end();
		},
	};
}

/** Commands that begin a run, or may. */
const OPENING: readonly string[] = ['ask', 'retry'];

const withNote = (caller: Caller, note: string): Caller =>
	note === '' ? caller : { ...caller, tell: (text, files) => caller.tell(`${text}\n${note}`, files) };
