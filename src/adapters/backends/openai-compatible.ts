import type { Backend, BackendRequest } from '../../core/backend.ts';
import type { BackendSettings } from '../../core/backend-settings.ts';
import { unknownUsage } from '../../core/usage.ts';
import { createClient } from './openai-compatible/client.ts';
import { createReply, type Reply } from './openai-compatible/reply.ts';
import { completionParams } from './openai-compatible/request.ts';
import { createOpenAIClassifier, loadOpenAI } from './shared/openai-sdk.ts';
import { readOpenAIStream } from './shared/openai-stream.ts';
import { type AttemptEvent, type BackendServices, resilientStream } from './shared/resilient-stream.ts';

/**
 * Any server that speaks Chat Completions, at `settings.baseUrl`. `extra` goes into the body, but `api_version`, which
 * is Azure's. Throws `config_missing` without an address.
 */
export async function createOpenAICompatibleBackend(
	settings: BackendSettings,
	services: BackendServices,
): Promise<Backend> {
	const sdk = await loadOpenAI();
	const client = createClient(sdk, settings);
	const classify = createOpenAIClassifier(sdk, settings, services);
	const { api_version: _, ...extra } = settings.extra;
	const bodySettings = { ...settings, extra };

	async function* attempt(
		request: BackendRequest,
		reply: Reply,
		signal: AbortSignal,
		alive: () => void,
	): AsyncGenerator<AttemptEvent> {
		// `chat.completions.create` would do the same, at twice the cost, for a stream that is not used.
		const response = await client
			.post('/chat/completions', { body: completionParams(request, bodySettings), stream: true, signal })
			.asResponse();
		yield* readOpenAIStream(sdk, response, reply, { settings, signal, alive });
	}

	return {
		name: 'openai-compatible',
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
