import type { Gateway, Place, ThreadMessage } from '../../src/core/gateway.ts';

export interface Shown {
	place: Place;
	message: ThreadMessage;
}

/** A gateway that keeps what it is given, for tests of what stands before every gateway. */
export function recordingGateway(
	name: string,
	canAsk = true,
): Gateway<ThreadMessage> & { shown: Map<string, Shown>; said: string[] } {
	const shown = new Map<string, Shown>();
	const said: string[] = [];
	const keep = (place: Place, message: ThreadMessage) => {
		const id = `${place.session}/${place.run ?? ''}/${message.key}`;
		shown.set(id, { place, message });
		return id;
	};
	return {
		name,
		shown,
		said,
		capabilities: { editIntervalMs: 0, canAsk, keepsMessages: false, maxMessages: Number.POSITIVE_INFINITY },
		async start() {},
		render: (message) => [message],
		post: async (place, _slot, message) => keep(place, message),
		edit: async (place, _slot, _id, message) => keep(place, message),
		async remove() {},
		async reply(_inbound, text) {
			said.push(text);
		},
		async stop() {},
	};
}
