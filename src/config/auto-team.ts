import { z } from 'zod';
import { BotError } from '../core/errors.ts';
import { backendSettingsOf } from './backend-settings-of.ts';
import type { BackendTypeName } from './backend-types.ts';
import { type ConfiguredAgent, noTools } from './configured-team.ts';
import type { ProviderConfig } from './file-schema.ts';
import type { Environment } from './prepare.ts';
import { environmentProblem } from './problem.ts';
import { ollamaAddress } from './provider-of.ts';
import { keyVariables, providerAt } from './provider-presets.ts';
import { reach } from './reach.ts';

/** Agents when only one provider is there. */
const AGENTS_OF_ONE = 3;
/** A server that somebody has named may be far away. */
const SERVER_TIMEOUT_MS = 5_000;
const OLLAMA_ADDRESS = 'http://127.0.0.1:11434';
/** Models that do not chat, by their names. */
const NOT_CHAT = /embed|rerank|whisper|tts|transcri|moderation|dall-e|image|audio|realtime|sora/i;

/** Models for up to three agents of one provider, the first for one. All are in the price table. */
const defaultModels = {
	openai: ['gpt-5.4', 'gpt-5.4-mini', 'gpt-5.1'],
	claude: ['claude-sonnet-5', 'claude-opus-5', 'claude-haiku-4-5'],
	gemini: ['gemini-3.5-flash', 'gemini-2.5-pro', 'gemini-3.5-flash-lite'],
} as const;

const modelList = z.object({ data: z.array(z.object({ id: z.string() })) });
const ollamaTags = z.object({ models: z.array(z.object({ name: z.string() })) });

export interface AutoTeamOptions {
	env: Environment;
	/** The main file's `providers`. */
	providers?: Readonly<Record<string, ProviderConfig>>;
	fetch: typeof globalThis.fetch;
	/** How long to wait for an Ollama on this machine. Default 300 ms. */
	timeoutMs?: number;
}

export interface AutoTeam {
	agents: ReadonlyMap<string, ConfiguredAgent>;
	notes: readonly string[];
}

/** One provider that can be reached, and its models, best first; at least one. */
interface Candidate {
	name: string;
	type: BackendTypeName;
	models: readonly string[];
}

/**
 * A team of the models that can be reached: one agent per provider when there are several, else three of the one.
 * Null when there are none. Throws `config_invalid` when a server that was named explicitly is the only hope and fails.
 */
export async function composeAutoTeam(options: AutoTeamOptions): Promise<AutoTeam | null> {
	const { env, providers = {} } = options;
	const notes: string[] = [];
	const [server, ollama] = await Promise.all([openAiServer(options, notes), ollamaModels(options, notes)]);
	const cloud = (type: keyof typeof defaultModels, provider: string, variable: string): Candidate[] =>
		hasKey(provider, options) ? [{ name: type, type, models: named(env[variable]) ?? defaultModels[type] }] : [];
	const candidates = [
		...(server === 'none' ? cloud('openai', 'openai', 'OPENAI_MODEL') : server),
		...cloud('claude', 'anthropic', 'ANTHROPIC_MODEL'),
		...cloud('gemini', 'gemini', 'GEMINI_MODEL'),
		...ollama,
	];
	if (candidates.length === 0) {
		const failure = server === 'none' ? undefined : notes[0];
		if (failure === undefined) return null;
		throw new BotError(
			'config_invalid',
			`${failure} Correct OPENAI_BASE_URL, start the server, or name a team, such as --team demo.`,
		);
	}
	const agents = new Map(
		seats(candidates).map(([id, type, model]): [string, ConfiguredAgent] => {
			const report = (message: string) => environmentProblem(id, message);
			const { settings } = backendSettingsOf({ type, model }, { agent: id, report, env, providers });
			return [id, { systemMessage: '', backend: settings, tools: noTools }];
		}),
	);
	const models = [...agents.values()].map(({ backend }) => `${backend.provider} ${backend.model}`);
	return { agents, notes: [`The team is made of the models that can be reached: ${models.join(', ')}.`, ...notes] };
}

function seats(candidates: readonly Candidate[]): [id: string, type: BackendTypeName, model: string][] {
	const [only] = candidates;
	if (only === undefined) return [];
	if (candidates.length > 1) return candidates.map(({ name, type, models }) => [name, type, models[0] ?? '']);
	return Array.from({ length: AGENTS_OF_ONE }, (_, i) => {
		const model = only.models[i % only.models.length] ?? '';
		return [`${only.name}-${i + 1}`, only.type, model];
	});
}

function hasKey(provider: string, { env, providers }: AutoTeamOptions): boolean {
	const set = (value: string | undefined) => value !== undefined && value !== '';
	return keyVariables(provider).some((variable) => set(env[variable])) || set(providers?.[provider]?.api_key);
}

/** `a, b` as a list; null when nothing is named. */
function named(value: string | undefined): readonly string[] | null {
	const models = (value ?? '').split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
	return models.length === 0 ? null : models;
}

/** The server at OPENAI_BASE_URL. `none`: no such server is named, so OpenAI itself is meant. */
async function openAiServer({ env, fetch }: AutoTeamOptions, notes: string[]): Promise<Candidate[] | 'none'> {
	const base = (env.OPENAI_BASE_URL ?? '').replace(/\/+$/, '');
	if (base === '' || providerAt(base) === 'openai') return 'none';
	const candidate = (models: readonly string[]): Candidate[] => [
		{ name: providerAt(base) ?? 'local', type: 'chatcompletion', models },
	];
	const models = named(env.OPENAI_MODEL);
	if (models !== null) return candidate(models);
	const key = env.OPENAI_API_KEY;
	const headers: Record<string, string> = key === undefined || key === '' ? {} : { authorization: `Bearer ${key}` };
	const reached = await reach(fetch, `${base}/models`, headers, SERVER_TIMEOUT_MS);
	if (reached.type === 'unreachable') {
		notes.push(`The server at OPENAI_BASE_URL (${hostOf(base)}) cannot be reached: ${reached.reason}.`);
		return [];
	}
	const list = modelList.safeParse(reached.body);
	const found = list.success ? chatModels(list.data.data.map((model) => model.id)) : [];
	if (found.length > 0) return candidate(found);
	notes.push(`The server at OPENAI_BASE_URL lists no model (HTTP status ${reached.status}); name one in OPENAI_MODEL.`);
	return [];
}

/** Without what may be secret in an address. */
const hostOf = (address: string) => (URL.canParse(address) ? new URL(address).host : 'not an address');

async function ollamaModels({ env, fetch, timeoutMs = 300 }: AutoTeamOptions, notes: string[]): Promise<Candidate[]> {
	const host = env.OLLAMA_HOST;
	const base = host === undefined || host === '' ? OLLAMA_ADDRESS : ollamaAddress(host);
	const reached = await reach(fetch, `${base}/api/tags`, {}, timeoutMs);
	if (reached.type === 'unreachable') return [];
	const tags = ollamaTags.safeParse(reached.body);
	if (!tags.success) return [];
	const models = named(env.OLLAMA_MODEL) ?? chatModels(tags.data.models.map((model) => model.name));
	if (models.length > 0) return [{ name: 'ollama', type: 'ollama', models }];
	notes.push('Ollama is running and has no model; fetch one, for example with `ollama pull llama3.2`.');
	return [];
}

const chatModels = (models: readonly string[]) =>
	models.filter((model) => !NOT_CHAT.test(model)).slice(0, AGENTS_OF_ONE);
