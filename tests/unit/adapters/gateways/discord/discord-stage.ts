import { REST } from 'discord.js';
import type { DiscordBody } from '../../../../../src/adapters/gateways/discord/discord-body.ts';
import { type DiscordSpot, discordSpotSchema } from '../../../../../src/adapters/gateways/discord/discord-spot.ts';
import { createPoster } from '../../../../../src/adapters/gateways/discord/poster.ts';
import { renderDiscord } from '../../../../../src/adapters/gateways/discord/render.ts';
import { createSpots } from '../../../../../src/adapters/gateways/discord/spots.ts';
import { createControls } from '../../../../../src/adapters/gateways/shared/controls.ts';
import { createPlaces } from '../../../../../src/adapters/gateways/shared/places.ts';
import { createMemoryStore } from '../../../../../src/adapters/stores/memory.ts';
import type { Gateway, Slot, ThreadMessage } from '../../../../../src/core/gateway.ts';
import type { Verbosity } from '../../../../../src/core/run.ts';
import type { RunEvent } from '../../../../../src/core/run-event.ts';
import { encodeSessionId } from '../../../../../src/core/session-id.ts';
import type { Store } from '../../../../../src/core/store.ts';
import { createProjector } from '../../../../../src/observers/projector.ts';
import { createSlotRecords } from '../../../../../src/observers/slot-records.ts';
import type { DiscordOptions } from '../../../../platforms/discord/discord.ts';
import { createRunningClock } from '../../../../platforms/discord/running-clock.ts';
import { stageWithClient } from '../../../../platforms/discord/stage.ts';
import type { Channel } from '../../../../platforms/discord/world.ts';
import { strictEnglish } from '../../../../support/say.ts';

export interface StageOptions extends DiscordOptions {
	editIntervalMs?: number;
	store?: Store;
}

/** The poster with an unmodified client on a fake Discord, and what hands it messages. */
export async function discordStage({ editIntervalMs = 0, ...given }: StageOptions = {}) {
	const clock = createRunningClock();
	const { store = createMemoryStore(), ...options } = given;
	const { discord, client } = await stageWithClient({ clock, ...options });
	const say = await strictEnglish();
	const places = createPlaces<DiscordSpot>(store, 'discord', discordSpotSchema);
	const controls = createControls(store, 'discord');
	const problems: string[] = [];
	const boards: { session: string; news: object }[] = [];
	/** As a process that begins anew: nothing is remembered but what is in the store. */
	const newPoster = () =>
		createPoster({
			rest: client.rest,
			restOnce: new REST({ ...client.rest.options, retries: 0 }).setToken(discord.token),
			bot: discord.bot.id,
			spots: createSpots(places, say),
			controls,
			clock,
			keptFile: async () => null,
			approvalsChannels: [],
			sayIn: () => say,
			onProblem: (text) => void problems.push(text),
			onBoard: (session, news) => void boards.push({ session, news }),
		});
	const poster = newPoster();
	let threads = 0;

	/** Where a question was asked, as the incoming half writes it down. */
	async function ask(channel: Channel, form: DiscordSpot['form'], more: Partial<DiscordSpot> = {}): Promise<string> {
		const tenant = channel.guildId ?? 'dm';
		threads += 1;
		const session = encodeSessionId({ platform: 'discord', tenant, channel: channel.id, thread: `t${threads}` });
		const thread = form === 'thread' ? channel.id : null;
		const spot = { guild: channel.guildId, channel: channel.id, form, thread, locale: 'en-US', ...nothingYet, ...more };
		await places.put(session, spot, null);
		return session;
	}

	function gatewayOf(from = poster): Gateway<DiscordBody> {
		return {
			name: 'discord',
			capabilities: { editIntervalMs, canAsk: true, keepsMessages: true, maxMessages: 20 },
			render: renderDiscord,
			post: from.post,
			edit: from.edit,
			remove: from.remove,
			start: async () => {},
			standing: async () => ({ kind: 'member', roles: [], name: null }),
			reply: async () => {},
			stop: async () => {},
		};
	}

	function projectorFor(session: string, run = 'run-1', verbosity: Verbosity = 'normal', from = poster) {
		const place = { session, run };
		const records = createSlotRecords(store, run);
		const onProblem = (text: string) => void problems.push(text);
		return createProjector({ gateway: gatewayOf(from), place, clock, say, verbosity, records, onProblem });
	}

	return {
		discord,
		client,
		clock,
		say,
		store,
		places,
		controls,
		poster,
		newPoster,
		problems,
		boards,
		ask,
		projectorFor,
		/** Shows a run, event by event, each to its end. */
		async show(session: string, events: readonly RunEvent[], verbosity: Verbosity = 'normal', run = 'run-1') {
			const projector = projectorFor(session, run, verbosity);
			for (const event of events) {
				projector.handle(event);
				if ('seq' in event) await projector.settled();
			}
			await projector.settled();
		},
		/** The body of a message that takes only one. */
		bodyOf(session: string, message: ThreadMessage, verbosity: Verbosity = 'normal'): DiscordBody {
			const [body] = renderDiscord(message, { place: { session, run: 'run-1' }, say, verbosity });
			if (body === undefined) throw new Error(`${message.type} is not shown`);
			return body;
		},
	};
}

const nothingYet = { root: null, rootRun: null, replyTo: null, maxFileBytes: null };

export const slotOf = (key: string, mayExist = false, run = 'run-1'): Slot => ({
	key,
	nonce: `${run}-${key}`.padEnd(22, 'x').slice(0, 22),
	mayExist,
});

type Of<Type extends ThreadMessage['type']> = Extract<ThreadMessage, { type: Type }>;

export const boardMessage = (change: Partial<Of<'board'>> = {}): Of<'board'> => ({
	type: 'board',
	key: 'board',
	run: 'run-1',
	title: 'How do I sort?',
	team: 'demo',
	orchestration: 1,
	rows: [
		{
			agent: 'sage',
			name: 'agent2',
			model: 'openai gpt-5',
			state: 'thinking',
			tool: null,
			version: 0,
			votes: null,
			note: null,
		},
	],
	finished: null,
	askedBy: null,
	stoppedBy: null,
	startedAt: Date.UTC(2026, 0, 1, 12),
	result: null,
	...change,
});

export const slotMessage = (content: string, change: Partial<Of<'slot'>> = {}): Of<'slot'> => ({
	type: 'slot',
	key: 'slot:sage',
	agent: 'sage',
	name: 'agent2',
	version: 1,
	versions: 1,
	content,
	...change,
});

export const finalMessage = (content: string, change: Partial<Of<'final'>> = {}): Of<'final'> => ({
	type: 'final',
	key: 'final',
	winner: 'sage',
	content,
	streaming: false,
	outcome: 'answered',
	answers: 3,
	agents: 3,
	shortfalls: [],
	spend: null,
	activeMs: null,
	files: null,
	...change,
});
