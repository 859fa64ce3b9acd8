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
	redisUrl: {
		help: 'Address of a Redis (7 or later) that keeps runs in the place of DATA_DIR: redis://user:password@host:6379/0, rediss:// for TLS.',
		flag: null,
		env: ['REDIS_URL'],
		file: null,
		default: 'none',
	},
	redisPrefix: {
		help: 'What the names of all keys in Redis begin with; one for each installation that shares a Redis.',
		flag: null,
		env: ['REDIS_PREFIX'],
		file: null,
		default: 'massgen',
	},
	leaseSeconds: {
		help: 'With Redis: after so many seconds of silence (1 to 600) the runs of a process are taken over by another.',
		flag: null,
		env: ['LEASE_SECONDS'],
		file: null,
		default: '15',
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
	runsAtOnce: {
		help: 'How many runs go on at a time; what is asked beyond that waits its turn. Those that wait for people do not count.',
		flag: null,
		env: ['MAX_RUNS'],
		file: null,
		default: '200',
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
	probePort: {
		help: 'Where a worker answers /healthz, /readyz and /metrics, as the page does of the other processes; left out: nowhere.',
		flag: null,
		env: ['PROBE_PORT'],
		file: null,
		default: 'none',
	},
	metricsToken: {
		help: 'What a scraper of /metrics must send as its bearer token; without it, only programs of this machine may read them.',
		flag: null,
		env: ['METRICS_TOKEN'],
		file: null,
		default: 'none',
	},
	/** These are read by the SDK of OpenTelemetry itself, with all others that it knows. */
	telemetryEndpoint: {
		help: 'Where traces and metrics go by OTLP, such as http://localhost:4318; the other variables OTEL_* count too. Without any: nowhere.',
		flag: null,
		env: ['OTEL_EXPORTER_OTLP_ENDPOINT'],
		file: null,
		default: 'none',
	},
	telemetryHeaders: {
		help: 'What is sent with them, such as api-key=SECRET.',
		flag: null,
		env: ['OTEL_EXPORTER_OTLP_HEADERS'],
		file: null,
		default: 'none',
	},
	telemetryContent: {
		help: 'Whether traces hold what people asked and agents answered: true or false.',
		flag: null,
		env: ['OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT'],
		file: null,
		default: 'false',
	},
	discordToken: {
		help: 'Token of the Discord bot; without it the bot is not on Discord.',
		flag: null,
		env: ['DISCORD_TOKEN'],
		file: null,
		default: 'none',
	},
	discordMessageContent: {
		help: 'Whether the bot reads messages of its threads that do not mention it, yes or no. Needs the Message Content Intent.',
		flag: null,
		env: ['DISCORD_MESSAGE_CONTENT'],
		file: null,
		default: 'no',
	},
	discordDeploy: {
		help: 'Whether /massgen is registered with Discord at every start, yes or no; `npm run deploy-commands` does it by hand.',
		flag: null,
		env: ['DISCORD_DEPLOY'],
		file: null,
		default: 'no',
	},
	discordDevGuild: {
		help: 'Id of the one server in which /massgen is registered, for development; without it: everywhere.',
		flag: null,
		env: ['DISCORD_DEV_GUILD'],
		file: null,
		default: 'none',
	},
	discordShards: {
		help: 'Connections to Discord; `auto`: as many as Discord recommends, two from 2,500 servers.',
		flag: null,
		env: ['DISCORD_SHARDS'],
		file: null,
		default: 'auto',
	},
	discordApprovals: {
		help: 'Ids of Discord channels for requests whose own channel is gone, with commas between them; each server goes to its own.',
		flag: null,
		env: ['DISCORD_APPROVALS_CHANNELS'],
		file: null,
		default: 'none',
	},
	discordApiUrl: {
		help: 'Address of the Discord API, for tests and proxies.',
		flag: null,
		env: ['DISCORD_API_URL'],
		file: null,
		default: 'that of its SDK',
	},
	slackBotToken: {
		help: 'Bot token of the Slack app (xoxb-…), for one workspace; without it and SLACK_CLIENT_ID the bot is not on Slack.',
		flag: null,
		env: ['SLACK_BOT_TOKEN'],
		file: null,
		default: 'none',
	},
	slackAppToken: {
		help: 'App-level token of the Slack app (xapp-…): events come over socket mode, and no public address is needed.',
		flag: null,
		env: ['SLACK_APP_TOKEN'],
		file: null,
		default: 'none',
	},
	slackSigningSecret: {
		help: 'Signing secret of the Slack app, for events that come over HTTP; used when SLACK_APP_TOKEN is not set.',
		flag: null,
		env: ['SLACK_SIGNING_SECRET'],
		file: null,
		default: 'none',
	},
	slackPort: {
		help: 'Where requests of Slack and installations are served, at HOST; 0: any free port.',
		flag: null,
		env: ['SLACK_PORT'],
		file: null,
		default: '3000',
	},
	slackClientId: {
		help: 'Client id of the Slack app, for many workspaces, each of which installs it from /slack/install.',
		flag: null,
		env: ['SLACK_CLIENT_ID'],
		file: null,
		default: 'none',
	},
	slackClientSecret: {
		help: 'Client secret of the Slack app; needed with SLACK_CLIENT_ID.',
		flag: null,
		env: ['SLACK_CLIENT_SECRET'],
		file: null,
		default: 'none',
	},
	slackEncryptionKey: {
		help: 'Key that the tokens of the workspaces are stored under: what `openssl rand -base64 32` prints. Needed with SLACK_CLIENT_ID.',
		flag: null,
		env: ['SLACK_ENCRYPTION_KEY'],
		file: null,
		default: 'none',
	},
	slackRedirectUrl: {
		help: "Where Slack sends people after an installation, ending in /slack/oauth_redirect; without it: the first address in the app's own settings.",
		flag: null,
		env: ['SLACK_REDIRECT_URL'],
		file: null,
		default: 'none',
	},
	slackApprovals: {
		help: 'Ids of Slack channels for requests whose own channel is gone, with commas between them; each workspace goes to its own.',
		flag: null,
		env: ['SLACK_APPROVALS_CHANNELS'],
		file: null,
		default: 'none',
	},
	slackApiUrl: {
		help: 'Address of the Slack Web API, for tests and proxies.',
		flag: null,
		env: ['SLACK_API_URL'],
		file: null,
		default: 'https://slack.com/api/',
	},
	owners: {
		help: 'Who may do everything, as platform:tenant:user with commas between them; ids, no names. Whoever sits at the machine or has the page needs none.',
		flag: null,
		env: ['OWNERS'],
		file: null,
		default: 'none',
	},
	apiToken: {
		help: 'Token of the client `api`, another system that may ask over HTTP at /v1, /mcp and /a2a: what `openssl rand -base64 32` prints. More of them are named in access.yaml; without any, none may.',
		flag: null,
		env: ['API_TOKEN'],
		file: null,
		default: 'none',
	},
	auditKey: {
		help: 'Key of the audit: what `openssl rand -base64 32` prints; without it, the file audit.key in DATA_DIR, which is made.',
		flag: null,
		env: ['AUDIT_KEY'],
		file: null,
		default: 'none',
	},
	auditCheckpoints: {
		help: 'Where it is noted how far the audit has got, best on another disk; without it: audit-checkpoints.jsonl in DATA_DIR.',
		flag: null,
		env: ['AUDIT_CHECKPOINTS'],
		file: null,
		default: 'none',
	},
	allowedFolders: {
		help: 'Folders of this machine that teams may name under `context_paths`, with colons between them.',
		flag: null,
		env: ['ALLOWED_FOLDERS'],
		file: 'allowed_folders',
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
