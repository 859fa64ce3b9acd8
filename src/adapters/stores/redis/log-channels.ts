import type { RedisOptions } from 'ioredis';
import type { Clock } from '../../../core/clock.ts';
import type { LogAudience } from '../shared/log-feed.ts';
import type { Layout } from './layout.ts';
import { createLink, type Link } from './link.ts';

export interface LogChannelsOptions {
	connection: RedisOptions;
	address: string;
	layout: Layout;
	clock: Clock;
	/** The log may have grown. */
	onGrowth(log: string): void;
}

/**
 * Hears of the growth of logs over a connection of its own, which is opened with the first watch. What was said while it
 * was away is made good by a word to every watch once it listens again.
 */
export function createLogChannels(options: LogChannelsOptions): LogAudience & { close(): Promise<void> } {
	const { layout, onGrowth } = options;
	const logs = new Map<string, string>();
	let link: Promise<Link> | null = null;
	let closed = false;

	const listen = async () => {
		const opened = await createLink({
			...options,
			// The store's own connection tells of outages.
			onNotice: () => {},
			async prepare(client) {
				const channels = [...logs.keys()];
				if (channels.length > 0) await client.subscribe(...channels);
				for (const log of logs.values()) onGrowth(log);
			},
		});
		opened.client.on('message', (channel: string) => {
			const log = logs.get(channel);
			if (log !== undefined) onGrowth(log);
		});
		return opened;
	};
	/** Between outages a request that fails is made good by `prepare`. */
	const ask = (send: Parameters<Link['request']>[0]) => {
		link ??= listen();
		return link.then((opened) => opened.request(send)).catch(() => {});
	};

	return {
		came(log) {
			if (closed) return;
			const channel = layout.log(log);
			logs.set(channel, log);
			void ask((client) => client.subscribe(channel)).then(() => onGrowth(log));
		},
		left(log) {
			const channel = layout.log(log);
			logs.delete(channel);
			if (!closed) void ask((client) => (logs.has(channel) ? Promise.resolve() : client.unsubscribe(channel)));
		},
		async close() {
			closed = true;
			await link?.then((opened) => opened.close());
		},
	};
}
