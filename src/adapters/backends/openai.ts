import type { Backend, BackendRequest } from '../../core/backend.ts';
import type { BackendSettings } from '../../core/backend-settings.ts';
import { unknownUsage } from '../../core/usage.ts';
import { createReply, type Reply } from './openai/reply.ts';
import { responseParams } from './openai/request.ts';
import { checkStreamed } from './shared/check-streamed.ts';
import { createOpenAIClassifier, loadOpenAI, openAIClientOptions } from './shared/openai-sdk.ts';
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
		const { data, response } = await client.responses
			.create(responseParams(request, settings), { signal })
			.withResponse();
		let isEmpty = true;
		for await (const piece of data) {
			isEmpty = false;
			alive();
			const event = reply.read(piece);
			if (event !== null) yield event;
		}
		if (isEmpty) checkStreamed(response, settings);
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
