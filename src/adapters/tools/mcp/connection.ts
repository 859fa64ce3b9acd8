import type {
	CallToolResult,
	Client,
	ElicitRequestFormParams,
	ElicitResult,
	Progress,
	Tool as SdkTool,
	Transport,
} from '@modelcontextprotocol/client';
import type { McpServerSettings } from '../../../core/mcp-settings.ts';
import { type ToolDefinition, toolDefinitionSchema } from '../../../core/tool-pins.ts';
import { isOfferable } from './offered-tool.ts';

/** The most tools of one server, and pages of their list, that are looked at. */
const MOST_TOOLS = 128;
const MOST_PAGES = 16;
/** Signs of life prolong a call, at most to so many times its limit. */
const PROLONGED = 10;
/** How often a server may ask for input within one call. */
const INPUT_ROUNDS = 3;
/** How often a person is asked to log in before one request is given up. */
export const MOST_LOGINS = 2;
/** How long (ms) a program may be silent when it is asked for the newest revision; then it is greeted the old way. */
const SILENCE_MS = 5_000;

/** A person's answer to a form that a server asks for. */
export type Elicit = (form: ElicitRequestFormParams, signal: AbortSignal) => Promise<ElicitResult>;

/** How messages get to a server. */
export interface Channel {
	transport: Transport;
	/** Id of the image it runs in; null: it is reached over HTTP. */
	image: string | null;
	/** Why it closed by itself, in words that follow the server's name; null: not known. */
	reason(): string | null;
	/**
	 * After a request failed with this error: lets a person log in where the server wants that. True: it is worth another
	 * try. Rejects when it is not, because nobody can log in.
	 */
	logIn(error: unknown, signal: AbortSignal): Promise<boolean>;
	/** Ends what the transport leaves open. */
	close(): Promise<void>;
}

export interface ConnectOptions {
	server: McpServerSettings;
	version: string;
	/** Null: nobody can be asked, and the server is told so. */
	elicit: Elicit | null;
	/** It is known to speak the revisions before 2026-07-28 alone. */
	isLegacy: boolean;
	onToolsChanged(): void;
	onClosed(): void;
}

/** One server that has been greeted. */
export interface McpConnection {
	readonly image: string | null;
	readonly instructions: string;
	/** Such as `2025-11-25`. */
	readonly revision: string;
	/** Every tool that can be offered, as the server defines it now. */
	list(signal: AbortSignal): Promise<readonly ToolDefinition[]>;
	/** Rejects when it did not come to a result. `onProgress`: signs of life meanwhile, as often as the server likes. */
	call(
		tool: ToolDefinition,
		input: Record<string, unknown>,
		signal: AbortSignal,
		onProgress: (progress: Progress) => void,
	): Promise<CallToolResult>;
	/** Why it closed by itself, or null. */
	reason(): string | null;
	close(): Promise<void>;
}

/** Greets the server at the other end of a channel. Rejects when it does not answer in time; the channel is closed then. */
export async function connect(channel: Channel, options: ConnectOptions, signal: AbortSignal): Promise<McpConnection> {
	const { server } = options;
	const client = await createClient(options);
	let isOpen = true;
	const close = async () => {
		isOpen = false;
		await client.close().catch(() => {});
		await channel.close();
	};
	client.onclose = () => {
		if (isOpen) options.onClosed();
		isOpen = false;
	};
	try {
		await untilAborted(
			client.connect(channel.transport, {
				signal,
				timeout: server.startTimeoutMs,
				...(options.isLegacy ? { prior: { kind: 'legacy' as const } } : {}),
			}),
			signal,
		);
	} catch (error) {
		await close();
		throw error;
	}
	return {
		image: channel.image,
		instructions: client.getInstructions() ?? '',
		revision: client.getNegotiatedProtocolVersion() ?? 'unknown',
		reason: channel.reason,
		close,
		async list(signal) {
			if (client.getServerCapabilities()?.tools === undefined) return [];
			const listing = { signal, timeout: server.startTimeoutMs, cacheMode: 'refresh' as const };
			const look = () => untilAborted(client.listTools(undefined, listing), signal);
			const { tools } = await withLogins(channel, look, signal);
			const named = Map.groupBy(tools, ({ name }) => name);
			// A name that is there twice could mean either tool, so it means none.
			const unique = tools.filter(({ name }) => named.get(name)?.length === 1).slice(0, MOST_TOOLS);
			return unique.map((tool) => toolDefinitionSchema.parse(tool)).filter(isOfferable);
		},
		call(tool, input, signal, onprogress) {
			const options = {
				signal,
				timeout: server.callTimeoutMs,
				maxTotalTimeout: server.callTimeoutMs * PROLONGED,
				resetTimeoutOnProgress: true,
				onprogress,
				toolDefinition: tool as unknown as SdkTool,
			};
			return withLogins(channel, () => client.callTool({ name: tool.name, arguments: input }, options), signal);
		},
	};
}

/** A server that asks for a login has not done what it was asked, so it may be asked again. */
async function withLogins<T>(channel: Channel, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
	for (let logins = 0; ; logins += 1) {
		try {
			return await work();
		} catch (error) {
			if (logins === MOST_LOGINS || !(await channel.logIn(error, signal))) throw error;
		}
	}
}

async function createClient({ server, version, elicit, onToolsChanged }: ConnectOptions): Promise<Client> {
	const { Client } = await import('@modelcontextprotocol/client');
	const probeMs = server.launch.type === 'http' ? server.startTimeoutMs : SILENCE_MS;
	const client = new Client(
		{ name: 'massgen-chat', version },
		{
			capabilities: elicit === null ? {} : { elicitation: { form: { applyDefaults: true } } },
			versionNegotiation: { mode: 'auto', probe: { timeoutMs: probeMs } },
			inputRequired: { maxRounds: INPUT_ROUNDS, autoFulfill: elicit !== null },
			listChanged: { tools: { autoRefresh: false, onChanged: onToolsChanged } },
			listMaxPages: MOST_PAGES,
		},
	);
	// What a server does wrong beside its answers is its own affair.
	client.onerror = () => {};
	if (elicit !== null) {
		client.setRequestHandler('elicitation/create', async ({ params }, context) =>
			params.mode === 'url' ? { action: 'decline' } : elicit(params, context.mcpReq.signal),
		);
	}
	return client;
}

/** The SDK does not heed a signal everywhere. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
	const aborted = Promise.withResolvers<never>();
	const abort = () => aborted.reject(signal.reason);
	if (signal.aborted) abort();
	signal.addEventListener('abort', abort, { once: true });
	return Promise.race([work, aborted.promise]).finally(() => signal.removeEventListener('abort', abort));
}
