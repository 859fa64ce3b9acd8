import type { Client } from 'discord.js';
import type { Clock } from '../../../core/clock.ts';
import { messageOf } from '../../../core/errors.ts';
import type { Gateway, GatewayHost, Inbound } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import { decodeSessionId } from '../../../core/session-id.ts';
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
import { discordSpotSchema, messageLink } from './discord-spot.ts';
import { createFormDesk, type FormDesk } from './form-desk.ts';
import { createHandingOver } from './hand-over.ts';
import { createPoster, type Poster } from './poster.ts';
import { renderDiscord } from './render.ts';
import { replyInPlace } from './reply-in-place.ts';
import { createSpots } from './spots.ts';
import { standingNow } from './standing.ts';
import { stopTimers } from './stop-timers.ts';
import { tenantOf } from './where.ts';

/** Edits of one channel share a limit of about five in five seconds (observed). */
const EDIT_INTERVAL_MS = 1500;
/** How long what people did last may take to be handed over when the bot stops, in ms. */
const SETTLE_MS = 5000;
/** How long the end of the connection is waited for, in ms. */
const GOODBYE_MS = 2000;
/** Of one run; what is beyond it goes to the result. */
const MAX_MESSAGES = 20;

export interface DiscordGatewayOptions extends ConnectionOptions {
	/** The server in which the commands are registered, for development; null: everywhere. */
	guild: string | null;
	/** Whether to register the commands at the start. */
	deploy: boolean;
	/** Channels for requests whose own place is gone, at most one of a server is of use; a server's go to its own. */
	approvalsChannels: readonly string[];
	store: Store;
	clock: Clock;
	/** Texts in a language; null: the process's own. */
	sayIn(locale: string | null): Say;
	/** One sentence about something that went wrong and is nobody's fault on Discord. */
	onProblem(text: string): void;
	/** A request has to wait for a limit of Discord. */
	onLimited?: (() => void) | undefined;
}

export interface DiscordGateway extends Gateway<DiscordBody> {
	/** What can be said of it when it is up: as whom, in how many servers. */
	about(): string;
}

/** What there is from the moment on at which the bot is connected. */
interface Connection {
	client: Client<true>;
	poster: Poster;
	forms: FormDesk;
	/** Hears nothing more, and hands over what was heard. */
	stopListening(): Promise<void>;
}

/**
 * Discord, over its gateway and REST API. `start` throws a sentence: as `config_invalid` when the token is wrong or an
 * intent was not granted; when Discord cannot be reached it may be called again. What is posted before waits for it.
 */
export async function createDiscordGateway(options: DiscordGatewayOptions): Promise<DiscordGateway> {
	const { store, clock, sayIn } = options;
	const own = sayIn(null);
	const restOnce = await createRestOnce(options);
	const places = createPlaces(store, 'discord', discordSpotSchema);
	const controls = createControls(store, 'discord');
	const callers = createCallers(clock);
	const boards = createBoardWaits();
	const spots = createSpots(places, own);
	const onProblem = (error: unknown) => options.onProblem(own('discord.problem', { reason: messageOf(error) }));
	const stopping = new AbortController();
	const connected = Promise.withResolvers<Connection>();
	let connection: Connection | null = null;

	const connect = async (host: GatewayHost): Promise<Connection> => {
		const client = (await createDiscordClient(options)) as Client<true>;
		const { handOver, stop } = createHandingOver({ host, callers, boards, places, clock, sayIn, onProblem });
		const readsMessages = options.messageContent;
		const forms = createFormDesk({ rest: client.rest, spots, sayIn, onProblem });
		const desk = { client, host, places, spots, controls, clock, handOver, forms, readsMessages, sayIn };
		const opened = Promise.withResolvers<void>();
		const events = createDiscordEvents(desk, opened.promise, onProblem);
		client.on('interactionCreate', events.interaction);
		client.on('messageCreate', events.message);
		client.on('error', onProblem);
		await logIn(client, options, own, stopping.signal);
		tellProblems(client, own, options.onProblem);
		if (options.onLimited !== undefined) client.rest.on('rateLimited', options.onLimited);
		const { keptFile } = host;
		const { approvalsChannels } = options;
		const needs = {
			rest: client.rest,
			restOnce,
			bot: client.user.id,
			spots,
			controls,
			clock,
			keptFile,
			approvalsChannels,
			sayIn,
		};
		const poster = createPoster({ ...needs, onProblem: options.onProblem, onBoard: boards.happened });
		opened.resolve();
		const stopListening = async () => {
			await soon(clock, SETTLE_MS, forms.end());
			client.off('interactionCreate', events.interaction);
			client.off('messageCreate', events.message);
			await soon(clock, SETTLE_MS, events.settled());
			stop();
		};
		return { client, poster, forms, stopListening };
	};

	return {
		name: 'discord',
		capabilities: { editIntervalMs: EDIT_INTERVAL_MS, canAsk: true, keepsMessages: true, maxMessages: MAX_MESSAGES },
		async start(host) {
			connection = await connect(host);
			connected.resolve(connection);
			if (options.deploy) await deployOn(connection.client, host, options).catch(onProblem);
		},
		about() {
			const { user = null, guilds = null } = connection?.client ?? {};
			return own('discord.connected', { name: user?.tag ?? '', count: guilds?.cache.size ?? 0 });
		},
		render: renderDiscord,
		post: async (...message) => (await connected.promise).poster.post(...message),
		edit: async (...message) => (await connected.promise).poster.edit(...message),
		remove: async (...message) => (await connected.promise).poster.remove(...message),
		async standing(user, session) {
			if (connection === null) throw new Error(own('discord.not_connected'));
			const { tenant } = decodeSessionId(session);
			return standingNow(connection.client, tenant === tenantOf(null) ? null : tenant, user);
		},
		async linkTo(session) {
			const spot = await places.get(session);
			if (spot === null) return null;
			const { guild, thread, channel, root } = spot;
			return thread === null ? messageLink(guild, channel, root) : messageLink(guild, thread);
		},
		isConnected: () => connection?.client.isReady() ?? false,
		elicit: async (...asked) => (await connection?.forms.put(...asked)) ?? { type: 'declined' },
		async reply(inbound: Inbound, text: string) {
			if (connection === null) throw new Error(own('discord.not_connected'));
			const isTold = await callers.find(inbound.id)?.tell(text);
			if (isTold !== true) await replyInPlace(connection.client, places, inbound.session, text);
		},
		async stop() {
			stopping.abort();
			await connection?.stopListening();
			stopTimers(restOnce);
			connection?.client.removeAllListeners('shardDisconnect');
			if (connection !== null) await soon(clock, GOODBYE_MS, connection.client.destroy());
		},
	};
}

/** Waits for something that ends the sooner the better, for so many ms. */
const soon = (clock: Clock, ms: number, work: Promise<void>): Promise<void> => {
	const late = Promise.withResolvers<void>();
	const cancel = clock.after(ms, late.resolve);
	return Promise.race([work, late.promise]).finally(cancel);
};

async function deployOn(client: Client<true>, host: GatewayHost, options: DiscordGatewayOptions): Promise<void> {
	const commands = appCommands(host.commands(), options.sayIn);
	await deployCommands(commands, { rest: client.rest, application: client.application.id, guild: options.guild });
}
