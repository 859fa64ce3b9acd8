import type { BackendSettings } from '../../../../../src/core/backend-settings.ts';

/** The settings of a scripted agent. */
export function scriptedSettings(script: unknown): BackendSettings {
	return {
		type: 'scripted',
		provider: 'scripted',
		model: 'scripted',
		apiKey: null,
		baseUrl: null,
		headers: {},
		temperature: null,
		topP: null,
		maxOutputTokens: null,
		reasoning: { effort: null, summary: null },
		verbosity: null,
		webSearch: false,
		codeExecution: false,
		endpoint: {
			streamUsage: true,
			requiredToolChoice: true,
			strictTools: true,
			maxTokensField: 'max_completion_tokens',
		},
		rateLimit: { requestsPerMinute: null, tokensPerMinute: null },
		tries: 1,
		idleTimeoutMs: 1000,
		extra: {},
		script,
	};
}
