import type { Backend, BackendRequest } from '../../core/backend.ts';
import type { BackendSettings } from '../../core/backend-settings.ts';
import { type Usage, unknownUsage } from '../../core/usage.ts';
import { endingOf } from './anthropic/ending.ts';
import { type Continuation, createMessagesApi } from './anthropic/messages-api.ts';
import { createReply } from './anthropic/reply.ts';
import { checkEffort } from './anthropic/thinking.ts';
import { addUsage } from './anthropic/usage.ts';
import { type AttemptEvent, type BackendServices, resilientStream } from './shared/resilient-stream.ts';

/** How often one call goes on after the provider's own tools paused it. */
const MOST_PAUSES = 16;

/** Claude over the Messages API. Throws `config_invalid` for a reasoning effort that it does not have. */
export async function createAnthropicBackend(settings: BackendSettings, services: BackendServices): Promise<Backend> {
	checkEffort(settings.reasoning.effort);
	const api = await createMessagesApi(settings, services.clock);

	async function* attempt(
		request: BackendRequest,
		signal: AbortSignal,
		{ used, alive }: { used(usage: Usage): void; alive(): void },
	): AsyncGenerator<AttemptEvent> {
		let before: Usage | null = null;
		const rest: Continuation = { content: [], container: null };
		for (let pauses = 0; ; pauses++) {
			const reply = createReply();
			const total = () => (before === null ? reply.usage() : addUsage(before, reply.usage()));
			for await (const event of api.stream(request, rest, signal, alive)) {
				yield* reply.read(event);
				used(total());
			}
			const paused = reply.stopReason() === 'pause_turn' && pauses < MOST_PAUSES;
			if (!paused) return yield* endingOf(reply, rest.content, total(), settings.model);
			before = total();
			rest.content.push(...reply.content());
			rest.container = reply.container() ?? rest.container;
		}
	}

	return {
		name: 'anthropic',
		provider: settings.provider,
		model: settings.model,
		stream(request, signal) {
			let usage = unknownUsage;
			return resilientStream(request, signal, {
				settings,
				services,
				open(current, trySignal, alive) {
					usage = unknownUsage;
					const used = (now: Usage) => {
						usage = now;
					};
					return attempt(current, trySignal, { used, alive });
				},
				classify: api.classify,
				usageSoFar: () => usage,
			});
		},
	};
}
