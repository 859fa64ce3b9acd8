import { createMemoryStore } from '../../../../src/adapters/stores/memory.ts';
import type { McpConnection } from '../../../../src/adapters/tools/mcp/connection.ts';
import { createOpener, type OpenerPlace } from '../../../../src/adapters/tools/mcp/opener.ts';
import type { Consent, McpServerSettings } from '../../../../src/core/mcp-settings.ts';

/**
 * What the official conformance suite runs: our client, with its own login, does what a run does with a server. The suite
 * plays the person's browser by a redirect.
 */
const url = process.argv.at(-1) ?? '';
const scenario = process.env.MCP_CONFORMANCE_SCENARIO ?? '';
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}') as Record<string, string | undefined>;
const never = new AbortController().signal;

const consent: Consent = {
	redirectUrl: 'http://127.0.0.1:8976/callback',
	async ask(address) {
		const answer = await fetch(address, { redirect: 'manual' });
		return new URL(answer.headers.get('location') ?? '', address);
	},
};

/** The document about a client that the suite knows. */
const DOCUMENT = 'https://conformance-test.local/client-metadata.json';

const server: McpServerSettings = {
	name: 'suite',
	launch: {
		type: 'http',
		url,
		headers: {},
		allowLoopback: true,
		allowPrivate: false,
		oauth: {
			clientId: context.client_id ?? (scenario === 'auth/basic-cimd' ? DOCUMENT : null),
			clientSecret: context.client_secret ?? null,
			scope: null,
		},
	},
	allowed: null,
	excluded: [],
	trusted: false,
	effects: {},
	firstSight: 'accepted',
	startTimeoutMs: 120_000,
	callTimeoutMs: 120_000,
};

const open = createOpener({
	sandbox: null,
	version: '0.0.0',
	store: createMemoryStore(),
	consent,
});

const place: OpenerPlace = { run: 'r', key: 'k', elicit: async () => ({ action: 'accept', content: {} }) };
const connect = () => open(server, place, { onToolsChanged: () => {}, onClosed: () => {} }, never);

/** Arguments that the suite asks for, where an empty object will not do. */
function argumentsFor(tool: string): Record<string, unknown> {
	const calls = (context.toolCalls ?? []) as unknown as { name: string; arguments: Record<string, unknown> }[];
	if (Array.isArray(calls)) for (const call of calls) if (call.name === tool) return call.arguments;
	return tool === 'add_numbers' ? { a: 5, b: 3 } : {};
}

async function use(connection: McpConnection): Promise<void> {
	for (const tool of await connection.list(never)) {
		await connection
			.call(tool, argumentsFor(tool.name), never, () => {})
			.catch((error: unknown) => {
				process.stderr.write(`${tool.name}: ${error}\n`);
			});
	}
}

const connection = await connect();
await use(connection);
await connection.close();
