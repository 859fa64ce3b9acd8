/**
 * A fake of Slack that unmodified @slack/bolt talks to over loopback: Web API, socket mode, signed HTTP, OAuth, files.
 *
 *     const slack = await startFakeSlack();
 *     const app = new App({
 *       token: slack.tokenOf('T1'), appToken: slack.app.appToken, socketMode: true,
 *       clientOptions: { slackApiUrl: slack.apiUrl },
 *     });
 *     await app.start();
 *     const ada = slack.person('T1', 'U1');
 *     await ada.command('C1', '/massgen', 'ask why');    // resolves when the app has acknowledged
 *     await slack.waitFor(() => slack.messages('T1', 'C1').length > 0);
 *     expect(slack.render('T1', 'C1')).toMatchSnapshot();
 *     expect(slack.violations).toEqual([]);
 *     await slack.close();
 *
 * For HTTP give Bolt `signingSecret: slack.app.signingSecret` and the fake `slack.http.requestUrl`.
 * A new team has C1 #general (the app is in it), C2 #random (public, the app is not in it), C3 #old (archived),
 * G1 #secret (private, the app is not in it), and the people U1 ada and U2 grace. Teams have the same channel ids.
 *
 * What Slack refuses is refused in its words and kept in `violations`, together with what Slack lets pass and people
 * pay for: blocks without text, live mentions, links that unfold, late acknowledgements, a Retry-After not waited for.
 * What a test sets up itself (`faults`, `killStream`) is no violation.
 *
 * Time is `clock`: tiers, triggers (3 s), response URLs (30 min), streams (5 min), acknowledgements (3 s), retries.
 * Signatures alone are dated with real time (`signatureTime`), because Bolt checks them against it. What a call of the
 * app causes (events of its own messages, `app_uninstalled`) has no deadline. Move a manual clock when what you started
 * has come to its end, or an acknowledgement on its way is late.
 *
 * Pitfalls of Bolt 5.1 that this fake brings to light:
 * - One queue per WebClient: a 429 pauses every method of that client, and Bolt has one client per token (E1).
 * - WebClient sends again what a dropped socket may have carried out; 10 tries over 30 min by default (E2).
 * - Bolt acknowledges after `authorize`: a slow token look-up misses the 3 s (E5).
 * - Signatures from the future pass, and so do replays (E5).
 * - There is no dedupe: every delivery runs the listener (E7).
 * - `ack()` called twice throws over HTTP and only warns over socket mode; `respond()` throws on any HTTP error.
 * - socket-mode 3.1 waits `clientPingTimeout` (5 s) before it connects again after a refresh, and acknowledgements in
 *   that gap are lost, so the event comes again; Bolt's `App` cannot set it, a `SocketModeReceiver` of one's own can.
 *   The same figure is how long it waits for a pong. Told to stop while it connects again, it rejects with nobody to
 *   catch it.
 * - The installer's cookie is `Secure`; browsers on plain http do not send it back, except to localhost.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../../src/core/clock.ts';
import { systemClock } from '../../../src/system-clock.ts';
import { endInstallation } from './account-methods.ts';
import { createDeliveries, type Deliveries, subscriptionOf } from './delivery.ts';
import { createFaults, type Faults } from './faults.ts';
import { handleFiles } from './file-routes.ts';
import { type InstallPage, installFrom } from './install-visit.ts';
import { parseJson } from './json.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { addMessage, announce } from './messages.ts';
import { createOAuth, type OAuth } from './oauth.ts';
import { createPerson, type Person } from './person.ts';
import { SlackRefusal } from './refusal.ts';
import { renderChannel, renderView } from './rendering.ts';
import { createResponseUrls, type ResponseUrls } from './response-urls.ts';
import { createSignedHttp, type SignedHttp } from './signed-http.ts';
import { createSocketMode, type SocketMode } from './socket-mode.ts';
import { addTeam, type NewTeam, newApp } from './teams.ts';
import { createTiers, type TierOptions, type Tiers } from './tiers.ts';
import { createWebApi, type RawRequest } from './web-api.ts';
import {
	createWorld,
	type SlackApp,
	type SlackMessage,
	type SlackTeam,
	type SlackView,
	type SlackWorld,
} from './world.ts';

export interface FakeSlackOptions {
	clock?: Clock;
	app?: Partial<SlackApp>;
	/** Teams at the start; one T1 with the app installed when not given. */
	teams?: readonly NewTeam[];
	/** Enforced by default, with bursts of 4 posts. */
	tiers?: Partial<TierOptions>;
	/** Before the second, third … delivery of an event; Slack's own when not given. */
	retryDelaysMs?: readonly number[];
	/** Between the completion of an upload and its message. */
	shareDelayMs?: number;
	/** What signatures are dated with, in milliseconds since the epoch; real time when not given. */
	signatureTime?: () => number;
}

export interface FakeSlack extends Ledger {
	/** Origin, without a path. */
	readonly url: string;
	/** For `slackApiUrl`. */
	readonly apiUrl: string;
	/** For `authorizationUrl` of the installer. */
	readonly authorizeUrl: string;
	readonly app: SlackApp;
	readonly world: SlackWorld;
	readonly faults: Faults;
	readonly tiers: Tiers;
	readonly sockets: SocketMode;
	readonly http: SignedHttp;
	readonly deliveries: Deliveries;
	team(id: string): SlackTeam;
	addTeam(team: NewTeam): SlackTeam;
	/** The team's bot token that works, throws when there is none. */
	tokenOf(team: string): string;
	person(team: string, user: string): Person;
	/** Installs the app as a person does, from the app's install page. */
	install(
		team: string,
		user: string,
		installUrl: string,
		how?: { declines?: boolean; tamper?(callback: string): string },
	): Promise<InstallPage>;
	/** Takes the app out of a team: tokens are void, both events are sent. */
	uninstall(team: string): void;
	/** Another app's bot says something. */
	otherBotSays(team: string, channel: string, text: string, threadTs?: string): SlackMessage;
	/** The stream takes nothing more, as when Slack lets it die. */
	killStream(message: SlackMessage): void;
	/** Messages that are still there, oldest first: of a channel, or of one thread with its root. */
	messages(team: string, channel: string, threadTs?: string): SlackMessage[];
	/** A channel or thread as text. */
	render(team: string, channel: string, threadTs?: string): string;
	renderView(view: SlackView): string;
	close(): Promise<void>;
}

/** Slack's own delays: at once, after a minute, after five. https://docs.slack.dev/apis/events-api#retries */
const RETRY_DELAYS_MS = [0, 60_000, 300_000];

async function readRaw(request: IncomingMessage): Promise<RawRequest> {
	const parts: Buffer[] = [];
	for await (const part of request) parts.push(part);
	const { pathname } = new URL(request.url ?? '/', 'http://slack');
	return { path: pathname, headers: request.headers, body: Buffer.concat(parts) };
}

/** A post to a response URL. */
function handleResponse(
	responseUrls: ResponseUrls,
	{ ledger, clock }: SlackWorld,
	raw: RawRequest,
	response: ServerResponse,
): void {
	const id = raw.path.split('/').at(-1) ?? '';
	const body = parseJson(raw.body.toString());
	ledger.requests.push({
		method: 'response_url',
		team: raw.path.split('/')[2] ?? null,
		args: { ...(body as object) },
		at: clock.now(),
		status: 200,
		error: null,
	});
	try {
		responseUrls.post(id, body);
		response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
	} catch (error) {
		if (!(error instanceof SlackRefusal)) throw error;
		ledger.violate(error.code, 'response_url', JSON.stringify(error.extra));
		const gone = ['invalid_url', 'expired_url', 'used_url'].includes(error.code);
		response.writeHead(gone ? 404 : 400, { 'content-type': 'application/json' });
		response.end(JSON.stringify({ ok: false, error: error.code }));
	}
}

/** The consent page: whoever opens it agrees, for the team it asks for or the first. */
function handleAuthorize(world: SlackWorld, oauth: OAuth, url: string, response: ServerResponse): void {
	const asked = new URL(url).searchParams.get('team') ?? '';
	const team = world.teams.get(asked) ?? [...world.teams.values()][0];
	const user = [...(team?.users.keys() ?? [])][0];
	if (team === undefined || user === undefined) return void response.writeHead(404).end();
	response.writeHead(302, { location: oauth.consent(url, team, user) }).end();
}

export async function startFakeSlack(options: FakeSlackOptions = {}): Promise<FakeSlack> {
	const clock = options.clock ?? systemClock;
	const ledger = createLedger(clock);
	const world = createWorld(clock, ledger, newApp(options.app ?? {}));
	world.shareDelayMs = options.shareDelayMs ?? 0;
	for (const team of options.teams ?? [{ id: 'T1' }]) addTeam(world, team);

	let url = '';
	const faults = createFaults();
	const tiers = createTiers(clock, { postBurst: 4, enforced: true, ...options.tiers });
	const sockets = createSocketMode(ledger, world.app.id);
	const http = createSignedHttp(world.app.signingSecret, () =>
		Math.floor((options.signatureTime ?? Date.now)() / 1000),
	);
	const transport = () => (http.requestUrl === null ? sockets : http);
	const deliveries = createDeliveries(world, transport, options.retryDelaysMs ?? RETRY_DELAYS_MS);
	const oauth = createOAuth(world);
	const webApi = createWebApi({ world, faults, tiers, oauth, sockets, url: () => url });

	world.emit = (team, event) => {
		if (!world.app.events.has(subscriptionOf(event))) return;
		// After the answer to the call that caused it.
		setImmediate(() => deliveries.echo(team, event));
	};

	const handle = async (request: IncomingMessage, response: ServerResponse) => {
		const raw = await readRaw(request);
		if (/[?&](?:t|token)=/.test(request.url ?? ''))
			ledger.violate('token_in_url', raw.path, 'a token belongs in a header');
		if (raw.path.startsWith('/api/')) return webApi(raw.path.slice('/api/'.length), raw, response);
		if (raw.path.startsWith('/response/')) return handleResponse(responseUrls, world, raw, response);
		if (raw.path === '/oauth/v2/authorize') return handleAuthorize(world, oauth, `${url}${request.url}`, response);
		if (!(await handleFiles(world, raw, response))) response.writeHead(404).end('no such page');
	};
	const server = createServer((request, response) => {
		handle(request, response).catch((error: unknown) => {
			ledger.violate('fake_failed', request.url ?? '', String(error));
			response.destroy();
		});
	});
	server.on('upgrade', (request, socket, head) => {
		if (!sockets.upgrade(request, socket, head)) socket.destroy();
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const responseUrls = createResponseUrls(world, url);

	const team = (id: string): SlackTeam => {
		const found = world.teams.get(id);
		if (found === undefined) throw new Error(`there is no team ${id}`);
		return found;
	};

	return {
		...ledger,
		url,
		apiUrl: `${url}/api/`,
		authorizeUrl: `${url}/oauth/v2/authorize`,
		app: world.app,
		world,
		faults,
		tiers,
		sockets,
		http,
		deliveries,
		team,
		addTeam: (given) => addTeam(world, given),
		tokenOf(id) {
			const good = [...world.tokens.values()].findLast((one) => one.team === id && !one.revoked);
			if (good === undefined) throw new Error(`team ${id} has no token`);
			return good.token;
		},
		person(teamId, userId) {
			const user = team(teamId).users.get(userId);
			if (user === undefined) throw new Error(`team ${teamId} has no user ${userId}`);
			return createPerson({ world, team: team(teamId), user, deliveries, responseUrls, url });
		},
		install: (id, user, installUrl, how = {}) => installFrom(oauth, { installUrl, team: team(id), user, ...how }),
		uninstall: (id) => endInstallation(world, team(id), true),
		otherBotSays(id, channel, text, threadTs) {
			const said = { channel, text, user: 'UOTHERBOT', bot: 'BOTHER', threadTs: threadTs ?? null };
			const message = addMessage(world, team(id), { ...said, subtype: 'bot_message' });
			announce(world, team(id), message, url);
			return message;
		},
		killStream({ stream }) {
			if (stream === null) throw new Error('the message is no stream');
			stream.state = 'killed';
		},
		messages: (id, channel, threadTs) =>
			team(id).messages.filter(
				(one) =>
					one.channel === channel &&
					!one.deleted &&
					(threadTs === undefined || one.ts === threadTs || one.threadTs === threadTs),
			),
		render: (id, channel, threadTs) => renderChannel(team(id), channel, threadTs ?? null),
		renderView,
		close() {
			deliveries.close();
			sockets.close();
			server.closeAllConnections();
			return new Promise((resolve) => server.close(() => resolve()));
		},
	};
}
