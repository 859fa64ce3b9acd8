import { Client, type ClientOptions, Events, GatewayIntentBits, Partials } from 'discord.js';
import { onTestFinished } from 'vitest';
import { createFakeDiscord, type DiscordOptions, type FakeDiscord } from './discord.ts';

const INTENTS = [
	GatewayIntentBits.Guilds,
	GatewayIntentBits.GuildMessages,
	GatewayIntentBits.DirectMessages,
	GatewayIntentBits.GuildMessageReactions,
];

/** An unmodified client that is logged in to the fake; it is destroyed when the test is over. */
export async function login(discord: FakeDiscord, options: Partial<ClientOptions> = {}): Promise<Client<true>> {
	const { rest, ...others } = options;
	const client = new Client({
		intents: INTENTS,
		partials: [Partials.Channel],
		enforceNonce: true,
		allowedMentions: { parse: [] },
		...others,
		rest: { api: discord.api, ...rest },
	});
	onTestFinished(() => client.destroy());
	const ready = new Promise<Client<true>>((resolve) => client.once(Events.ClientReady, resolve));
	await client.login(discord.token);
	return ready;
}

/** A fake that is closed when the test is over. */
export async function stage(options: DiscordOptions = {}): Promise<FakeDiscord> {
	const discord = await createFakeDiscord(options);
	onTestFinished(() => discord.close());
	return discord;
}

/** A fake with a client that is logged in to it. */
export async function stageWithClient(options: DiscordOptions = {}, client: Partial<ClientOptions> = {}) {
	const discord = await stage(options);
	return { discord, client: await login(discord, client) };
}
