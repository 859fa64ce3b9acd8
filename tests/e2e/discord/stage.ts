import { onTestFailed, onTestFinished } from 'vitest';
import { createMemoryStore } from '../../../src/adapters/stores/memory.ts';
import { type App, type AppOptions, createApp } from '../../../src/app.ts';
import type { Clock } from '../../../src/core/clock.ts';
import type { RunEvent } from '../../../src/core/run-event.ts';
import type { Store } from '../../../src/core/store.ts';
import { createFakeDiscord, type DiscordOptions, type FakeDiscord } from '../../platforms/discord/discord.ts';
import type { Channel, Message } from '../../platforms/discord/world.ts';
import { localesOf } from '../../support/locales-of.ts';

export interface StageOptions {
	discord?: DiscordOptions;
	env?: Readonly<Record<string, string>>;
	/** Of the program, where its time is not the machine's. */
	clock?: Clock;
	/** Channels for cards whose own place is gone. */
	approvalsChannels?(discord: FakeDiscord): readonly Channel[];
	file?: string;
	/** Owners of the server Alpha. */
	owners?: readonly Parameters<FakeDiscord['person']>[0][];
	/** Stands before every store that the program opens. */
	around?(store: Store): Store;
	/** By default English alone, whatever language the people of the fake have. */
	locales?: URL;
}

/** The whole program on a fake Discord. It forgets nothing when it is started again. */
export interface Stage {
	readonly discord: FakeDiscord;
	/** Every event of every run, of all processes. */
	readonly events: readonly RunEvent[];
	/** What was told to whoever runs the bot. */
	readonly problems: readonly string[];
	app(): App;
	/** Ends the program and starts it again on the same store; `meanwhile` between the two. */
	restart(meanwhile?: () => void): Promise<void>;
	/** Resolves when every run has ended and its thread is shown. */
	idle(): Promise<void>;
	finished(): readonly (RunEvent & { type: 'run_finished' })[];
	/** The message of the bot in a channel that holds this text. */
	message(channel: Channel, text: string | RegExp): Promise<Message>;
	/** The latest thread of the bot in a channel, when there are `count` of them (by default one). */
	thread(parent: Channel, count?: number): Promise<Channel>;
	/** Starts the program a second time beside the first, on the same store. */
	second(): Promise<void>;
}

/** A bot that may read what does not name it. */
export const READING: StageOptions = {
	discord: { granted: ['MessageContent'] },
	env: { DISCORD_MESSAGE_CONTENT: 'yes' },
};

const withoutEnd = (store: Store): Store => ({ ...store, close: async () => {} });

export async function stage(options: StageOptions = {}): Promise<Stage> {
	const discord = await createFakeDiscord(options.discord);
	const kept = withoutEnd(createMemoryStore());
	const events: RunEvent[] = [];
	const problems: string[] = [];
	const owners = (options.owners ?? []).map(
		(name) => `discord:${discord.guildId('Alpha')}:${discord.person(name).user.id}`,
	);
	const settings: AppOptions = {
		file: options.file ?? 'tests/e2e/fixtures/chat.yaml',
		flags: {},
		env: {
			DISCORD_TOKEN: discord.token,
			DISCORD_API_URL: discord.api,
			DISCORD_DEPLOY: 'yes',
			OWNERS: owners.join(','),
			DISCORD_APPROVALS_CHANNELS: (options.approvalsChannels?.(discord) ?? []).map(({ id }) => id).join(','),
			...options.env,
		},
		cwd: process.cwd(),
		terminal: null,
		web: false,
		chats: true,
		observe: (event) => void events.push(event),
		onProblem: (text) => void problems.push(text),
		openStore: async () => options.around?.(kept) ?? kept,
		...(options.clock === undefined ? {} : { clock: options.clock }),
		locales: options.locales ?? (await localesOf()),
	};
	const start = async () => {
		const started = await createApp(settings);
		await started.joinChats(() => {});
		await started.bot.recover();
		return started;
	};
	let app = await start();
	const others: App[] = [];
	onTestFailed(() => {
		for (const name of ['general', 'no-threads', 'questions'] as const) {
			for (const server of ['Alpha', 'Beta'] as const) console.log(discord.transcript(discord.channel(server, name)));
		}
		console.log(discord.transcript(discord.person('Ada').dm), problems);
	});
	onTestFinished(async () => {
		for (const one of [app, ...others]) await one.close();
		await discord.close();
	});
	const textOf = (message: Message) => JSON.stringify([message.content, message.components]);
	return {
		discord,
		events,
		problems,
		app: () => app,
		async second() {
			others.push(await start());
		},
		async restart(meanwhile = () => {}) {
			await app.close();
			meanwhile();
			app = await start();
		},
		async idle() {
			while ((await app.bot.sessions.busy()).length > 0) await new Promise((resolve) => setImmediate(resolve));
		},
		finished: () => events.filter((event) => event.type === 'run_finished'),
		message: (channel, text) =>
			discord.until(`${String(text)} in the channel`, () =>
				discord
					.messages(channel)
					.find(
						(message) =>
							message.author.bot &&
							(typeof text === 'string' ? textOf(message).includes(text) : text.test(textOf(message))),
					),
			),
		thread: (parent, count = 1) =>
			discord.until(`thread ${count}`, () => {
				const own = discord.threads(parent).filter((one) => one.thread?.ownerId === discord.bot.id);
				return own.length < count ? null : own.at(-1);
			}),
	};
}
