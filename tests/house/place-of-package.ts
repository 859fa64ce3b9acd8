/** Where a package may be imported. `lazy`: only by `import()`, so that it costs nothing until it is configured. */
export interface PackagePlace {
	/** Path prefixes. */
	places: readonly string[];
	lazy: boolean;
}

const BACKENDS = 'src/adapters/backends/';
const everywhere = { places: ['src/', 'commands/'], lazy: false };
const sdk = (...places: string[]): PackagePlace => ({ places, lazy: true });
const library = (...places: string[]): PackagePlace => ({ places, lazy: false });

/** A package that is in no row may be imported nowhere: whoever adds one says here where it belongs. */
const PLACES: readonly (readonly [RegExp, PackagePlace])[] = [
	[/^zod$/, everywhere],
	[/^yaml$/, library('src/config/')],
	[/^fastest-levenshtein$/, library('src/config/')],
	[/^ajv$/, library('src/approvals/')],
	[/^gpt-tokenizer$/, library('src/adapters/tokenizers/')],
	[/^@pydantic\/genai-prices$/, library('src/adapters/prices/')],
	[/^openai$/, sdk(`${BACKENDS}openai`, `${BACKENDS}shared/openai`, 'src/adapters/memory/mem0/embedders')],
	[/^@anthropic-ai\/sdk$/, sdk(`${BACKENDS}anthropic`)],
	[/^@google\/genai$/, sdk(`${BACKENDS}gemini`)],
	[/^fastify$|^@fastify\//, sdk('src/adapters/gateways/web', 'src/adapters/gateways/served')],
	[/^discord\.js$|^@discordjs\//, sdk('src/adapters/gateways/discord')],
	[/^@slack\//, sdk('src/adapters/gateways/slack')],
	[/^@modelcontextprotocol\/server$/, sdk('src/adapters/gateways/served')],
	[/^@modelcontextprotocol\//, sdk('src/adapters/tools/mcp')],
	[/^@a2a-js\/sdk$/, sdk('src/adapters/gateways/served', 'src/adapters/frameworks/a2a')],
	[/^playwright-core$/, sdk('src/adapters/tools/computer')],
	[/^diff$/, sdk('src/adapters/tools/workspace')],
	[/^dockerode$|^tar-stream$/, sdk('src/adapters/sandbox/docker')],
	[/^ioredis$/, sdk('src/adapters/stores/redis', 'src/adapters/queues/')],
	[/^bullmq$/, sdk('src/adapters/queues/bullmq')],
	[/^mem0ai$|^@energetic-ai\//, sdk('src/adapters/memory/mem0')],
	[/^@opentelemetry\//, sdk('src/adapters/telemetry/opentelemetry')],
	[/^@langchain\/langgraph$/, sdk('src/adapters/frameworks/langgraph')],
	[/^@openai\/agents$/, sdk('src/adapters/frameworks/openai-agents')],
	[/^ai$/, sdk('src/adapters/frameworks/ai-sdk')],
	[/^@agentclientprotocol\/sdk$/, sdk('src/adapters/frameworks/acp')],
	[/^@anthropic-ai\/claude-agent-sdk$/, sdk('src/adapters/frameworks/claude-agent')],
	[/^@mastra\/core$/, sdk('src/adapters/frameworks/mastra')],
	[/^react$|^react-dom$|^markdown-it$|^vite$|^@vitejs\/|^@xyflow\//, library('src/ui/')],
];

/** The package of a bare specifier: `@a/b/c` is in `@a/b`, `d/e` in `d`. */
export const packageOf = (specifier: string): string =>
	specifier
		.split('/')
		.slice(0, specifier.startsWith('@') ? 2 : 1)
		.join('/');

/** Where the package may be imported, or null when nobody has decided. */
export function placeOfPackage(name: string): PackagePlace | null {
	return PLACES.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}
