import type { Gateway, ThreadMessage } from '../../../core/gateway.ts';
import type { ThreadCache } from './thread-cache.ts';

type ThreadDisplay = Pick<Gateway<ThreadMessage>, 'capabilities' | 'render' | 'post' | 'edit' | 'remove'>;

/** How a gateway shows threads that are read out of a cache. What was posted is known by its key. */
export function displayIn(threads: ThreadCache): ThreadDisplay {
	return {
		capabilities: { editIntervalMs: 50, canAsk: true, keepsMessages: false, maxMessages: Number.POSITIVE_INFINITY },
		render: (message) => [message],
		async post(place, { key }, message) {
			threads.put(place, message);
			return key;
		},
		async edit(place, { key }, _id, message) {
			threads.put(place, message);
			return key;
		},
		/** Readers drop what they do not get again when they read the thread anew. */
		async remove() {},
	};
}
