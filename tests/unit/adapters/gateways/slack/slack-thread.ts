import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { createControls } from '../../../../../src/adapters/gateways/shared/controls.ts';
import { createPlaces } from '../../../../../src/adapters/gateways/shared/places.ts';
import { createPoster } from '../../../../../src/adapters/gateways/slack/poster.ts';
import { renderSlack } from '../../../../../src/adapters/gateways/slack/render-slack.ts';
import type { SlackBody } from '../../../../../src/adapters/gateways/slack/slack-body.ts';
import { createSlackClients, type SlackClients } from '../../../../../src/adapters/gateways/slack/slack-clients.ts';
import { type SlackSpot, slackSpotSchema } from '../../../../../src/adapters/gateways/slack/slack-spot.ts';
import { createMemoryStore } from '../../../../../src/adapters/stores/memory.ts';
import type { Gateway } from '../../../../../src/core/gateway.ts';
import type { Verbosity } from '../../../../../src/core/run.ts';
import type { RunEvent } from '../../../../../src/core/run-event.ts';
import { encodeSessionId } from '../../../../../src/core/session-id.ts';
import type { Store } from '../../../../../src/core/store.ts';
import { createProjector } from '../../../../../src/observers/projector.ts';
import { createSlotRecords } from '../../../../../src/observers/slot-records.ts';
import { type FakeSlack, type FakeSlackOptions, startFakeSlack } from '../../../../platforms/slack/fake-slack.ts';
import type { SlackMessage } from '../../../../platforms/slack/world.ts';
import { createManualClock } from '../../../../support/manual-clock.ts';
import { strictEnglish } from '../../../../support/say.ts';

export const say = await strictEnglish();

export const sessionOf = (thread: string, channel = 'C1', tenant = 'T1') =>
	encodeSessionId({ platform: 'slack', tenant, channel, thread });

const ASKED: SlackSpot = {
	team: 'T1',
	enterprise: null,
	channel: 'C1',
	root: null,
	thread_ts: null,
	asker: 'U1',
	form: 'channel',
};

/** Requests of the SDK that have not been answered: while there are any, time stands still. */
function countedClients(open: Set<Promise<unknown>>, make: (spot: SlackSpot) => Promise<SlackClients>) {
	return async (spot: SlackSpot): Promise<SlackClients> => {
		const { board, direct } = await make(spot);
		const counted = new Proxy(board, {
			get(target, name) {
				const value: unknown = Reflect.get(target, name);
				if (typeof value !== 'function') return value;
				return (...args: unknown[]) => {
					const result: unknown = Reflect.apply(value, target, args);
					if (!(result instanceof Promise)) return result;
					const ended = result.then(
						() => {},
						() => {},
					);
					open.add(ended);
					void ended.then(() => open.delete(ended));
					return result;
				};
			},
		});
		return { board: counted, direct };
	};
}

export interface ThreadOptions extends FakeSlackOptions {
	store?: Store;
}

/** An app that only acknowledges: what was pressed is read from the request that came to it. */
async function startAcknowledging(slack: FakeSlack): Promise<void> {
	const server = createServer((request, response) => request.resume().on('end', () => response.end()));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => void server.close());
	slack.http.requestUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** The outgoing half of the gateway on a fake Slack, with time that goes on only while nothing is on its way. */
export async function startSlackThread({ store = createMemoryStore(), ...options }: ThreadOptions = {}) {
	const clock = createManualClock();
	const slack = await startFakeSlack({ clock, ...options });
	onTestFinished(() => slack.close());
	const open = new Set<Promise<unknown>>();
	const makeClients = createSlackClients({ tokenOf: async (team) => slack.tokenOf(team), apiUrl: slack.apiUrl });
	const places = createPlaces(store, 'slack', slackSpotSchema);
	const controls = createControls(store, 'slack');
	const startPoster = () => {
		const nameOf = async (team: string, user: string) => slack.team(team).users.get(user)?.name ?? null;
		const clients = countedClients(open, makeClients);
		return createPoster({
			clients,
			places,
			controls,
			nameOf,
			keptFile: async () => null,
			approvalsChannels: [],
			say,
			clock,
		});
	};

	/** Lets time go on, as far as it must, until something has ended. */
	const until = async <Value>(work: Promise<Value>): Promise<Value> => {
		let ended = false;
		const end = () => {
			ended = true;
		};
		work.then(end, end);
		while (!ended) {
			if (open.size > 0) await Promise.race(open);
			else await clock.advance(50);
		}
		return work;
	};

	const startGateway = () => {
		const poster = startPoster();
		onTestFinished(() => poster.close());
		const gateway: Gateway<SlackBody> = {
			name: 'slack',
			capabilities: {
				get editIntervalMs() {
					return poster.editIntervalMs;
				},
				canAsk: true,
				keepsMessages: true,
				maxMessages: 20,
			},
			render: renderSlack,
			post: poster.post,
			edit: poster.edit,
			remove: poster.remove,
			start: async () => {},
			standing: async () => ({ kind: 'member', roles: [], name: null }),
			reply: async () => {},
			stop: async () => {},
		};
		return { poster, gateway };
	};

	const problems: string[] = [];
	/** What shows a run: a new one is what a new process has. */
	const project = (
		gateway: Gateway,
		{ session = sessionOf('a'), run = 'run-1', verbosity = 'normal' as Verbosity } = {},
	) =>
		createProjector({
			...{ gateway, clock, say, verbosity },
			place: { session, run },
			records: createSlotRecords(store, run),
			onProblem: (text) => void problems.push(text),
		});

	/** Where a session is to be shown. */
	const ask = (session = sessionOf('a'), spot: Partial<SlackSpot> = {}) =>
		places.put(session, { ...ASKED, ...spot }, null);

	/** Shows a run whose events come with the times they have, relative to the first. */
	const play = async (projector: ReturnType<typeof project>, events: readonly RunEvent[]) => {
		const offset = clock.now() - (events[0]?.at ?? 0);
		for (const event of events) {
			while (clock.now() - offset < event.at) {
				if (open.size > 0) await Promise.race(open);
				await clock.advance(Math.min(50, event.at + offset - clock.now()));
			}
			projector.handle(event);
		}
		await until(projector.settled());
	};

	/** Presses a button of a message; the response URL that comes with the click. */
	const press = async (message: SlackMessage | undefined, actionId: string): Promise<string> => {
		if (message === undefined) throw new Error('there is no message to press on');
		await startAcknowledging(slack);
		await slack.person('T1', 'U1').press(message, actionId);
		const payload = new URLSearchParams(slack.http.last?.body).get('payload') ?? '{}';
		return String((JSON.parse(payload) as { response_url?: string }).response_url);
	};

	const requests = (method: string) => slack.requests.filter((request) => request.method === method);
	return { slack, clock, store, places, controls, startGateway, project, ask, play, until, press, problems, requests };
}
