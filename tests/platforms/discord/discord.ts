import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../../src/core/clock.ts';
import { createBuckets, type Rates } from './buckets.ts';
import { type Commands, createCommands } from './commands.ts';
import { createFailures, type Failure, type Matched, type Switch } from './failures.ts';
import { createGateway, type Gateway, type GatewaySwitches } from './gateway.ts';
import { createRequestListener } from './http.ts';
import { createInteractions } from './interactions.ts';
import { createLedger, type RequestLedger } from './ledger.ts';
import { createInteractingPerson, type InteractingPerson } from './person.ts';
import { type ActingPerson, createActingPerson } from './person-acts.ts';
import type { Platform, Settings, Violation } from './platform.ts';
import { messageText, shownMessages, transcript } from './render.ts';
import { channelRoutes } from './routes-channels.ts';
import { interactionRoutes } from './routes-interactions.ts';
import { messageRoutes } from './routes-messages.ts';
import { placeRoutes } from './routes-places.ts';
import { createRunningClock } from './running-clock.ts';
import { type ChannelName, type PersonName, type ServerName, seed } from './seed.ts';
import { createWaits } from './waits.ts';
import { type Channel, createWorld, directChannel, type Message, type User } from './world.ts';

export interface DiscordOptions {
	/** Time of tokens, message ages, nonces and idle threads. Rate limits go by the machine's time, as clients do. */
	clock?: Clock;
	/** By default `off`. */
	rates?: Rates;
	/** The privileged intents the application was granted in the developer portal; by default none. */
	granted?: readonly ('MessageContent' | 'GuildMembers' | 'GuildPresences')[];
	maxFileBytes?: number;
	maxActiveThreads?: number;
	/** Refused requests (401, 403, 429) in ten minutes that get an address banned; by default 10,000. */
	banAfter?: number;
	/** What `GET /gateway/bot` recommends; by default 1. */
	shards?: number;
}

export interface Person extends InteractingPerson, ActingPerson {
	readonly user: User;
	/** The private conversation of this person and the bot. */
	readonly dm: Channel;
}

/** See `createFakeDiscord`. */
export interface FakeDiscord {
	/** For `rest.api` of the client: `http://127.0.0.1:1234/api`. */
	readonly api: string;
	readonly token: string;
	/** Id of the application and of its bot. */
	readonly clientId: string;
	readonly bot: User;
	/** Servers `Alpha` and `Beta`; see `seed.ts` for their channels. */
	channel(server: ServerName, name: ChannelName): Channel;
	guildId(server: ServerName): string;
	/** Roles `Approvers` (anybody may mention it) and `MassGen` (the bot's). */
	roleId(server: ServerName, name: string): string;
	person(name: PersonName): Person;
	/** Somebody new in a server, without roles. */
	join(server: ServerName, name: string): Person;
	/** Threads of a channel, archived ones too, in the order of their making. */
	threads(parent: Channel): readonly Channel[];
	/** What somebody sees of a channel, oldest first; without a viewer everything, other people's ephemerals included. */
	messages(channel: Channel, viewer?: Person): readonly Message[];
	/** One message as text. */
	read(message: Message): string;
	/** A channel with its threads as text. */
	transcript(channel: Channel, viewer?: Person): string;
	readonly commands: Pick<Commands, 'of' | 'writes'>;
	readonly requests: RequestLedger;
	/** Refused requests in the last ten minutes (401, 403, 429). */
	invalidRequests(): number;
	/** Everything that Discord would not have liked. A test of good behaviour ends with `expect(violations).toEqual([])`. */
	readonly violations: readonly Violation[];
	readonly gateway: GatewaySwitches;
	/** Makes requests fail. */
	fail(matched: Matched, failure: Failure): Switch;
	/**
	 * Resolves as soon as `find` returns something; never sleeps. It looks again at every change of the fake, so `find`
	 * must look at the fake, not at what the bot keeps to itself.
	 */
	until<T>(what: string, find: () => T | null | undefined | false): Promise<T>;
	close(): Promise<void>;
}

const FLAGS = { GuildPresences: 1 << 13, GuildMembers: 1 << 15, MessageContent: 1 << 19 } as const;

function settingsOf({ granted = [], maxFileBytes, maxActiveThreads, banAfter, shards }: DiscordOptions): Settings {
	return {
		token: 'ZmFrZQ.Ra6n5A.wire-level-fake-of-discord',
		maxFileBytes: maxFileBytes ?? 10 * 1024 * 1024,
		maxActiveThreads: maxActiveThreads ?? 1000,
		banAfter: banAfter ?? 10_000,
		mayReadContent: granted.includes('MessageContent'),
		applicationFlags: granted.reduce((flags, name) => flags | FLAGS[name], 0),
		shards: shards ?? 1,
	};
}

/**
 * A Discord of our own on loopback, for an unmodified discord.js client: REST v10, the gateway, the CDN, and the people
 * who use it. It is as strict as the real one: what Discord refuses is refused with the same status, code and nested
 * errors, and noted in `violations`, with what Discord lets pass but nobody should do (pings, double answers, missed
 * deadlines, requests beyond a rate limit).
 *
 * ```ts
 * const discord = await createFakeDiscord();
 * const client = new Client({ intents: [GatewayIntentBits.Guilds], rest: { api: discord.api } });
 * await client.login(discord.token);
 *
 * const ada = discord.person('Ada');
 * const general = discord.channel('Alpha', 'general');
 * const answer = await ada.slash(general, 'massgen ask', { question: 'Why?' });  // resolves when it was answered
 * expect([answer.saw, answer.ephemeral]).toEqual(['thinking', true]);
 * const board = await discord.until('the board', () => discord.messages(general).at(-1));
 * await ada.press(board, 'Stop');
 *
 * discord.fail({ route: 'POST /channels/:channel/messages' }, { type: 'drop' });  // done, but never answered
 * discord.gateway.drop();                                                         // the client resumes
 * expect(discord.transcript(general)).toMatchInlineSnapshot();
 * expect(discord.violations).toEqual([]);
 * await client.destroy();
 * await discord.close();
 * ```
 *
 * Not here: voice, stickers, polls, webhooks of channels, reading reactions, and editing other people's permissions.
 */
export async function createFakeDiscord(options: DiscordOptions = {}): Promise<FakeDiscord> {
	const world = createWorld(options.clock ?? createRunningClock());
	const people = seed(world);
	const waits = createWaits();
	const violations: Violation[] = [];
	const server = createServer();
	let origin = '';
	let gateway: Gateway | null = null;
	const platform: Platform = {
		settings: settingsOf(options),
		world,
		ledger: createLedger(),
		files: new Map(),
		origin: () => origin,
		dispatch: (event) => gateway?.dispatch(event),
		violation(kind, message) {
			violations.push({ kind, message, at: world.clock.now() });
			waits.changed();
		},
		changed: waits.changed,
	};
	const interactions = createInteractions(platform);
	const commands = createCommands(world);
	const failures = createFailures(waits.changed);
	gateway = createGateway(server, platform);
	const { switches, identifiesLeft } = gateway;
	const routes = [
		...placeRoutes(platform, identifiesLeft),
		...commands.routes,
		...interactionRoutes(platform, interactions),
		...messageRoutes(platform),
		...channelRoutes(platform),
	];
	server.on(
		'request',
		createRequestListener({ platform, routes, buckets: createBuckets(options.rates ?? 'off'), failures }),
	);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

	const guildOf = (name: ServerName) => {
		const guild = [...world.guilds.values()].find((one) => one.name === name);
		if (guild === undefined) throw new Error(`there is no server ${name}`);
		return guild;
	};

	const personOf = (user: User): Person => ({
		user,
		dm: directChannel(world, user.id),
		...createInteractingPerson({ platform, interactions, commands, user }),
		...createActingPerson(platform, user),
	});

	return {
		api: `${origin}/api`,
		token: platform.settings.token,
		clientId: world.bot.id,
		bot: world.bot,
		guildId: (name) => guildOf(name).id,
		roleId(serverName, name) {
			const role = guildOf(serverName).roles.find((one) => one.name === name);
			if (role === undefined) throw new Error(`${serverName} has no role ${name}`);
			return role.id;
		},
		channel(serverName, name) {
			const { id } = guildOf(serverName);
			const channel = [...world.channels.values()].find((one) => one.guildId === id && one.name === name);
			if (channel === undefined) throw new Error(`${serverName} has no channel ${name}`);
			return channel;
		},
		person(name) {
			const user = people.get(name);
			if (user === undefined) throw new Error(`there is no ${name}`);
			return personOf(user);
		},
		join(serverName, name) {
			const user = { id: world.nextId(), username: name.toLowerCase(), displayName: name, bot: false, locale: 'en-US' };
			world.users.set(user.id, user);
			guildOf(serverName).members.push({ user, roles: [] });
			return personOf(user);
		},
		threads: (parent) => [...world.channels.values()].filter(({ parentId }) => parentId === parent.id),
		messages: (channel, viewer) => shownMessages(channel, viewer?.user.id ?? null),
		read: messageText,
		transcript: (channel, viewer) => transcript(world, channel, viewer?.user.id ?? null),
		commands,
		requests: platform.ledger,
		invalidRequests: () => platform.ledger.invalid(world.clock.now()),
		violations,
		gateway: switches,
		fail: failures.add,
		until: waits.until,
		async close() {
			waits.close();
			failures.close();
			gateway?.close();
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
