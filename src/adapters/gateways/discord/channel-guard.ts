import { setMaxListeners } from 'node:events';
import type { Clock } from '../../../core/clock.ts';
import { INVALID_REQUEST_WINDOW_MS } from './limits.ts';

/**
 * Stops asking where Discord has refused the bot: each 401 and 403 counts towards a ban of the whole address. A
 * channel that refused is left alone for as long as that is counted, and what still waits for its turn there is called
 * off.
 */
export interface ChannelGuard {
	/** Rejects with the refusal, also with an earlier one of that channel. */
	run<Result>(channel: string, request: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
}

interface Traffic {
	controller: AbortController;
	count: number;
}

export function createChannelGuard(clock: Clock): ChannelGuard {
	const refused = new Map<string, { until: number; error: unknown }>();
	const traffic = new Map<string, Traffic>();

	const refusalOf = (channel: string) => {
		const known = refused.get(channel);
		if (known !== undefined && known.until <= clock.now()) refused.delete(channel);
		return refused.get(channel) ?? null;
	};

	const trafficOf = (channel: string): Traffic => {
		const known = traffic.get(channel) ?? { controller: new AbortController(), count: 0 };
		setMaxListeners(0, known.controller.signal);
		traffic.set(channel, known);
		return known;
	};

	return {
		async run(channel, request) {
			const known = refusalOf(channel);
			if (known !== null) throw known.error;
			const own = trafficOf(channel);
			own.count += 1;
			try {
				return await request(own.controller.signal);
			} catch (error) {
				if (own.controller.signal.aborted) throw refusalOf(channel)?.error ?? error;
				if (isRefusal(error)) {
					refused.set(channel, { until: clock.now() + INVALID_REQUEST_WINDOW_MS, error });
					traffic.delete(channel);
					own.controller.abort();
				}
				throw error;
			} finally {
				own.count -= 1;
				if (own.count === 0 && traffic.get(channel) === own) traffic.delete(channel);
			}
		},
	};
}

const isRefusal = (error: unknown): boolean =>
	error instanceof Error && 'status' in error && (error.status === 401 || error.status === 403);
