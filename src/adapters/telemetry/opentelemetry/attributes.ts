import type { Attributes } from '@opentelemetry/api';
import { conventionalProvider } from '../../../core/conventional-provider.ts';
import type { RunEvent } from '../../../core/run-event.ts';
import type { ModelCall } from '../../../core/usage.ts';

export type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

/** What a model call is measured and traced by. */
export function callAttributes({ backend, provider = backend, model, failure }: ModelCall): Attributes {
	return {
		'gen_ai.operation.name': 'chat',
		'gen_ai.provider.name': conventionalProvider(provider),
		'gen_ai.request.model': model,
		...(failure === undefined ? {} : { 'error.type': failure }),
	};
}

/** The tokens of a call, of what the provider said. */
export function usageAttributes({ usage, firstMs }: ModelCall): Attributes {
	const known: readonly (readonly [string, number | null])[] = [
		['gen_ai.usage.input_tokens', usage.inputTokens],
		['gen_ai.usage.output_tokens', usage.outputTokens],
		['gen_ai.usage.cache_read.input_tokens', usage.cachedInputTokens],
		['gen_ai.usage.reasoning.output_tokens', usage.reasoningTokens],
		['gen_ai.response.time_to_first_chunk', firstMs === undefined ? null : firstMs / 1_000],
	];
	return Object.fromEntries(known.flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}

/** A message of one text part, as the conventions write it. */
export const messageText = (role: 'user' | 'assistant', content: string): string =>
	JSON.stringify([{ role, parts: [{ type: 'text', content }] }]);
