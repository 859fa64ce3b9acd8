import type { Backend, BackendRequest } from '../../core/backend.ts';
import type { BackendSettings } from '../../core/backend-settings.ts';
import { unknownUsage } from '../../core/usage.ts';
import { brokenStream, endingOf } from './gemini/ending.ts';
import { createGenerateApi } from './gemini/generate-api.ts';
import { createReply, type Reply } from './gemini/reply.ts';
import { checkEffort } from './gemini/thinking.ts';
import { type AttemptEvent, type BackendServices, resilientStream } from './shared/resilient-stream.ts';

/** How often one call goes on where the provider asks for it. */
const MOST_CONTINUATIONS = 16;

/** Gemini over its own API. Throws `config_invalid` for a reasoning effort that it does not have. */
export async function createGeminiBackend(settings: BackendSettings, services: BackendServices): Promise<Backend> {
	checkEffort(settings.reasoning.effort);
	const api = await createGenerateApi(settings, services.clock);

	async function* attempt(
		request: BackendRequest,
		reply: Reply,
		signal: AbortSignal,
		alive: () => void,
	): AsyncGenerator<AttemptEvent> {
		try {
			for (let token: string | null = null, requests = 0; ; requests++) {
				for await (const chunk of await api.stream(request, token, signal)) {
					alive();
					yield* reply.read(chunk);
				}
				token = reply.finishReason() === 'CONTINUATION' ? reply.continuationToken() : null;
				if (token === null || requests === MOST_CONTINUATIONS) break;
				reply.goOn();
			}
			yield endingOf(reply, settings.model);
		} catch (error) {
			throw reply.hasBegun() && isHalfChunk(error) ? brokenStream() : error;
		}
	}

	return {
		name: 'gemini',
		provider: settings.provider,
		model: settings.model,
		stream(request, signal) {
			let reply: Reply | null = null;
			return resilientStream(request, signal, {
				settings,
				services,
				open(current, trySignal, alive) {
					reply = createReply(current.messages.length);
					return attempt(current, reply, trySignal, alive);
				},
				classify: api.classify,
				usageSoFar: () => reply?.usage() ?? unknownUsage,
			});
		},
	};
}

/** The SDK's words for a stream that ends between two line ends. */
const isHalfChunk = (error: unknown) => error instanceof Error && error.message.startsWith('Incomplete JSON segment');
