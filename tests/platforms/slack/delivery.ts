import { isObject, type JsonObject } from './json.ts';
import type { EnvelopeKind, Outcome, Transport } from './transport.ts';
import type { SlackTeam, SlackWorld } from './world.ts';

/** Milliseconds the app has. https://docs.slack.dev/apis/events-api#responding */
const ACK_WITHIN_MS = 3000;

export interface Attempt {
	retryNum: number;
	outcome: Outcome['type'] | 'timeout';
	/** HTTP status of a refusal, else 0. */
	status: number;
	/** Milliseconds to the outcome, by the fake's clock. */
	ms: number;
}

/** What came of one thing that Slack told the app. */
export interface Delivery {
	kind: EnvelopeKind;
	team: string;
	body: JsonObject;
	/** Type of the event or the interaction, or the command. */
	name: string;
	attempts: Attempt[];
	acked: boolean;
	/** Milliseconds from the first attempt to the acknowledgement, null without one. */
	ackMs: number | null;
	/** What the app said with it. */
	payload: unknown;
	/** What the person is told when it failed. */
	error: string | null;
}

export interface Deliveries {
	/** All of them, oldest first. */
	readonly all: readonly Delivery[];
	/** Tells the app; resolves when the first attempt has come to an end. Events are tried again in the background. */
	send(team: SlackTeam, kind: EnvelopeKind, name: string, body: JsonObject, acceptsPayload: boolean): Promise<Delivery>;
	/**
	 * Tells the app of an event that a call of its own has caused. It has no deadline: a test cannot wait for it, and
	 * would move the clock past it while it is on its way.
	 */
	echo(team: SlackTeam, event: JsonObject): void;
	/** Tells the app again what it was told, as Slack does by mistake; `retryNum` 0 looks like a first attempt. */
	again(delivery: Delivery, retryNum: number): Promise<Delivery>;
	/** Every event from now on is delivered this many times (1 is normal), all with retry number 0. */
	duplicate(times: number): void;
	close(): void;
}

const nameReason = (outcome: Attempt['outcome']) =>
	outcome === 'timeout' ? 'http_timeout' : outcome === 'refused' ? 'http_error' : 'connection_failed';

/** Records what an app does wrong in an answer that takes none. */
function checkPayload(world: SlackWorld, delivery: Delivery, acceptsPayload: boolean): void {
	const { payload } = delivery;
	const empty = payload === undefined || payload === '' || (isObject(payload) && Object.keys(payload).length === 0);
	if (!empty && !acceptsPayload)
		world.ledger.violate('unexpected_ack_payload', delivery.name, JSON.stringify(payload).slice(0, 200));
}

/** `retryDelaysMs`: before the second, third … attempt of an event. */
export function createDeliveries(
	world: SlackWorld,
	transport: () => Transport,
	retryDelaysMs: readonly number[],
): Deliveries {
	const all: Delivery[] = [];
	const timers = new Set<() => void>();
	let times = 1;
	let closed = false;

	const attempt = async (
		delivery: Delivery,
		acceptsPayload: boolean,
		retryNum: number,
		reason: string | null,
		deadlineMs: number | null = ACK_WITHIN_MS,
	) => {
		const { clock, ledger } = world;
		const began = clock.now();
		const abort = new AbortController();
		const { promise: late, resolve: expire } = Promise.withResolvers<'timeout'>();
		const cancel = deadlineMs === null ? () => {} : clock.after(deadlineMs, () => expire('timeout'));
		timers.add(cancel);
		const { kind, body } = delivery;
		const sent = transport().send({ kind, body, acceptsPayload, retryNum, retryReason: reason }, abort.signal);
		const outcome = await Promise.race([sent, late]);
		cancel();
		timers.delete(cancel);
		const ms = clock.now() - began;
		if (closed) return null;
		const type = outcome === 'timeout' ? outcome : outcome.type;
		const status = outcome !== 'timeout' && outcome.type === 'refused' ? outcome.status : 0;
		delivery.attempts.push({ retryNum, outcome: type, status, ms });
		if (outcome === 'timeout') {
			abort.abort();
			ledger.violate('operation_timeout', delivery.name, `not acknowledged within ${ACK_WITHIN_MS} ms`);
		} else if (outcome.type === 'acked') {
			Object.assign(delivery, { acked: true, ackMs: delivery.ackMs ?? ms, payload: outcome.payload, error: null });
			checkPayload(world, delivery, acceptsPayload);
		}
		if (!delivery.acked) delivery.error = type === 'timeout' ? 'operation_timeout' : 'dispatch_failed';
		ledger.changed();
		return type;
	};

	/** Tries an event again after a failed attempt, as long as Slack would. */
	const retry = (delivery: Delivery, retryNum: number, reason: string) => {
		const delay = retryDelaysMs[retryNum - 1];
		if (delay === undefined || closed) return;
		const cancel = world.clock.after(delay, async () => {
			timers.delete(cancel);
			const outcome = await attempt(delivery, false, retryNum, reason);
			if (outcome !== null && outcome !== 'acked') retry(delivery, retryNum + 1, nameReason(outcome));
		});
		timers.add(cancel);
	};

	const begin = (team: SlackTeam, kind: EnvelopeKind, name: string, body: JsonObject): Delivery => {
		const result = { attempts: [], acked: false, ackMs: null, payload: undefined, error: null };
		const delivery: Delivery = { kind, team: team.id, body, name, ...result };
		all.push(delivery);
		return delivery;
	};

	return {
		all,
		echo(team, event) {
			const delivery = begin(team, 'events_api', String(event.type), eventBody(world, team, event));
			void attempt(delivery, false, 0, null, null);
		},
		async send(team, kind, name, body, acceptsPayload) {
			const delivery = begin(team, kind, name, body);
			const copies = kind === 'events_api' ? times : 1;
			const outcomes = await Promise.all(
				Array.from({ length: copies }, () => attempt(delivery, acceptsPayload, 0, null)),
			);
			const failed = outcomes.find((outcome) => outcome !== null && outcome !== 'acked');
			if (kind === 'events_api' && failed && !delivery.acked) retry(delivery, 1, nameReason(failed));
			return delivery;
		},
		async again(delivery, retryNum) {
			await attempt(delivery, delivery.kind !== 'events_api', retryNum, retryNum === 0 ? null : 'http_timeout');
			return delivery;
		},
		duplicate(count) {
			times = count;
		},
		close() {
			closed = true;
			for (const cancel of timers) cancel();
		},
	};
}

/** The envelope of an event as the Events API sends it. */
export function eventBody(world: SlackWorld, team: SlackTeam, event: JsonObject): JsonObject {
	return {
		token: 'verification',
		team_id: team.id,
		context_team_id: team.id,
		context_enterprise_id: null,
		api_app_id: world.app.id,
		event,
		type: 'event_callback',
		event_id: world.nextId('Ev'),
		event_time: Math.floor(world.clock.now() / 1000),
		authorizations: [
			{ enterprise_id: null, team_id: team.id, user_id: team.botUser, is_bot: true, is_enterprise_install: false },
		],
		is_ext_shared_channel: false,
	};
}

/** The subscription an event needs. Messages need that of their channel's kind. */
export function subscriptionOf(event: JsonObject): string {
	if (event.type !== 'message') return String(event.type);
	return `message.${{ channel: 'channels', group: 'groups', im: 'im' }[String(event.channel_type)] ?? 'channels'}`;
}
