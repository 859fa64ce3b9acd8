import type { Environment } from './prepare.ts';
import { addressVariable, keyVariables, providerPresets } from './provider-presets.ts';

/** One setting and every way to give it. Precedence: flag, environment, file, default. */
export interface Setting {
	/** What it is for. */
	help: string;
	flag: string | null;
	/** The first variable that is set wins. */
	env: readonly string[];
	/** The key in the configuration file. */
	file: string | null;
	default: string;
}

/** The settings of the process itself, by name. */
export const settings = {
	config: {
		help: 'The configuration file.',
		flag: '--config',
		env: ['MASSGEN_CONFIG'],
		file: null,
		default: 'config/massgen.yaml',
	},
	team: {
		help: 'The team that answers when nobody names one. `auto` is made of the models that can be reached.',
		flag: '--team',
		env: ['MASSGEN_TEAM'],
		file: 'default_team',
		default: 'auto',
	},
	dataDir: {
		help: 'Where runs are stored, relative to the working directory.',
		flag: '--data-dir',
		env: ['DATA_DIR'],
		file: 'data_dir',
		default: 'data',
	},
	locale: {
		help: 'Language of texts for people.',
		flag: null,
		env: ['MASSGEN_LOCALE'],
		file: 'locale',
		default: 'en',
	},
	runTimeout: {
		help: 'Seconds for a whole run, of every team; 0: none.',
		flag: '--timeout',
		env: ['MASSGEN_RUN_TIMEOUT'],
		file: 'timeout_settings.orchestrator_timeout_seconds',
		default: '1800',
	},
	port: {
		help: 'Where the page is served; 0: any free port.',
		flag: null,
		env: ['PORT'],
		file: null,
		default: '8080',
	},
	host: {
		help: 'The address the page is served at. Any but that of this machine alone needs WEB_TOKEN.',
		flag: null,
		env: ['HOST'],
		file: null,
		default: '127.0.0.1',
	},
	webToken: {
		help: 'What people must know to use the page: a long random text.',
		flag: null,
		env: ['WEB_TOKEN'],
		file: null,
		default: 'none',
	},
	/** Read by Docker's own client. */
	dockerHost: {
		help: 'The Docker engine that tools run in, where it is not the one of this machine.',
		flag: null,
		env: ['DOCKER_HOST'],
		file: null,
		default: 'none',
	},
} as const satisfies Record<string, Setting>;

const modelSettings: readonly Setting[] = [
	['OPENAI_MODEL', 'OpenAI, or the server at OPENAI_BASE_URL'],
	['ANTHROPIC_MODEL', 'Anthropic'],
	['GEMINI_MODEL', 'Gemini'],
	['OLLAMA_MODEL', 'Ollama'],
].map(([variable = '', whose]) => ({
	help: `Models of the team \`auto\` for ${whose}; several with commas between them.`,
	flag: null,
	env: [variable],
	file: null,
	default: 'chosen by the program',
}));

/** Every setting that a flag or an environment variable can give, for documentation and its tests. */
export function allSettings(): readonly Setting[] {
	const perProvider = Object.entries(providerPresets).flatMap(([provider, preset]): Setting[] => [
		{
			help: `Key for ${provider}. An agent's own \`api_key\` goes before it.`,
			flag: null,
			env: keyVariables(provider),
			file: `providers.${provider}.api_key`,
			default: preset.needsKey ? 'none: agents of this provider cannot run' : 'none needed',
		},
		{
			help: `Address of ${provider}. An agent's own \`base_url\` goes before it.`,
			flag: null,
			env: [addressVariable(provider)],
			file: `providers.${provider}.base_url`,
			default: preset.baseUrl ?? (provider === 'azure_openai' ? 'none' : 'that of its SDK'),
		},
	]);
	return [...Object.values(settings), ...modelSettings, ...perProvider];
}

/** The value of a setting and where it came from. An empty variable counts as unset. */
export function resolveSetting(
	setting: Setting,
	given: { flag?: string | null | undefined; env: Environment; file?: string | null | undefined },
): { value: string; from: 'flag' | 'environment' | 'file' | 'default'; name: string } {
	if (given.flag !== undefined && given.flag !== null)
		return { value: given.flag, from: 'flag', name: setting.flag ?? '' };
	for (const name of setting.env) {
		const value = given.env[name];
		if (value !== undefined && value !== '') return { value, from: 'environment', name };
	}
	if (given.file !== undefined && given.file !== null)
		return { value: given.file, from: 'file', name: setting.file ?? '' };
	return { value: setting.default, from: 'default', name: '' };
}
