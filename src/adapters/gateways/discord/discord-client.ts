import type { Client, REST } from 'discord.js';
import type { Say } from '../../../core/say.ts';
import { loginError } from './login-problem.ts';

export interface ConnectionOptions {
	/** The bot's token. A secret. */
	token: string;
	/** Address of the REST API; null: that of Discord. */
	api: string | null;
	/** Whether to ask for what messages say that do not name the bot: a privileged intent. */
	messageContent: boolean;
	/** Connections to the gateway; `auto`: as many as Discord recommends. */
	shards: 'auto' | number;
}

/** Refused requests (401, 403, 429) between two warnings; 10,000 in ten minutes get an address banned. */
const WARN_EVERY = 500;

/** What is remembered: messages of a channel, people, and people of a server. Nothing is looked up there that cannot be asked for. */
const MESSAGES = 10;
const USERS = 1_000;
const MEMBERS = 100;

/** Longest time for a request that is not repeated, in ms. */
const ONCE_MS = 10_000;

/** A client that pings nobody, sends nothing twice, and hears no more than it needs. It is not connected. */
export async function createDiscordClient({ api, messageContent, shards }: ConnectionOptions): Promise<Client> {
	const discord = await import('discord.js');
	const { Guilds, GuildMessages, DirectMessages, MessageContent } = discord.GatewayIntentBits;
	const connections = shards === 'auto' ? { shards } : { shards: [...Array(shards).keys()], shardCount: shards };
	return new discord.Client({
		intents: [Guilds, GuildMessages, DirectMessages, ...(messageContent ? [MessageContent] : [])],
		// Direct conversations are not known before the first message in them.
		partials: [discord.Partials.Channel],
		enforceNonce: true,
		allowedMentions: { parse: [], repliedUser: false },
		// By itself it keeps everybody who ever wrote where it is, and 200 messages of each channel.
		makeCache: discord.Options.cacheWithLimits({
			...discord.Options.DefaultMakeCacheSettings,
			MessageManager: MESSAGES,
			UserManager: { maxSize: USERS, keepOverLimit: ({ id, client }) => id === client.user?.id },
			GuildMemberManager: { maxSize: MEMBERS, keepOverLimit: ({ id, client }) => id === client.user?.id },
		}),
		rest: { invalidRequestWarningInterval: WARN_EVERY, ...(api === null ? {} : { api }) },
		...connections,
	});
}

/** A way to Discord that never repeats a request. */
export async function createRestOnce({ token, api }: Pick<ConnectionOptions, 'token' | 'api'>): Promise<REST> {
	const discord = await import('discord.js');
	return new discord.REST({ ...(api === null ? {} : { api }), retries: 0, timeout: ONCE_MS }).setToken(token);
}

/**
 * Resolves when every shard is ready. Throws a sentence for whoever runs the bot: as `config_invalid` when trying again
 * does not help. When `signal` aborts it is given up.
 */
export async function logIn(
	client: Client,
	{ token, api }: ConnectionOptions,
	say: Say,
	signal: AbortSignal,
): Promise<void> {
	signal.throwIfAborted();
	const ready = new Promise((resolve) => client.once('clientReady', resolve));
	const ended = Promise.withResolvers<never>();
	const end = () => ended.reject(signal.reason);
	signal.addEventListener('abort', end, { once: true });
	try {
		await Promise.race([client.login(token).then(() => ready), ended.promise]);
	} catch (cause) {
		await client.destroy();
		throw loginError(cause, api, say);
	} finally {
		signal.removeEventListener('abort', end);
	}
}

/** Tells in a sentence what goes wrong with the connection; what the client repairs by itself is not told. */
export function tellProblems(client: Client, say: Say, tell: (text: string) => void): void {
	client.on('shardDisconnect', ({ code }) => tell(say('discord.disconnected', { code: String(code) })));
	client.rest.on('invalidRequestWarning', ({ count }) => tell(say('discord.refused_often', { count })));
}
