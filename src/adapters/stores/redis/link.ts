import type { Redis, RedisOptions } from 'ioredis';
import type { Clock } from '../../../core/clock.ts';
import { BotError, messageOf } from '../../../core/errors.ts';
import { isHopeless, replyCode, toStoreError, unreachable } from './failure.ts';
import { createLine } from './line.ts';

/** How long a start waits for Redis to be there, in milliseconds. */
const OPENING_MS = 10_000;
/** How long requests wait for Redis to come back before they fail, in milliseconds. */
const OUTAGE_MS = 60_000;
/** An outage as short as this (ms) is not worth a word. */
const UNSPOKEN_MS = 2_000;
/** A connection that has not answered for so long (ms) is dead. */
const SILENCE_MS = 15_000;
/** How often (ms) a connection with nothing to do is tried, so that a dead one is found. */
const PING_MS = 5_000;
/** Before a new connection (ms), when the server has refused what it will take later. */
const PAUSE_MS = 250;
/** How long (ms) `close` waits for answers. */
const CLOSING_MS = 5_000;
const LONGEST_RETRY_MS = 1_000;

/** What is told about the way to Redis. */
export interface LinkNotice {
	type: 'away' | 'back';
	/** Of Redis, as it may be shown. */
	address: string;
}

export interface LinkOptions {
	connection: RedisOptions;
	/** As it may be shown. */
	address: string;
	clock: Clock;
	/** Done on every new connection before anything else. */
	prepare(client: Redis): Promise<unknown>;
	onNotice(notice: LinkNotice): void;
}

/** A way to Redis that outlives its connections. */
export interface Link {
	readonly client: Redis;
	/**
	 * Sends requests in the order of the calls. One that a lost connection left without its answer is sent again over the
	 * next, in the same order, so every request must be one that may be repeated. Throws `store_away` when Redis stays
	 * away for a minute, and at once while that goes on.
	 */
	request<Reply>(send: (client: Redis) => Promise<Reply>): Promise<Reply>;
	/** Waits a moment for what is on its way. */
	close(): Promise<void>;
}

/** One period without an answer of Redis: when it is told, and when it has lasted too long. */
function createOutage({ clock, address, onNotice }: LinkOptions) {
	const cancels: (() => void)[] = [];
	let told = false;
	return {
		begin(onOver: () => void, limit: number, quiet: boolean) {
			if (cancels.length > 0) return;
			const tell = () => {
				told = true;
				onNotice({ type: 'away', address });
			};
			cancels.push(clock.after(limit, onOver));
			if (!quiet) cancels.push(clock.after(UNSPOKEN_MS, tell));
		},
		end() {
			for (const cancel of cancels.splice(0)) cancel();
			if (told) onNotice({ type: 'back', address });
			told = false;
		},
	};
}

const options = (connection: RedisOptions): RedisOptions => ({
	...connection,
	lazyConnect: true,
	// Requests are kept, put in order and repeated by the line.
	enableOfflineQueue: false,
	autoResendUnfulfilledCommands: false,
	autoResubscribe: false,
	maxRetriesPerRequest: 0,
	connectTimeout: SILENCE_MS,
	socketTimeout: SILENCE_MS,
	retryStrategy: (times) => Math.min(25 * 2 ** times, LONGEST_RETRY_MS),
});

/** What is sent in one turn of the event loop goes out in one write, so that Redis puts it on its disk together. */
function gather(stream: Redis['stream']): void {
	if (stream.writableCorked > 0) return;
	stream.cork();
	setImmediate(() => stream.uncork());
}

const reasonOf = (thrown: unknown) => messageOf(thrown) || String((thrown as { code?: unknown } | null)?.code ?? '');

/** Begins to connect at once. */
export async function createLink(given: LinkOptions): Promise<Link> {
	const { connection, address, clock, prepare } = given;
	const { Redis } = await import('ioredis');
	const client = new Redis({ ...options(connection), replyMapping: 'legacy' });
	const outage = createOutage(given);
	let state: 'opening' | 'up' | 'down' | 'given up' | 'closed' = 'opening';
	let reason = '';
	let closing = false;

	const goDown = () => {
		if (state !== 'up') return;
		state = 'down';
		if (closing) line.abandon(closedError(address));
		else outage.begin(giveUp(OUTAGE_MS), OUTAGE_MS, false);
	};
	const line = createLine({
		clock,
		address,
		patience: OUTAGE_MS,
		isUp: () => state === 'up',
		onAnswer: outage.end,
		onStuck(thrown) {
			goDown();
			// A lost connection is made again by the client; what the server refuses is tried over a new one.
			if (replyCode(thrown) === '') return;
			reason = messageOf(thrown);
			clock.after(PAUSE_MS, () => {
				if (state === 'down' && client.status === 'ready') client.disconnect(true);
			});
		},
	});
	const giveUp = (limit: number) => () => {
		const before = state !== 'opening';
		state = 'given up';
		line.abandon(unreachable(address, limit, reason, before));
	};
	const failed = (thrown: unknown) => {
		reason = reasonOf(thrown);
		if (state === 'opening' && isHopeless(thrown)) line.abandon(toStoreError(thrown, address));
	};
	const comeUp = async () => {
		await prepare(client);
		if (client.status !== 'ready' || state === 'closed') return;
		state = 'up';
		if (line.isEmpty()) outage.end();
		else {
			gather(client.stream);
			line.sendAll();
		}
	};
	client.on('close', goDown);
	client.on('error', failed);
	client.on('ready', () => {
		comeUp().catch((thrown: unknown) => {
			failed(thrown);
			if (state !== 'closed') client.disconnect(true);
		});
	});

	const request: Link['request'] = async (send) => {
		if (closing) throw closedError(address);
		if (state === 'given up') throw unreachable(address, OUTAGE_MS, reason, true);
		if (state === 'up') gather(client.stream);
		return line.add(() => send(client));
	};
	const stopPinging = repeatedly(clock, PING_MS, () => {
		if (state === 'up' && line.isEmpty()) request((open) => open.ping()).catch(() => {});
	});
	outage.begin(giveUp(OPENING_MS), OPENING_MS, true);
	// Why it could not be made comes as an error event.
	client.connect().catch(() => {});

	return {
		client,
		request,
		async close() {
			if (closing) return;
			closing = true;
			stopPinging();
			if (state === 'up') await line.drained(CLOSING_MS);
			state = 'closed';
			outage.end();
			line.abandon(closedError(address));
			client.disconnect();
		},
	};
}

const closedError = (address: string) =>
	new BotError('store_failed', `The store in Redis at ${address} was closed before Redis answered.`);

function repeatedly(clock: Clock, ms: number, work: () => void): () => void {
	let cancel = () => {};
	const plan = () => {
		cancel = clock.after(ms, () => {
			work();
			plan();
		});
	};
	plan();
	return () => cancel();
}
