import type { BackendSettings } from '../core/backend-settings.ts';

/** `later`: MassGen's backend of this type has it, ours does not yet. */
type Support = 'yes' | 'later' | 'no';

export interface BackendType {
	adapter: BackendSettings['type'];
	/** Null: read off the address. */
	provider: string | null;
	webSearch: Support;
	codeExecution: Support;
	/** What MassGen uses when no model is named; null where it wants one too. */
	massgenModel: string | null;
}

const compatible = (provider: string | null, massgenModel: string | null = null): BackendType => ({
	adapter: 'openai-compatible',
	provider,
	webSearch: 'no',
	codeExecution: 'no',
	massgenModel,
});

const own = (adapter: BackendSettings['type'], provider: string, massgenModel: string): BackendType => ({
	adapter,
	provider,
	webSearch: 'yes',
	codeExecution: 'yes',
	massgenModel,
});

/** Every value of `backend.type` that works, MassGen's names first. */
export const backendTypes = {
	openai: own('openai', 'openai', 'gpt-4o'),
	claude: own('anthropic', 'anthropic', 'claude-sonnet-4-5-20250929'),
	gemini: own('gemini', 'gemini', 'gemini-2.5-flash'),
	grok: { ...compatible('xai', 'grok-4'), webSearch: 'later' },
	azure_openai: { ...compatible('azure_openai', 'gpt-4o'), webSearch: 'later', codeExecution: 'later' },
	chatcompletion: compatible(null),
	openrouter: compatible('openrouter'),
	qwen: compatible('qwen'),
	lmstudio: compatible('lmstudio'),
	vllm: compatible('vllm'),
	sglang: compatible('sglang'),
	inference: compatible('inference'),
	zai: compatible('zai', 'glm-4.5'),
	cerebras: compatible('cerebras'),
	together: compatible('together'),
	fireworks: compatible('fireworks'),
	groq: compatible('groq'),
	moonshot: compatible('moonshot'),
	nebius: compatible('nebius'),
	poe: compatible('poe'),
	anthropic: own('anthropic', 'anthropic', 'claude-sonnet-4-5-20250929'),
	deepseek: compatible('deepseek'),
	mistral: compatible('mistral'),
	huggingface: compatible('huggingface'),
	ollama: compatible('ollama'),
	llamacpp: compatible('llamacpp'),
	openai_compatible: compatible(null),
	scripted: { ...compatible('scripted', 'scripted'), adapter: 'scripted' },
} as const satisfies Record<string, BackendType>;

export type BackendTypeName = keyof typeof backendTypes;

/** The keys of `backendTypes`, for schemas. */
export const backendTypeNames = Object.keys(backendTypes) as [BackendTypeName, ...BackendTypeName[]];

/** MassGen's types that cannot run here yet, and what to use meanwhile. */
export const laterTypes: ReadonlyMap<string, string> = new Map([
	['claude_code', 'use type `claude` with the same model'],
	['autogen', 'write `type: ag2` and `module` beside `id`, in the place of `backend`'],
	['claude_code_cli', 'use type `claude` with the same model'],
	['gemini_cli', 'use type `gemini` with the same model'],
	['codex', 'use type `openai` with the same model'],
	['copilot', 'use type `openai` with the same model'],
]);
