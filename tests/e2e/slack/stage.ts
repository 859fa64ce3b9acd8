import { onTestFinished } from 'vitest';
import { createMemoryStore } from '../../../src/adapters/stores/memory.ts';
import { type App, type AppOptions, createApp } from '../../../src/app.ts';
import type { Clock } from '../../../src/core/clock.ts';
import type { RunEvent } from '../../../src/core/run-event.ts';
import type { Store } from '../../../src/core/store.ts';
import { type FakeSlack, type FakeSlackOptions, startFakeSlack } from '../../platforms/slack/fake-slack.ts';
import type { Person } from '../../platforms/slack/person.ts';
import type { SlackMessage } from '../../platforms/slack/world.ts';
import { localesOf } from '../../support/locales-of.ts';
import { createQuickClock } from '../../support/quick-clock.ts';

export type Mode = 'socket' | 'http';
export const MODES: readonly Mode[] = ['socket', 'http'];

export interface StageOptions {
	slack?: FakeSlackOptions;
	env?: Readonly<Record<string, string>>;
	file?: string;
	/** Stands before every store that the program opens. */
	around?(store: Store): Store;
	/** Before the program starts for the first time. */
	before?(slack: FakeSlack): Promise<void> | void;
	/** Of the program. Slack's own is that of the machine; its tiers hold only when it is given here. */
	clock?: Clock;
	/** By default English alone, whatever language the people of the fake have. */
	locales?: URL;
}

/** The whole program on a fake Slack. It forgets nothing when it is started again. */
export interface Stage {
	readonly slack: FakeSlack;
	/** U1 and U2 of T1. */
	readonly ada: Person;
	readonly grace: Person;
	/** Every event of every run, of all processes. */
	readonly events: readonly RunEvent[];
	/** What was told to whoever runs the bot. */
	readonly problems: readonly string[];
	/** What the program said of itself when it had started. */
	readonly about: readonly string[];
	app(): App;
	/** From the next start on. */
	setEnv(env: Readonly<Record<string, string>>): void;
	/** Ends the program and starts it again on the same store; `meanwhile` between the two. */
	restart(meanwhile?: () => void): Promise<void>;
	finished(): readonly (RunEvent & { type: 'run_finished' })[];
	started(): readonly (RunEvent & { type: 'run_started' })[];
	/** The message of the bot that holds this text, as soon as it does. */
	message(text: string | RegExp, where?: { team?: string; channel?: string }): Promise<SlackMessage>;
	/** A board that offers this, such as `Stop` of a run that is going. */
	board(button: string, where?: { team?: string; channel?: string }): Promise<SlackMessage>;
	until<T>(what: string, probe: () => T): Promise<Exclude<T, null | undefined | false | 0 | ''>>;
}

/** How much faster than the machine's the time of the program goes. */
export const SPEED = 4;

const withoutEnd = (store: Store): Store => ({ ...store, close: async () => {} });

export const wordsOf = ({ text, blocks }: Pick<SlackMessage, 'text' | 'blocks'>): string =>
	`${text} ${JSON.stringify(blocks)}`;

const buttonsOf = (value: unknown): { action_id: string; text: string }[] => {
	if (Array.isArray(value)) return value.flatMap(buttonsOf);
	if (typeof value !== 'object' || value === null) return [];
	const { type, action_id, text, ...rest } = value as Record<string, unknown>;
	const own =
		type === 'button' ? [{ action_id: String(action_id), text: String((text as { text: string }).text) }] : [];
	return [...own, ...Object.values(rest).flatMap(buttonsOf)];
};

/** The action id of the button of a message with this label. Throws when there is none. */
export function buttonOf(message: Pick<SlackMessage, 'blocks'>, label: string): string {
	const buttons = buttonsOf(message.blocks);
	const found = buttons.find(({ text }) => text.includes(label));
	if (found === undefined) throw new Error(`no button ${label} among ${buttons.map(({ text }) => text).join(', ')}`);
	return found.action_id;
}

export const hasButton = (message: SlackMessage, label: string) =>
	buttonsOf(message.blocks).some(({ text }) => text.includes(label));

export async function stage(mode: Mode, options: StageOptions = {}): Promise<Stage> {
	const slack = await startFakeSlack({ retryDelaysMs: [20, 100, 500], tiers: { enforced: false }, ...options.slack });
	const kept = withoutEnd(createMemoryStore());
	const events: RunEvent[] = [];
	const problems: string[] = [];
	const about: string[] = [];
	const way: Record<string, string> =
		mode === 'socket' ? { SLACK_APP_TOKEN: slack.app.appToken } : { SLACK_SIGNING_SECRET: slack.app.signingSecret };
	const single: Record<string, string> =
		options.env?.SLACK_CLIENT_ID === undefined ? { SLACK_BOT_TOKEN: slack.tokenOf('T1') } : {};
	const settings: AppOptions = {
		file: options.file ?? 'tests/e2e/fixtures/slack.yaml',
		flags: {},
		env: { ...single, ...way, SLACK_API_URL: slack.apiUrl, SLACK_PORT: '0', ...options.env },
		cwd: process.cwd(),
		terminal: null,
		web: false,
		chats: true,
		observe(event) {
			events.push(event);
			slack.changed();
		},
		onProblem(text) {
			problems.push(text);
			slack.changed();
		},
		openStore: async () => options.around?.(kept) ?? kept,
		clock: options.clock ?? createQuickClock(SPEED),
		locales: options.locales ?? (await localesOf()),
	};
	const start = async () => {
		const started = await createApp(settings);
		await started.joinChats((line) => void about.push(line));
		const port = started.slack?.port() ?? null;
		if (mode === 'http' && port !== null) slack.http.requestUrl = `http://127.0.0.1:${port}/slack/events`;
		await started.bot.recover();
		return started;
	};
	// Everybody reads English here, but where a test brings texts of its own.
	if (options.locales === undefined) {
		for (const { users } of slack.world.teams.values()) for (const user of users.values()) user.locale = 'en-GB';
	}
	await options.before?.(slack);
	let app = await start();
	onTestFinished(async () => {
		await app.close();
		if (mode === 'socket') await slack.waitFor(() => slack.sockets.count() === 0, 'the end of the connection');
		await slack.close();
	});
	const own = ({ team = 'T1', channel = 'C1' }: { team?: string; channel?: string } = {}) =>
		slack.messages(team, channel).filter(({ bot }) => bot === slack.team(team).botId);
	return {
		slack,
		ada: slack.person('T1', 'U1'),
		grace: slack.person('T1', 'U2'),
		events,
		problems,
		about,
		app: () => app,
		setEnv: (env) => void Object.assign(settings.env, env),
		async restart(meanwhile = () => {}) {
			await app.close();
			meanwhile();
			app = await start();
		},
		finished: () => events.filter((event) => event.type === 'run_finished'),
		started: () => events.filter((event) => event.type === 'run_started'),
		message: (text, where) =>
			slack.waitFor(
				() =>
					own(where).find((one) => (typeof text === 'string' ? wordsOf(one).includes(text) : text.test(wordsOf(one)))),
				`a message with ${text}`,
			),
		board: (button, where) =>
			slack.waitFor(() => own(where).find((one) => hasButton(one, button)), `a board with ${button}`),
		until: (what, probe) => slack.waitFor(probe, what),
	};
}
