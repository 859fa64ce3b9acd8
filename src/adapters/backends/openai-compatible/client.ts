import type { OpenAI } from 'openai';
import type { BackendSettings } from '../../../core/backend-settings.ts';
import { BotError } from '../../../core/errors.ts';
import { type OpenAISdk, openAIClientOptions } from '../shared/openai-sdk.ts';
import { apiKeyName, providerName } from '../shared/provider-names.ts';

/** Azure's oldest generally available version that reports usage while streaming. */
const AZURE_API_VERSION = '2024-10-21';

/**
 * Azure by deployment: the model is the deployment's name and the address is the resource's. Azure's newer address,
 * which ends in `/openai/v1`, needs none of it and is an ordinary endpoint.
 */
function azureClient(sdk: OpenAISdk, settings: BackendSettings, baseUrl: string): OpenAI {
	const version = settings.extra.api_version;
	return new sdk.AzureOpenAI({
		...openAIClientOptions(settings),
		baseURL: `${baseUrl.replace(/\/+$/, '').replace(/\/openai$/, '')}/openai`,
		apiVersion: typeof version === 'string' ? version : AZURE_API_VERSION,
	});
}

/** The client of one endpoint. Throws `config_missing` when its address, or Azure's key, is not set. */
export function createClient(sdk: OpenAISdk, settings: BackendSettings): OpenAI {
	const { provider, baseUrl, apiKey } = settings;
	const name = providerName(provider);
	if (baseUrl === null) {
		throw new BotError(
			'config_missing',
			`${name} needs an address: set \`base_url\` in the backend of ${settings.model}.`,
		);
	}
	if (provider !== 'azure_openai' || /\/openai\/v1\/?$/.test(baseUrl))
		return new sdk.OpenAI(openAIClientOptions(settings));
	if (apiKey === null) throw new BotError('config_missing', `${name} needs a key: set ${apiKeyName(provider)}.`);
	return azureClient(sdk, settings, baseUrl);
}
