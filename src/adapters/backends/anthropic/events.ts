import type { RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages';
import { openEventStream } from '../shared/event-stream.ts';

type Sdk = typeof import('@anthropic-ai/sdk');

/**
 * The events of a streamed message. The SDK's own iterator is not used: it keeps pings to itself, which are the only
 * sign of life while a model thinks in silence, passes over what is no event of the API without a word, and is most of
 * what an event costs. `alive` is called for everything that arrives. Throws `APIError` for an `error` event,
 * `SyntaxError` for nonsense. An event that the end of the body cut off is none.
 */
export async function* readEvents(
	{ APIError }: Sdk,
	response: Response,
	signal: AbortSignal,
	alive: () => void,
): AsyncGenerator<RawMessageStreamEvent> {
	const stream = openEventStream(response, signal);
	try {
		const type = response.headers.get('content-type') ?? '';
		if (/html|json/.test(type)) throw new SyntaxError(`it is ${type}, not a stream of events`);
		for (let events = await stream.next(); events !== null; events = await stream.next()) {
			alive();
			for (const { name, data, isCut } of events) {
				if (data === '' || isCut) continue;
				const message: unknown = JSON.parse(data);
				if (name === 'error') throw new APIError(undefined, Object(message), undefined, response.headers);
				if (isEvent(message)) yield message;
			}
		}
	} finally {
		stream.stop();
	}
}

/** An event by its looks; one of a type that this SDK does not know yet is harmless. */
function isEvent(message: unknown): message is RawMessageStreamEvent {
	return typeof message === 'object' && message !== null && 'type' in message && message.type !== 'ping';
}
