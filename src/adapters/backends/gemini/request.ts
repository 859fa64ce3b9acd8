import type { GenerateContentConfig, GenerateContentParameters, Tool } from '@google/genai';
import type { BackendRequest } from '../../../core/backend.ts';
import type { BackendSettings } from '../../../core/backend-settings.ts';
import { toContents } from './contents.ts';
import { thinkingFor } from './thinking.ts';

type Sdk = typeof import('@google/genai');

export interface RequestOptions {
	/** False: this model does not take provider tools beside functions, so it gets the functions alone. */
	mixing: boolean;
	signal: AbortSignal;
	continuationToken: string | null;
}

/** Whether the request asks for our functions and for tools of the provider at once. */
export function isMixed(request: BackendRequest, { webSearch, codeExecution }: BackendSettings): boolean {
	return request.tools.length > 0 && (webSearch || codeExecution);
}

/** One call of `streamGenerateContent`. */
export function toParameters(
	sdk: Sdk,
	request: BackendRequest,
	settings: BackendSettings,
	{ mixing, signal, continuationToken }: RequestOptions,
): GenerateContentParameters {
	const { model, temperature, topP, maxOutputTokens, reasoning } = settings;
	const mixed = isMixed(request, settings) && mixing;
	const tools = toolsOf(request, settings, mixed || request.tools.length === 0);
	const thinkingConfig = thinkingFor(model, reasoning.effort, sdk.ThinkingLevel);
	const config: GenerateContentConfig = {
		...(request.system === '' ? {} : { systemInstruction: request.system }),
		...(temperature === null ? {} : { temperature }),
		...(topP === null ? {} : { topP }),
		...(maxOutputTokens === null ? {} : { maxOutputTokens }),
		...(thinkingConfig === null ? {} : { thinkingConfig }),
		...(tools.length === 0 ? {} : { tools }),
		...toolConfigOf(sdk, request, mixed),
		...(continuationToken === null ? {} : { continuationToken }),
		// On a broken connection the SDK would go on from a checkpoint before what has been shown already.
		automaticContinuation: false,
		automaticFunctionCalling: { disable: true },
		abortSignal: signal,
	};
	return { model, contents: toContents(request.messages, model), config };
}

function toolsOf(request: BackendRequest, { webSearch, codeExecution }: BackendSettings, provider: boolean): Tool[] {
	const functionDeclarations = request.tools.map(({ name, description, parameters }) => ({
		name,
		description,
		parametersJsonSchema: parameters,
	}));
	return [
		...(functionDeclarations.length === 0 ? [] : [{ functionDeclarations }]),
		...(webSearch && provider ? [{ googleSearch: {} }] : []),
		...(codeExecution && provider ? [{ codeExecution: {} }] : []),
	];
}

/**
 * Beside provider tools a function cannot be forced: `ANY` means functions only. The model then chooses among both
 * (`VALIDATED`), what the provider ran comes back as parts, and the agent's corrections do the rest.
 */
function toolConfigOf(sdk: Sdk, request: BackendRequest, mixed: boolean): Pick<GenerateContentConfig, 'toolConfig'> {
	const { ANY, VALIDATED } = sdk.FunctionCallingConfigMode;
	if (mixed) {
		return { toolConfig: { functionCallingConfig: { mode: VALIDATED }, includeServerSideToolInvocations: true } };
	}
	const forced = request.toolChoice === 'required' && request.tools.length > 0;
	return forced ? { toolConfig: { functionCallingConfig: { mode: ANY } } } : {};
}
