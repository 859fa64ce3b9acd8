const names: Readonly<Record<string, string>> = {
	openai: 'OpenAI',
	azure_openai: 'Azure OpenAI',
	anthropic: 'Anthropic',
	claude: 'Anthropic',
	gemini: 'Gemini',
	grok: 'xAI',
	xai: 'xAI',
	groq: 'Groq',
	cerebras: 'Cerebras',
	together: 'Together AI',
	fireworks: 'Fireworks AI',
	openrouter: 'OpenRouter',
	deepseek: 'DeepSeek',
	mistral: 'Mistral',
	huggingface: 'Hugging Face',
	moonshot: 'Moonshot AI',
	nebius: 'Nebius',
	qwen: 'Qwen',
	zai: 'Z.ai',
	poe: 'Poe',
	ollama: 'Ollama',
	vllm: 'vLLM',
	sglang: 'SGLang',
	lmstudio: 'LM Studio',
	llamacpp: 'llama.cpp',
};

const keyNames: Readonly<Record<string, string>> = {
	claude: 'ANTHROPIC_API_KEY',
	grok: 'XAI_API_KEY',
	huggingface: 'HF_TOKEN',
};

/** The provider as people write it; an unknown one keeps its id. */
export function providerName(provider: string): string {
	return names[provider] ?? provider;
}

/** The environment variable that usually holds this provider's key. */
export function apiKeyName(provider: string): string {
	return keyNames[provider] ?? `${provider.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}_API_KEY`;
}
