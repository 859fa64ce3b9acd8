import type { BackendSettings, EndpointCapabilities } from '../core/backend-settings.ts';
import { type BackendConfig, passedOn } from './backend-schema.ts';
import { type BackendType, backendTypes } from './backend-types.ts';
import type { ProviderConfig } from './file-schema.ts';
import type { Environment } from './prepare.ts';
import type { Problem } from './problem.ts';
import { addressOf, type ProviderChoice, providerOf } from './provider-of.ts';
import { providerPresets, unknownEndpoint } from './provider-presets.ts';

/** Tries per model call when the file does not say. */
const TRIES = 4;
/** Longest silence of a stream in milliseconds when the file does not say. */
const IDLE_MS = 120_000;

export interface BackendContext {
	agent: string;
	/** Makes a problem that points at the backend. */
	report(message: string): Problem;
	env: Environment;
	providers: Readonly<Record<string, ProviderConfig>>;
}

export interface ResolvedBackend {
	settings: BackendSettings;
	/** Wrong only when the team is used: a key that is not there. */
	onUse: Problem[];
}

/** One agent's backend with everything filled in: its own words first, then environment, `providers`, presets. */
export function backendSettingsOf(config: BackendConfig, context: BackendContext): ResolvedBackend {
	const type: BackendType = backendTypes[config.type];
	const choice = providerOf(config, type, context);
	const provider = context.providers[choice.provider];
	const key = config.api_key ?? keyFromEnvironment(choice, context.env) ?? provider?.api_key ?? null;
	const address = addressOf(config, type, choice, context);
	const settings: BackendSettings = {
		type: type.adapter,
		provider: choice.provider,
		model: config.model ?? (type.adapter === 'scripted' ? 'scripted' : ''),
		apiKey: key,
		baseUrl: address,
		headers: headersOf(config, choice.provider, key),
		temperature: config.temperature ?? null,
		topP: config.top_p ?? null,
		maxOutputTokens: config.max_tokens ?? config.max_output_tokens ?? config.max_completion_tokens ?? null,
		reasoning: {
			effort: config.reasoning?.effort ?? config.reasoning_effort ?? null,
			summary: config.reasoning?.summary ?? null,
		},
		verbosity: config.text?.verbosity ?? null,
		webSearch: type.webSearch === 'yes' && config.enable_web_search === true,
		codeExecution: type.codeExecution === 'yes' && asksForCode(config),
		endpoint: endpointOf(config, choice.provider),
		rateLimit: {
			requestsPerMinute: provider?.rate_limit?.requests_per_minute ?? null,
			tokensPerMinute: provider?.rate_limit?.tokens_per_minute ?? null,
		},
		tries: config.tries ?? TRIES,
		idleTimeoutMs: config.idle_timeout_seconds === undefined ? IDLE_MS : Math.ceil(config.idle_timeout_seconds * 1000),
		extra: extraOf(config),
		script: config.script ?? null,
	};
	return { settings, onUse: missing(config, choice, key, address, context) };
}

function keyFromEnvironment({ keys }: ProviderChoice, env: Environment): string | null {
	return keys.map((name) => env[name]).find((value) => value !== undefined && value !== '') ?? null;
}

function headersOf(config: BackendConfig, provider: string, key: string | null): Record<string, string> {
	return {
		...(provider === 'azure_openai' && key !== null ? { 'api-key': key } : {}),
		...(config.betas === undefined ? {} : { 'anthropic-beta': config.betas.join(',') }),
		...config.extra_headers,
		...config.headers,
	};
}

function endpointOf(config: BackendConfig, provider: string): EndpointCapabilities {
	const preset = providerPresets[provider]?.endpoint ?? unknownEndpoint;
	return {
		streamUsage: config.endpoint?.stream_usage ?? preset.streamUsage,
		requiredToolChoice: config.endpoint?.required_tool_choice ?? preset.requiredToolChoice,
		strictTools: config.endpoint?.strict_tools ?? preset.strictTools,
		maxTokensField: config.endpoint?.max_tokens_field ?? preset.maxTokensField,
	};
}

function extraOf(config: BackendConfig): Record<string, unknown> {
	const given = passedOn.flatMap((key) => (config[key] === undefined ? [] : [[key, config[key]] as const]));
	return { ...Object.fromEntries(given), ...config.extra_body };
}

const asksForCode = (config: BackendConfig) =>
	config.enable_code_execution === true || config.enable_code_interpreter === true;

function missing(
	config: BackendConfig,
	choice: ProviderChoice,
	key: string | null,
	address: string | null,
	{ agent, report }: BackendContext,
): Problem[] {
	const problems: Problem[] = [];
	if (choice.provider === 'azure_openai' && address === null) {
		const advice = 'set the environment variable AZURE_OPENAI_ENDPOINT, or write base_url';
		problems.push(report(`the agent ${agent} needs the address of your Azure resource; ${advice}`));
	}
	if (
		address === null &&
		choice.provider !== 'azure_openai' &&
		backendTypes[config.type].adapter === 'openai-compatible'
	) {
		const advice = `write base_url, or providers.${choice.provider}.base_url`;
		problems.push(report(`the agent ${agent} has no address for its provider ${choice.provider}; ${advice}`));
	}
	if (choice.needsKey && key === null) {
		const [variable = ''] = choice.keys;
		problems.push(report(`the agent ${agent} (${config.type}) has no key; set the environment variable ${variable}`));
	}
	return problems;
}
