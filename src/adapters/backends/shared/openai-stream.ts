import type { BackendSettings } from '../../../core/backend-settings.ts';
import { checkStreamed } from './check-streamed.ts';
import { openEventStream } from './event-stream.ts';
import type { OpenAISdk } from './openai-sdk.ts';
import type { AttemptEvent } from './resilient-stream.ts';
import type { SseEvent } from './sse-decoder.ts';

/** What makes events of what one of OpenAI's APIs streams. Its methods throw when the reply has failed. */
export interface StreamReader<Data> {
	read(data: Data): readonly AttemptEvent[];
	/** What remains to be said when the stream has ended. */
	end(): readonly AttemptEvent[];
}

interface ReadOptions {
	settings: BackendSettings;
	signal: AbortSignal;
	/** Called for everything that arrives. */
	alive(): void;
}

/**
 * What a response of an `openai` client amounts to. The SDK's own decoder is not used: it is most of what a streamed
 * event costs. This one means the same by `[DONE]`, an error inside the stream (`APIError`) and nonsense
 * (`SyntaxError`). Text that arrived together is one delta. It reads on after `[DONE]` until the server has closed the
 * body, so that the connection can be used again.
 */
export async function* readOpenAIStream<Data>(
	sdk: OpenAISdk,
	response: Response,
	reader: StreamReader<Data>,
	{ settings, signal, alive }: ReadOptions,
): AsyncGenerator<AttemptEvent> {
	const stream = openEventStream(response, signal);
	let isEmpty = true;
	let isDone = false;
	try {
		for (let events = await stream.next(); events !== null; events = await stream.next()) {
			alive();
			if (events.length === 0 || isDone) continue;
			const said: AttemptEvent[] = [];
			try {
				for (const event of events) {
					if (isDone || event.data === '' || (event.isCut && !isWhole(event.data))) continue;
					isEmpty = false;
					isDone = event.data.startsWith('[DONE]');
					addAll(said, isDone ? reader.end() : reader.read(dataOf(sdk, response, event) as Data));
				}
			} finally {
				for (const one of said) yield one;
			}
		}
	} finally {
		stream.stop();
	}
	if (isEmpty) checkStreamed(response, settings);
	if (!isDone) yield* reader.end();
}

/** The data of one event, as the API's types promise it. */
function dataOf({ APIError }: OpenAISdk, { headers }: Response, { name, data }: SseEvent): unknown {
	const parsed: unknown = JSON.parse(data);
	const error = typeof parsed === 'object' && parsed !== null && 'error' in parsed ? parsed.error : null;
	if (error || name === 'error') throw new APIError(undefined, Object(error || parsed), undefined, headers);
	return parsed;
}

/** False for an event that the end of the body cut off. */
function isWhole(data: string): boolean {
	if (data.startsWith('[DONE]')) return true;
	try {
		JSON.parse(data);
		return true;
	} catch {
		return false;
	}
}

function addAll(events: AttemptEvent[], more: readonly AttemptEvent[]): void {
	for (const event of more) {
		const last = events.at(-1);
		if (event.type === 'text_delta' && last?.type === 'text_delta') last.text += event.text;
		else if (event.type === 'reasoning_delta' && last?.type === 'reasoning_delta') last.text += event.text;
		else events.push(event);
	}
}
