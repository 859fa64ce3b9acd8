import type { Gateway, Place, ThreadMessage } from '../../src/core/gateway.ts';

export interface Shown {
	place: Place;
	message: ThreadMessage;
}

/** A gateway that keeps what it is given, for tests of what stands before every gateway. */
export function recordingGateway(name: string, canAsk = true): Gateway & { shown: Map<string, Shown>; said: string[] } {
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
		capabilities: { editIntervalMs: 0, canAsk },
		async start() {},
		post: async (place, message) => keep(place, message),
		async edit(place, _id, message) {
			keep(place, message);
		},
		async reply(_inbound, text) {
			said.push(text);
		},
		async stop() {},
	};
}
