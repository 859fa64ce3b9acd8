import type { ClientOptions } from '@anthropic-ai/sdk';
import type {
	ContentBlockParam,
	MessageCreateParamsStreaming,
	RawMessageStreamEvent,
} from '@anthropic-ai/sdk/resources/messages';
import type { BackendRequest } from '../../../core/backend.ts';
import type { BackendSettings } from '../../../core/backend-settings.ts';
import type { Clock } from '../../../core/clock.ts';
import { directFetch } from '../shared/direct-fetch.ts';
import type { Failure } from '../shared/resilient-stream.ts';
import { classifyAnthropic } from './classify-anthropic.ts';
import { type Concession, concessionFor } from './concessions.ts';
import { readEvents } from './events.ts';
import { toParams } from './request.ts';

/** The SDK's own time limit is a last resort behind the idle timeout. */
const SDK_TIMEOUT_MARGIN_MS = 60_000;

/** What a paused call has written so far. */
export interface Continuation {
	content: ContentBlockParam[];
	container: string | null;
}

export interface MessagesApi {
	/** One request's events. `alive` is called for everything that arrives. Throws what `classify` understands. */
	stream(
		request: BackendRequest,
		rest: Continuation,
		signal: AbortSignal,
		alive: () => void,
	): AsyncGenerator<RawMessageStreamEvent>;
	classify(error: unknown): Failure;
}

/** The Messages API as one model takes it: what it has refused once is not asked of it again. */
export async function createMessagesApi(settings: BackendSettings, clock: Clock): Promise<MessagesApi> {
	const sdk = await import('@anthropic-ai/sdk');
	const client = new sdk.Anthropic(clientOptions(settings));
	const refused = new Set<Concession>();

	const open = async (request: BackendRequest, rest: Continuation, signal: AbortSignal) => {
		for (const without = new Set(refused); ; ) {
			const params = continued(toParams(request, settings, without), rest);
			try {
				// `messages.create` would do the same, and print a warning for every call of an older model.
				return await client.post('/v1/messages', { body: params, stream: true, signal }).asResponse();
			} catch (error) {
				const refusal = error instanceof sdk.BadRequestError ? (error.apiMessage ?? error.message) : null;
				const concession = refusal === null ? null : concessionFor(refusal, params);
				if (concession === null || without.has(concession)) throw error;
				without.add(concession);
				// Blocks that do not fit are a matter of one conversation, not of the model.
				if (concession !== 'thinking_blocks') refused.add(concession);
			}
		}
	};

	return {
		async *stream(request, rest, signal, alive) {
			yield* readEvents(sdk, await open(request, rest, signal), signal, alive);
		},
		classify: (error) => classifyAnthropic(sdk, error, settings, clock),
	};
}

function clientOptions({ apiKey, baseUrl, headers, idleTimeoutMs }: BackendSettings): ClientOptions {
	return {
		// Without a key the SDK would look for one on this machine and send it to whatever address is configured.
		apiKey: apiKey ?? 'none',
		baseURL: baseUrl?.replace(/\/v1\/?$/, '') ?? null,
		defaultHeaders: { ...(apiKey === null ? { authorization: null } : {}), ...headers },
		fetch: directFetch,
		maxRetries: 0,
		timeout: idleTimeoutMs + SDK_TIMEOUT_MARGIN_MS,
		// It logs what it cannot parse, and that may be anything.
		logLevel: 'off',
		openTelemetry: false,
	};
}

function continued(params: MessageCreateParamsStreaming, rest: Continuation): MessageCreateParamsStreaming {
	if (rest.content.length === 0) return params;
	const messages = [...params.messages, { role: 'assistant' as const, content: rest.content }];
	return { ...params, messages, ...(rest.container === null ? {} : { container: rest.container }) };
}
