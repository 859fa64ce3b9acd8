import type { Clock } from '../../../core/clock.ts';
import type { GatewayHost } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import { Refusal } from '../shared/refusal.ts';

/** Longest wait of a request for the bot, in milliseconds. What was begun goes on. */
const LONGEST_MS = 30_000;

/** The host, with every call ended by a refusal when it takes too long. */
export function boundedHost(host: GatewayHost, clock: Clock, say: Say): GatewayHost {
	const bounded = <T>(work: Promise<T>): Promise<T> => {
		const { promise, reject } = Promise.withResolvers<never>();
		const cancel = clock.after(LONGEST_MS, () => reject(new Refusal(504, 'timeout', say('web.timeout'))));
		return Promise.race([work, promise]).finally(cancel);
	};
	return {
		receive: (inbound) => bounded(host.receive(inbound)),
		threads: (platform, tenant, options) => bounded(host.threads(platform, tenant, options)),
		thread: (session) => bounded(host.thread(session)),
		teams: () => bounded(host.teams()),
		commands: host.commands,
		keptFile: (id) => bounded(host.keptFile(id)),
	};
}
