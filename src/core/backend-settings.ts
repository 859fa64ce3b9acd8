/** How one agent's model is reached. The configuration makes it; only adapters and `app.ts` read it. Holds secrets. */
export interface BackendSettings {
	/** Which adapter. */
	type: 'openai' | 'openai-compatible' | 'anthropic' | 'gemini' | 'scripted';
	/** Who is billed: `openai`, `groq`, `ollama`, ... For prices, rate limits and messages. */
	provider: string;
	model: string;
	/** Null: the endpoint needs none. */
	apiKey: string | null;
	/** Null: the SDK's own default. */
	baseUrl: string | null;
	headers: Readonly<Record<string, string>>;
	temperature: number | null;
	topP: number | null;
	maxOutputTokens: number | null;
	reasoning: { effort: string | null; summary: string | null };
	/** OpenAI's `text.verbosity`. */
	verbosity: string | null;
	webSearch: boolean;
	codeExecution: boolean;
	/** What an OpenAI-compatible endpoint can do. Other adapters ignore it. */
	endpoint: EndpointCapabilities;
	/** Shared by all runs of this process that use the same provider and key. Null: no client-side limit. */
	rateLimit: { requestsPerMinute: number | null; tokensPerMinute: number | null };
	/** Tries per call, the first included. */
	tries: number;
	/** Longest silence of a stream, in milliseconds, before it counts as broken. */
	idleTimeoutMs: number;
	/** Further fields of the request body, passed on as they are. */
	extra: Readonly<Record<string, unknown>>;
	/** The scripted backend's script for this agent, as read from YAML. Null for the others. */
	script: unknown;
}

/** Differences between servers that speak Chat Completions. */
export interface EndpointCapabilities {
	/** Accepts `stream_options.include_usage`. */
	streamUsage: boolean;
	/** Accepts `tool_choice: "required"`; otherwise `auto` is sent and the agent's corrections do the rest. */
	requiredToolChoice: boolean;
	/** Accepts `strict: true` in function definitions. */
	strictTools: boolean;
	/** Name of the output limit's field. */
	maxTokensField: 'max_tokens' | 'max_completion_tokens';
}
