import type { BackendSettings } from '../core/backend-settings.ts';
import { backendSettingsOf } from './backend-settings-of.ts';
import type { ProviderConfig } from './file-schema.ts';
import type { MemoryFile } from './memory-schema.ts';
import type { Environment } from './prepare.ts';
import type { Problem } from './problem.ts';
import { keyVariables } from './provider-presets.ts';

const MODEL = 'text-embedding-3-small';

export interface MemorySettings {
	/** The model that makes memories; null: the cheapest that is configured. Holds a secret. */
	backend: BackendSettings | null;
	/** Null: the embedder that needs no network. Holds a secret. */
	openai: { apiKey: string; baseUrl: string | null; model: string } | null;
	/** Most memories of a channel, a thread or a person. */
	most: number;
	/** Null: for good. */
	retentionDays: number | null;
	/** Most memories that a run is given. */
	recallLimit: number;
	/** Longest wait of a question for its memories, in milliseconds; the local embedder takes some 20, once loaded. */
	recallMs: number;
}

interface Context {
	env: Environment;
	providers: Readonly<Record<string, ProviderConfig>>;
	/** Makes a problem that points at a key below `memory`. */
	report(message: string, key: string): Problem;
}

/** Null: nothing is remembered beyond a conversation. */
export function memorySettings(
	file: MemoryFile | undefined,
	{ env, providers, report }: Context,
): { memory: MemorySettings | null; problems: Problem[] } {
	if (file?.enabled !== true || file.persistent_memory?.enabled === false) return { memory: null, problems: [] };
	const problems: Problem[] = [];
	const backend =
		file.backend === undefined
			? null
			: backendSettingsOf(file.backend, { agent: 'memory', env, providers, report: (text) => report(text, 'backend') });
	if (backend !== null) problems.push(...backend.onUse);
	const apiKey = keyOf(env, providers);
	const wanted = file.embedder ?? 'auto';
	if (wanted === 'openai' && apiKey === null) {
		problems.push(report('needs OPENAI_API_KEY; without it write `local`, which needs no key', 'embedder'));
	}
	// A server that only speaks like OpenAI may have no embeddings: it must be asked for.
	const baseUrl = providers.openai?.base_url ?? (env.OPENAI_BASE_URL || null);
	const usesOpenAI = apiKey !== null && (wanted === 'openai' || (wanted === 'auto' && baseUrl === null));
	const days = file.retention_days ?? 365;
	const memory: MemorySettings = {
		backend: backend?.settings ?? null,
		openai: usesOpenAI ? { apiKey, baseUrl, model: file.embedding_model ?? MODEL } : null,
		most: file.max_memories ?? 2_000,
		retentionDays: days === 0 ? null : days,
		recallLimit: file.retrieval?.limit ?? 8,
		recallMs: (file.retrieval?.timeout_seconds ?? 3) * 1_000,
	};
	return { memory, problems };
}

function keyOf(env: Environment, providers: Context['providers']): string | null {
	const variable = keyVariables('openai').find((name) => (env[name] ?? '') !== '');
	return (variable === undefined ? undefined : env[variable]) ?? providers.openai?.api_key ?? null;
}
