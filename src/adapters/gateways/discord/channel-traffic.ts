import type { Clock } from '../../../core/clock.ts';
import { INVALID_REQUEST_WINDOW_MS } from './limits.ts';

/**
 * Sends one request of a kind at a time to a channel, in the order in which they come. The SDK alone lets later ones
 * overtake one that met an unexpected limit, and does not hold back those that it had queued before it knew a limit.
 *
 * A channel that has refused the bot is left alone: each 401 and 403 counts towards a ban of the whole address, for as
 * long as Discord counts them.
 */
export interface ChannelTraffic {
	/**
	 * Rejects as `request` does, or with an earlier refusal of that channel. `optional`: a refusal says nothing about
	 * the channel as a whole.
	 */
	send<Result>(request: {
		kind: 'post' | 'edit' | 'read';
		channel: string;
		optional?: boolean;
		act: () => Promise<Result>;
	}): Promise<Result>;
}

export function createChannelTraffic(clock: Clock): ChannelTraffic {
	const refused = new Map<string, { until: number; error: unknown }>();
	const last = new Map<string, Promise<void>>();

	function requireOpen(channel: string): void {
		const known = refused.get(channel);
		if (known === undefined) return;
		if (known.until > clock.now()) throw known.error;
		refused.delete(channel);
	}

	async function attempt<Result>(channel: string, optional: boolean, act: () => Promise<Result>): Promise<Result> {
		requireOpen(channel);
		try {
			return await act();
		} catch (error) {
			if (isRefusal(error) && !optional)
				refused.set(channel, { until: clock.now() + INVALID_REQUEST_WINDOW_MS, error });
			throw error;
		}
	}

	return {
		send({ kind, channel, optional = false, act }) {
			const key = `${kind} ${channel}`;
			const own = (last.get(key) ?? Promise.resolve()).then(() => attempt(channel, optional, act));
			const done = own.then(
				() => {},
				() => {},
			);
			last.set(key, done);
			void done.then(() => {
				if (last.get(key) === done) last.delete(key);
			});
			return own;
		},
	};
}

const isRefusal = (error: unknown): boolean =>
	error instanceof Error && 'status' in error && (error.status === 401 || error.status === 403);
