import type { Broadcast } from '../../core/broadcast.ts';

export interface RedisBroadcastOptions {
	/** Of Redis. May hold a secret. */
	url: string;
	/** Names of channels begin with it and `-word:`. */
	prefix: string;
}

/** What is said at most in one message, and how long (ms) words are gathered for it. */
const MOST_WORDS = 500;
const GATHER_MS = 25;
/** Bytes that may wait on a connection; beyond that words are dropped. */
const MOST_WAITING = 4 * 2 ** 20;

/** Words over the channels of Redis, which is tried before it resolves. While Redis is away they are lost. */
export async function createRedisBroadcast({ url, prefix }: RedisBroadcastOptions): Promise<Broadcast> {
	const { Redis } = await import('ioredis');
	const connect = () => new Redis(url, { lazyConnect: true, enableOfflineQueue: false, maxRetriesPerRequest: 0 });
	const listeners = new Map<string, Set<(value: unknown) => void>>();
	const gathered = new Map<string, unknown[]>();
	const channelOf = (topic: string) => `${prefix}-word:${topic}`;
	const speaking = connect().on('error', () => {});
	const listening = connect().on('error', () => {});
	let timer: NodeJS.Timeout | null = null;
	let closed = false;

	const flush = () => {
		timer = null;
		for (const [topic, words] of gathered) {
			if (speaking.status !== 'ready' || speaking.stream.writableLength > MOST_WAITING) continue;
			speaking.publish(channelOf(topic), JSON.stringify(words)).catch(() => {});
		}
		gathered.clear();
	};

	listening.on('ready', () => {
		const channels = [...listeners.keys()].map(channelOf);
		if (channels.length > 0) listening.subscribe(...channels).catch(() => {});
	});
	listening.on('message', (channel: string, text: string) => {
		const those = listeners.get(channel.slice(channelOf('').length));
		for (const word of JSON.parse(text) as unknown[]) for (const heard of those ?? []) heard(word);
	});

	// Later it is tried again and again by the clients themselves.
	await Promise.all([speaking, listening].map((client) => client.connect().catch(() => {})));

	return {
		say(topic, value) {
			if (closed) return;
			const words = gathered.get(topic) ?? [];
			if (words.length < MOST_WORDS) words.push(value);
			gathered.set(topic, words);
			timer ??= setTimeout(flush, GATHER_MS);
		},
		hear(topic, heard) {
			const those = listeners.get(topic) ?? new Set();
			if (those.size === 0 && listening.status === 'ready') listening.subscribe(channelOf(topic)).catch(() => {});
			listeners.set(topic, those.add(heard));
			return () => {
				those.delete(heard);
				if (those.size > 0 || listeners.get(topic) !== those) return;
				listeners.delete(topic);
				if (listening.status === 'ready') listening.unsubscribe(channelOf(topic)).catch(() => {});
			};
		},
		async close() {
			if (closed) return;
			flush();
			closed = true;
			if (timer !== null) clearTimeout(timer);
			speaking.disconnect();
			listening.disconnect();
		},
	};
}
