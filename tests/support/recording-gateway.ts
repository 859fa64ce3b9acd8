import type { Gateway, Place, ThreadMessage } from '../../src/core/gateway.ts';

export interface Shown {
	place: Place;
	message: ThreadMessage;
}

export interface RecordingGateway extends Gateway<ThreadMessage> {
	/** The newest state of every message, by its id. */
	shown: Map<string, Shown>;
	said: string[];
	/** What was posted and not edited. */
	posts: ThreadMessage[];
	/** Which messages it does not take. */
	refuse(message: ThreadMessage): boolean;
}

/** A gateway that keeps what it is given, for tests of what stands before every gateway. */
export function recordingGateway(name: string, { canAsk = true, keepsMessages = false } = {}): RecordingGateway {
	const shown = new Map<string, Shown>();
	const posts: ThreadMessage[] = [];
	const said: string[] = [];
	const keep = (place: Place, message: ThreadMessage) => {
		if (gateway.refuse(message)) throw new Error('not now');
		const id = `${place.session}/${place.run ?? ''}/${message.key}`;
		shown.set(id, { place, message });
		return id;
	};
	const gateway: RecordingGateway = {
		name,
		shown,
		said,
		posts,
		refuse: () => false,
		capabilities: { editIntervalMs: 0, canAsk, keepsMessages, maxMessages: Number.POSITIVE_INFINITY },
		async start() {},
		render: (message) => [message],
		async post(place, _slot, message) {
			const id = keep(place, message);
			posts.push(message);
			return id;
		},
		edit: async (place, _slot, _id, message) => keep(place, message),
		async remove() {},
		standing: async () => ({ kind: 'member', roles: [], name: null }),
		async reply(_inbound, text) {
			said.push(text);
		},
		async stop() {},
	};
	return gateway;
}
