import type { ResponseStreamEvent } from 'openai/resources/responses/responses';
import type { Backend, BackendRequest } from '../../core/backend.ts';
import type { BackendSettings } from '../../core/backend-settings.ts';
import { unknownUsage } from '../../core/usage.ts';
import { createReply, type Reply } from './openai/reply.ts';
import { responseParams } from './openai/request.ts';
import { createOpenAIClassifier, loadOpenAI, openAIClientOptions } from './shared/openai-sdk.ts';
import { readOpenAIStream } from './shared/openai-stream.ts';
import { type AttemptEvent, type BackendServices, resilientStream } from './shared/resilient-stream.ts';

/** OpenAI's own models over the Responses API. */
export async function createOpenAIBackend(settings: BackendSettings, services: BackendServices): Promise<Backend> {
	const sdk = await loadOpenAI();
	const client = new sdk.OpenAI(openAIClientOptions(settings));
	const classify = createOpenAIClassifier(sdk, settings, services);

	async function* attempt(
		request: BackendRequest,
		reply: Reply,
		signal: AbortSignal,
		alive: () => void,
	): AsyncGenerator<AttemptEvent> {
		const response = await client.responses.create(responseParams(request, settings), { signal }).asResponse();
		const reader = {
			read(piece: ResponseStreamEvent) {
				const event = reply.read(piece);
				return event === null ? [] : [event];
			},
			end: () => [],
		};
		yield* readOpenAIStream(sdk, response, reader, { settings, signal, alive });
	}

	return {
		name: 'openai',
		provider: settings.provider,
		model: settings.model,
		stream(request, signal) {
			let reply: Reply | null = null;
			return resilientStream(request, signal, {
				settings,
				services,
				classify,
				open(current, trySignal, alive) {
					reply = createReply(settings);
					return attempt(current, reply, trySignal, alive);
				},
				usageSoFar: () => reply?.usage() ?? unknownUsage,
			});
		},
	};
}
