import type { GenerateContentResponse, GoogleGenAIOptions } from '@google/genai';
import type { BackendRequest } from '../../../core/backend.ts';
import type { BackendSettings } from '../../../core/backend-settings.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Failure } from '../shared/resilient-stream.ts';
import { classifyGemini, refusalIn } from './classify-gemini.ts';
import { fetchOrThrow } from './gemini-error.ts';
import { isMixed, toParameters } from './request.ts';

/** How models before generation 3 refuse functions beside the provider's own tools. */
const refusesMixing = /built-?in tool|tool use with function calling|server[_-]?side[_-]?tool/i;

export interface GenerateApi {
	/** One request's chunks. Throws what `classify` understands. */
	stream(
		request: BackendRequest,
		continuationToken: string | null,
		signal: AbortSignal,
	): Promise<AsyncIterable<GenerateContentResponse>>;
	classify(error: unknown): Failure;
}

/** `streamGenerateContent` as one model takes it: what it has refused once is not asked of it again. */
export async function createGenerateApi(settings: BackendSettings, clock: Clock): Promise<GenerateApi> {
	const sdk = await import('@google/genai');
	const client = new sdk.GoogleGenAI(clientOptions(settings));
	let mixing = true;

	return {
		async stream(request, continuationToken, signal) {
			const start = () =>
				client.models.generateContentStream(
					toParameters(sdk, request, settings, { mixing, signal, continuationToken }),
				);
			try {
				return await start();
			} catch (error) {
				if (!mixing || !isMixed(request, settings) || !refusesMixing.test(refusalIn(error) ?? '')) throw error;
				mixing = false;
				return start();
			}
		},
		classify: (error) => classifyGemini(sdk, error, settings, clock),
	};
}

function clientOptions({ apiKey, baseUrl, headers, extra }: BackendSettings): GoogleGenAIOptions {
	const [, origin = baseUrl, apiVersion] = /^(.*?)\/(v1(?:alpha|beta)?)\/?$/.exec(baseUrl ?? '') ?? [];
	return {
		vertexai: false,
		// Without a key the SDK would look for one in the environment and send it to whatever address is configured.
		apiKey: apiKey ?? 'none',
		...(apiVersion === undefined ? {} : { apiVersion }),
		httpOptions: {
			...(origin === null ? {} : { baseUrl: origin }),
			headers: { ...headers },
			extraBody: { ...extra },
			fetch: fetchOrThrow,
		},
	};
}
