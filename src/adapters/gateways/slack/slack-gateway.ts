import type { Clock } from '../../../core/clock.ts';
import { BotError, sentenceOf } from '../../../core/errors.ts';
import type { Gateway, GatewayHost, Inbound, Place } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import { decodeSessionId } from '../../../core/session-id.ts';
import type { Store } from '../../../core/store.ts';
import { createControls } from '../shared/controls.ts';
import { createOpenForms } from '../shared/open-forms.ts';
import { createPlaces } from '../shared/places.ts';
import { type AgentSessions, createAgentSessions } from './agent-session.ts';
import { askForm } from './ask-form.ts';
import { createChannels } from './channels.ts';
import { type Door, openDoor } from './door.ts';
import { createInstallDesk } from './install.ts';
import { EDIT_INTERVAL_MS } from './limits.ts';
import { listen } from './listen.ts';
import { openWorkspaces } from './open-workspaces.ts';
import { createPeople, type Person } from './people.ts';
import { createPoster, type SlackPoster } from './poster.ts';
import { type Address, createPrivateReplies } from './private-replies.ts';
import { renderSlack } from './render-slack.ts';
import { silentLogger } from './silent-logger.ts';
import { accessOf, type SlackCredentials } from './slack-access.ts';
import type { SlackBody } from './slack-body.ts';
import { createSlackClients } from './slack-clients.ts';
import type { SlackDesk } from './slack-desk.ts';
import { slackSpotSchema } from './slack-spot.ts';
import { standingNow } from './standing.ts';
import { PLATFORM } from './visit.ts';
import { within } from './within.ts';
import { createWorks, type Works } from './works.ts';
import type { Workspace, Workspaces } from './workspaces.ts';

export interface SlackGatewayOptions {
	credentials: SlackCredentials;
	/** Address of the Web API, with its slash at the end. */
	apiUrl: string;
	/** What is listened on for signed requests and for installations; port 0: any free one. */
	host: string;
	port: number;
	/** Channels for requests whose own place is gone, in the order in which they are tried. */
	approvalsChannels: readonly string[];
	store: Store;
	clock: Clock;
	/** Texts in a language; null: the process's own. */
	sayIn(locale: string | null): Say;
	/** One sentence about something that went wrong and is nobody's fault on Slack. */
	onProblem(text: string): void;
	/** Slack has told a call to wait. */
	onLimited?: (() => void) | undefined;
}

export interface SlackGateway extends Gateway<SlackBody> {
	/** How people on Slack reach the bot now, in a sentence. */
	about(): string;
	/** The port for requests and installations; null: none is served. */
	port(): number | null;
}

/** How long what people did last may take to be handed over when the bot stops, in ms. */
const SETTLE_MS = 4000;

/** What there is between `start` and `stop`. */
interface Running {
	desk: SlackDesk;
	door: Door;
	poster: SlackPoster;
	sessions: AgentSessions;
	settled(): Promise<void>;
}

/** `start` throws `config_invalid` with a sentence when something is missing or wrong that waiting does not repair. What is posted before waits for it. */
export function createSlackGateway(options: SlackGatewayOptions): SlackGateway {
	const say = options.sayIn(null);
	const stopping = new AbortController();
	let running: Running | null = null;
	const started = Promise.withResolvers<Running>();

	const open = (): Running => {
		if (running !== null) return running;
		throw new BotError('bug', 'the Slack gateway was not started');
	};

	const shown = async (place: Place, body: SlackBody): Promise<void> => {
		const { desk, sessions } = open();
		const spot = await desk.places.get(place.session);
		if (spot !== null) sessions.shown(spot, body);
	};

	return {
		name: PLATFORM,
		capabilities: {
			get editIntervalMs() {
				return running?.poster.editIntervalMs ?? EDIT_INTERVAL_MS;
			},
			canAsk: true,
			keepsMessages: true,
			maxMessages: 20,
		},
		async start(host) {
			const begun = await begin(options, host, stopping.signal);
			stopping.signal.throwIfAborted();
			await begun.door.start().catch(async (thrown: unknown) => {
				await begun.door.stop();
				throw thrown;
			});
			running = begun;
			started.resolve(begun);
		},
		render: renderSlack,
		async post(place, slot, body) {
			const id = await (await started.promise).poster.post(place, slot, body);
			if (slot.key === 'board') await shown(place, body);
			return id;
		},
		async edit(place, slot, id, body) {
			const next = await (await started.promise).poster.edit(place, slot, id, body);
			if (slot.key === 'board') await shown(place, body);
			return next;
		},
		remove: async (place, slot, id) => (await started.promise).poster.remove(place, slot, id),
		async standing(user, session, { groups }) {
			const { desk } = open();
			const { tenant } = decodeSessionId(session);
			const workspace = await desk.workspaces.of(tenant);
			if (workspace === null) throw new Error(`the app is not in ${tenant} any more`);
			return standingNow(await desk.client(workspace), workspace, user, groups);
		},
		isConnected: () => running?.door.isOpen() ?? false,
		linkTo: (session) => open().poster.permalink(session),
		elicit: async (...asked) => (running === null ? { type: 'declined' } : askForm(running.desk, ...asked)),
		async reply(inbound, text) {
			const { desk } = open();
			const address = desk.replies.addressOf(inbound.id) ?? (await lastingAddress(desk, inbound));
			await desk.replies.tell(address, text);
		},
		async stop() {
			stopping.abort();
			running?.desk.forms.end();
			await running?.door.stop();
			running?.poster.close();
			if (running !== null) await within(options.clock, SETTLE_MS, running.settled());
		},
		about() {
			const port = running?.door.port() ?? null;
			return port === null ? say('slack.up') : say('slack.up_at_port', { port: String(port) });
		},
		port: () => running?.door.port() ?? null,
	};
}

/** Where somebody hears an answer whose question an earlier process has taken. */
async function lastingAddress(desk: SlackDesk, { session, principal }: Inbound): Promise<Address> {
	const { tenant: team, channel } = decodeSessionId(session);
	const spot = await desk.places.get(session);
	return { team, user: principal.user, channel, thread: spot?.thread_ts ?? null, responseUrl: null };
}

async function begin(options: SlackGatewayOptions, host: GatewayHost, signal: AbortSignal): Promise<Running> {
	const { store, clock, apiUrl, sayIn } = options;
	const say = sayIn(null);
	const access = accessOf(options.credentials, say);
	const onProblem = (error: unknown): void => {
		if (!signal.aborted) options.onProblem(say('slack.problem', { reason: sentenceOf(error) }));
	};
	const { workspaces, only } = openWorkspaces({ ...options, reach: access.reach, say, onProblem });
	await only?.().catch((thrown: unknown) => {
		// Slack cannot be reached now: it is asked again when somebody comes.
		if (thrown instanceof BotError) throw thrown;
		onProblem(thrown);
	});
	const clientsOf = createSlackClients({ apiUrl, tokenOf: (team) => tokenOf(workspaces, team, say) });
	const client = async (workspace: Workspace) => (await clientsOf(workspace)).direct;
	const places = createPlaces(store, PLATFORM, slackSpotSchema);
	const controls = createControls(store, PLATFORM);
	const people = createPeople(clock, (team, user) => personAt(workspaces, client, team, user));
	const poster = createPoster({
		...{ clients: clientsOf, places, controls, nameOf: people.nameOf, say, clock },
		keptFile: host.keptFile,
		approvalsChannels: options.approvalsChannels,
		onLimited: options.onLimited,
	});
	const replies = createPrivateReplies({ clock, signal, workspaces, client });
	const shared = { host, apiUrl, clock, signal, workspaces, client, sayIn, onProblem };
	const desk: SlackDesk = {
		...shared,
		...{ places, controls, people, replies, poster, forms: createOpenForms() },
		channels: createChannels(clock, client),
	};
	const door = await openDoor({
		...options,
		access,
		say,
		logger: silentLogger,
		installationStore: createInstallDesk(workspaces),
		onProblem,
	});
	const works = createWorks(onProblem);
	await openBolt(door, desk, works);
	const sessions = createAgentSessions(desk);
	return { desk, door, sessions, poster, settled: works.settled };
}

async function openBolt({ receiver }: Door, desk: SlackDesk, works: Works): Promise<void> {
	const { App } = await import('@slack/bolt');
	const app = new App({
		receiver,
		// Bolt acknowledges after this, so nothing is looked up here.
		authorize: async ({ teamId }) => (teamId === undefined ? {} : { teamId }),
		logger: silentLogger,
		convoStore: false,
		ignoreSelf: false,
	});
	app.error(async (error) => desk.onProblem(error));
	listen(app, desk, works.later);
}

async function tokenOf(workspaces: Workspaces, team: string, say: Say): Promise<string> {
	const workspace = await workspaces.of(team);
	if (workspace !== null) return workspace.token;
	throw new BotError('place_gone', `the app is not in ${team} any more`, { userMessage: say('slack.gone.app') });
}

async function personAt(
	workspaces: Workspaces,
	client: SlackDesk['client'],
	team: string,
	id: string,
): Promise<Person> {
	const workspace = await workspaces.of(team);
	if (workspace === null) return { name: null, locale: undefined };
	const { users } = await client(workspace);
	const { user } = await users.info({ user: id, include_locale: true });
	const names = [user?.profile?.display_name, user?.profile?.real_name, user?.name];
	return { name: names.find((name) => name !== undefined && name !== '') ?? null, locale: user?.locale };
}
