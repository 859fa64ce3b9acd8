import type { Client } from 'discord.js';
import type { Clock } from '../../../core/clock.ts';
import { messageOf } from '../../../core/errors.ts';
import type { Gateway, GatewayHost, Inbound } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import type { Store } from '../../../core/store.ts';
import { createControls } from '../shared/controls.ts';
import { createPlaces } from '../shared/places.ts';
import { appCommands } from './app-commands.ts';
import { createBoardWaits } from './board-waits.ts';
import { createCallers } from './callers.ts';
import { deployCommands } from './deploy-commands.ts';
import type { DiscordBody } from './discord-body.ts';
import { type ConnectionOptions, createDiscordClient, createRestOnce, logIn, tellProblems } from './discord-client.ts';
import { createDiscordEvents } from './discord-events.ts';
import { discordSpotSchema } from './discord-spot.ts';
import { createHandingOver } from './hand-over.ts';
import { createPoster, type Poster } from './poster.ts';
import { renderDiscord } from './render.ts';
import { replyInPlace } from './reply-in-place.ts';
import { createSpots } from './spots.ts';
import { stopTimers } from './stop-timers.ts';

/** Edits of one channel share a limit of about five in five seconds (observed). */
const EDIT_INTERVAL_MS = 1500;
/** How long what people did last may take to be handed over when the bot stops, in ms. */
const SETTLE_MS = 5000;
/** Of one run; what is beyond it goes to the result. */
const MAX_MESSAGES = 20;

export interface DiscordGatewayOptions extends ConnectionOptions {
	/** The server in which the commands are registered, for development; null: everywhere. */
	guild: string | null;
	/** Whether to register the commands at the start. */
	deploy: boolean;
	store: Store;
	clock: Clock;
	/** Texts in a language; null: the process's own. */
	sayIn(locale: string | null): Say;
	/** One sentence about something that went wrong and is nobody's fault on Discord. */
	onProblem(text: string): void;
}

export interface DiscordGateway extends Gateway<DiscordBody> {
	/** What can be said of it when it is up: as whom, in how many servers. */
	about(): string;
}

/**
 * Discord, over its gateway and REST API. `start` throws `config_invalid` with a sentence when the token is wrong, an
 * intent was not granted, or Discord cannot be reached.
 */
export async function createDiscordGateway(options: DiscordGatewayOptions): Promise<DiscordGateway> {
	const { store, clock, sayIn } = options;
	const own = sayIn(null);
	const client = await createDiscordClient(options);
	const restOnce = await createRestOnce(options);
	const places = createPlaces(store, 'discord', discordSpotSchema);
	const controls = createControls(store, 'discord');
	const callers = createCallers(clock);
	const boards = createBoardWaits();
	const spots = createSpots(places, own);
	const onProblem = (error: unknown) => options.onProblem(own('discord.problem', { reason: messageOf(error) }));
	let poster: Poster | null = null;
	let stopListening = async () => {};

	/** What is posted before the connection is there is tried again. */
	const posterThere = (): Poster => {
		if (poster !== null) return poster;
		throw new Error(own('discord.not_connected'));
	};

	return {
		name: 'discord',
		capabilities: { editIntervalMs: EDIT_INTERVAL_MS, canAsk: true, keepsMessages: true, maxMessages: MAX_MESSAGES },
		async start(host) {
			const ready = client as Client<true>;
			const { handOver, stop } = createHandingOver({ host, callers, boards, places, clock, sayIn, onProblem });
			const readsMessages = options.messageContent;
			const desk = { client: ready, host, places, spots, controls, clock, handOver, readsMessages, sayIn };
			const opened = Promise.withResolvers<void>();
			const events = createDiscordEvents(desk, opened.promise, onProblem);
			client.on('interactionCreate', events.interaction);
			client.on('messageCreate', events.message);
			stopListening = async () => {
				client.off('interactionCreate', events.interaction);
				client.off('messageCreate', events.message);
				await Promise.race([events.settled(), new Promise<void>((late) => void clock.after(SETTLE_MS, late))]);
				stop();
			};
			client.on('error', onProblem);
			await logIn(client, options, own);
			tellProblems(client, own, options.onProblem);
			const needs = { rest: client.rest, restOnce, bot: ready.user.id, spots, controls, clock, sayIn };
			poster = createPoster({ ...needs, onProblem: options.onProblem, onBoard: boards.happened });
			opened.resolve();
			if (options.deploy) await deployOn(ready, host, options).catch(onProblem);
		},
		about: () => own('discord.connected', { name: client.user?.tag ?? '', count: client.guilds.cache.size }),
		render: renderDiscord,
		post: async (...message) => posterThere().post(...message),
		edit: async (...message) => posterThere().edit(...message),
		remove: async (...message) => posterThere().remove(...message),
		async reply(inbound: Inbound, text: string) {
			const isTold = await callers.find(inbound.id)?.tell(text);
			if (isTold !== true) await replyInPlace(client, places, inbound.session, text);
		},
		async stop() {
			await stopListening();
			stopTimers(restOnce);
			client.removeAllListeners('shardDisconnect');
			await client.destroy();
		},
	};
}

async function deployOn(client: Client<true>, host: GatewayHost, options: DiscordGatewayOptions): Promise<void> {
	const commands = appCommands(host.commands(), options.sayIn);
	await deployCommands(commands, { rest: client.rest, application: client.application.id, guild: options.guild });
}
