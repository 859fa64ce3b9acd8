import type { Client } from 'discord.js';
import type { Clock } from '../../../core/clock.ts';
import { BotError, messageOf } from '../../../core/errors.ts';
import type { Gateway, GatewayHost, Inbound, Place } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import type { Store } from '../../../core/store.ts';
import { createControls } from '../shared/controls.ts';
import { createPlaces } from '../shared/places.ts';
import { appCommands } from './app-commands.ts';
import { createBoardWaits } from './board-waits.ts';
import { createCallers } from './callers.ts';
import { deployCommands } from './deploy-commands.ts';
import type { DiscordBody } from './discord-body.ts';
import { type ConnectionOptions, createDiscordClient, logIn, tellProblems } from './discord-client.ts';
import { createDiscordEvents } from './discord-events.ts';
import { discordSpotSchema, messageLink, messageOf as partsOf } from './discord-spot.ts';
import { createHandOver } from './hand-over.ts';
import { createPlaceholderPoster } from './placeholder-poster.ts';
import { replyInPlace } from './reply-in-place.ts';

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
	const places = createPlaces(store, 'discord', discordSpotSchema);
	const controls = createControls(store, 'discord');
	const callers = createCallers(clock);
	const boards = createBoardWaits();
	const poster = createPlaceholderPoster(client, places, controls);
	const onProblem = (error: unknown) => options.onProblem(own('discord.problem', { reason: messageOf(error) }));
	let stopListening = async () => {};

	const boardPosted = async ({ session }: Place, id: string): Promise<void> => {
		const { channel, message } = partsOf(id);
		const guild = (await places.get(session))?.guild ?? null;
		boards.happened(session, { type: 'posted', link: messageLink(guild, channel, message) });
	};

	return {
		name: 'discord',
		capabilities: { editIntervalMs: 1500, canAsk: true, keepsMessages: true, maxMessages: 20 },
		async start(host) {
			const ready = client as Client<true>;
			const handOver = createHandOver({ host, callers, boards, places, clock, sayIn, onProblem });
			const desk = { client: ready, host, places, controls, clock, handOver, sayIn };
			const events = createDiscordEvents(desk, onProblem);
			client.on('interactionCreate', events.interaction);
			client.on('messageCreate', events.message);
			stopListening = async () => {
				client.off('interactionCreate', events.interaction);
				client.off('messageCreate', events.message);
				await events.settled();
			};
			tellProblems(client, own, options.onProblem);
			await logIn(client, options, own);
			if (options.deploy) await deployOn(ready, host, options).catch(onProblem);
		},
		about: () => own('discord.connected', { name: client.user?.tag ?? '', count: client.guilds.cache.size }),
		render: poster.render,
		async post(place, slot, body) {
			try {
				const id = await poster.post(place, slot, body);
				if (slot.key === 'board') await boardPosted(place, id);
				return id;
			} catch (error) {
				if (slot.key === 'board' && error instanceof BotError && error.code === 'place_gone') {
					boards.happened(place.session, { type: 'refused', reason: error.userMessage });
				}
				throw error;
			}
		},
		edit: poster.edit,
		remove: poster.remove,
		async reply(inbound: Inbound, text: string) {
			const isTold = await callers.find(inbound.id)?.tell(text);
			if (isTold !== true) await replyInPlace(client, places, inbound.session, text);
		},
		async stop() {
			await stopListening();
			await client.destroy();
		},
	};
}

async function deployOn(client: Client<true>, host: GatewayHost, options: DiscordGatewayOptions): Promise<void> {
	const commands = appCommands(host.commands(), options.sayIn);
	await deployCommands(commands, { rest: client.rest, application: client.application.id, guild: options.guild });
}
