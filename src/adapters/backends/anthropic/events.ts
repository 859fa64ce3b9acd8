import type { RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages';

type Sdk = typeof import('@anthropic-ai/sdk');
type Streaming = typeof import('@anthropic-ai/sdk/core/streaming');

/**
 * The events of a streamed message. The SDK's own iterator is not used: it keeps pings to itself, which are the only
 * sign of life while a model thinks in silence, and passes over what is no event of the API without a word.
 * `alive` is called for everything that arrives. Throws `APIError` for an `error` event, `SyntaxError` for nonsense.
 */
export async function* readEvents(
	{ APIError }: Sdk,
	{ Stream }: Streaming,
	response: Response,
	alive: () => void,
): AsyncGenerator<RawMessageStreamEvent> {
	const type = response.headers.get('content-type') ?? '';
	if (/html|json/.test(type)) throw new SyntaxError(`it is ${type}, not a stream of events`);
	for await (const { event, data } of Stream.rawEvents(response)) {
		alive();
		if (data === '') continue;
		const message: unknown = JSON.parse(data);
		if (event === 'error') throw new APIError(undefined, Object(message), undefined, response.headers);
		if (isEvent(message)) yield message;
	}
}

/** An event by its looks; one of a type that this SDK does not know yet is harmless. */
function isEvent(message: unknown): message is RawMessageStreamEvent {
	return typeof message === 'object' && message !== null && 'type' in message && message.type !== 'ping';
}
