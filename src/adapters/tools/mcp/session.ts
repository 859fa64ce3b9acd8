import type { Clock } from '../../../core/clock.ts';
import type { McpServerSettings } from '../../../core/mcp-settings.ts';
import type { CallOptions, ToolResult } from '../../../core/tool.ts';
import type { PinState, ToolDefinition, ToolPins } from '../../../core/tool-pins.ts';
import type { Breaker } from './breaker.ts';
import type { McpConnection } from './connection.ts';
import { callFailure, startFailure } from './failure-text.ts';
import { createProgressLine } from './progress-line.ts';
import { resultOf } from './result-text.ts';

export interface SessionOptions {
	server: McpServerSettings;
	clock: Clock;
	pins: ToolPins;
	breaker: Breaker;
	connect(events: { onToolsChanged(): void; onClosed(): void }, signal: AbortSignal): Promise<McpConnection>;
	/** A sentence for a person; told once for each kind of trouble. */
	report(text: string): void;
}

/** One server while one run lasts: one warm connection, which is made anew when it was lost. */
export interface McpSession {
	/**
	 * The tools that were accepted. While the connection is being made, those that are known from before; empty when the
	 * server cannot be used. Never rejects.
	 */
	tools(): Promise<readonly ToolDefinition[]>;
	call(definition: ToolDefinition, input: unknown, options: CallOptions): Promise<ToolResult>;
	close(): Promise<void>;
}

interface Open {
	connection: McpConnection;
	/** How each of its tools stood when it was listed last. */
	states: ReadonlyMap<string, PinState>;
	/** Set when the server has said that its tools are others now. */
	isStale: boolean;
}

export function createSession(options: SessionOptions): McpSession {
	const { server, clock, pins, breaker } = options;
	const life = new AbortController();
	const told = new Set<string>();
	const lost = new WeakSet<McpConnection>();
	let opening: Promise<Open> | null = null;
	let open: Open | null = null;

	const report = (text: string) => {
		if (!told.has(text) && !life.signal.aborted) options.report(text);
		told.add(text);
	};

	const begin = async (): Promise<Open> => {
		const limit = new AbortController();
		const cancel = clock.after(server.startTimeoutMs, () => limit.abort(timedOut()));
		const signal = AbortSignal.any([life.signal, limit.signal]);
		let connection: McpConnection | null = null;
		try {
			const events = {
				onToolsChanged: () => {
					if (open !== null) open.isStale = true;
				},
				onClosed: () => forget(connection),
			};
			connection = await options.connect(events, signal);
			open = { connection, states: await look(connection, signal), isStale: false };
			breaker.succeeded();
			return open;
		} catch (error) {
			await connection?.close();
			if (!life.signal.aborted) breaker.failed();
			const why: unknown = limit.signal.aborted ? limit.signal.reason : error;
			throw new Error(startFailure(why, server.startTimeoutMs, connection?.reason() ?? null));
		} finally {
			cancel();
		}
	};

	/** A later connection in the place of this one stays. */
	const forget = (connection: McpConnection | null) => {
		if (open === null || open.connection !== connection) return;
		open = null;
		opening = null;
	};

	/** One outage, however many calls it takes with it. */
	const giveUp = async (connection: McpConnection): Promise<void> => {
		if (!lost.has(connection)) breaker.failed();
		lost.add(connection);
		forget(connection);
		await connection.close();
	};

	/** The open connection; begins one when there is none. */
	const ready = (): Promise<Open> => {
		opening ??= begin().catch((error: unknown) => {
			opening = null;
			throw error;
		});
		return opening;
	};

	const look = async (connection: McpConnection, signal: AbortSignal): Promise<ReadonlyMap<string, PinState>> => {
		const { image, instructions } = connection;
		const states = await pins.judge(server, { image, instructions, tools: await connection.list(signal) });
		const waiting = [...states].flatMap(([name, state]) => (state === 'accepted' ? [] : [name]));
		if (waiting.length > 0) report(quarantine(server.name, waiting));
		return states;
	};

	/** The open connection with its tools as they are by now: listed anew when the server says so. */
	const current = async (signal: AbortSignal): Promise<Open> => {
		const now = await ready();
		if (now.isStale) await lookAgain(now, signal);
		return now;
	};

	const lookAgain = async (now: Open, signal: AbortSignal): Promise<void> => {
		now.isStale = false;
		now.states = await look(now.connection, signal);
	};

	/** The connection over which this tool may be called, or why it may not. */
	const connectionFor = async (tool: string, signal: AbortSignal): Promise<McpConnection | ToolResult> => {
		const now = await current(signal);
		// Somebody may have accepted it meanwhile.
		if (now.states.get(tool) !== 'accepted') await lookAgain(now, signal);
		const state = now.states.get(tool);
		return state === 'accepted' ? now.connection : failed(withdrawn(tool, state));
	};

	const accepted = async (): Promise<readonly ToolDefinition[]> => {
		const known = await pins.accepted(server);
		if (known === null || open?.isStale === true) {
			await current(life.signal);
			return (await pins.accepted(server)) ?? [];
		}
		// The model is not kept waiting for a server whose tools are known.
		void ready().catch((error: unknown) => report(unusable(server.name, error)));
		return known;
	};

	return {
		async tools() {
			if (breaker.wait() > 0) return [];
			try {
				return await accepted();
			} catch (error) {
				report(unusable(server.name, error));
				return [];
			}
		},
		async call(definition, input, { signal, progress }) {
			const wait = breaker.wait();
			if (wait > 0) return failed(`${server.name} failed several times and is left alone for ${seconds(wait)}.`);
			if (!isObject(input)) return failed('The arguments must be an object.');
			let connection: McpConnection | ToolResult;
			try {
				connection = await connectionFor(definition.name, signal);
			} catch (error) {
				return failed(`${unusable(server.name, error)} The call was not made.`);
			}
			if ('isError' in connection) return connection;
			try {
				const result = resultOf(await connection.call(definition, input, signal, createProgressLine(clock, progress)));
				breaker.succeeded();
				return result;
			} catch (error) {
				if (signal.aborted) throw error;
				const failure = callFailure(error, server.callTimeoutMs, connection.reason());
				if (failure.isOutage) await giveUp(connection);
				return failed(`${server.name} ${failure.text}`);
			}
		},
		async close() {
			life.abort(new Error('the run is over'));
			const last = await opening?.catch(() => null);
			await last?.connection.close();
		},
	};
}

const failed = (text: string): ToolResult => ({ text, isError: true });

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const seconds = (ms: number) => `${Math.ceil(ms / 1000)} seconds`;

const timedOut = () => Object.assign(new Error('too slow'), { code: 'REQUEST_TIMEOUT' });

const unusable = (server: string, error: unknown) =>
	`The MCP server ${server} cannot be used: ${error instanceof Error ? error.message : String(error)}.`;

function quarantine(server: string, tools: readonly string[]): string {
	const names = tools.slice(0, 5).join(', ') + (tools.length > 5 ? `, and ${tools.length - 5} more` : '');
	return `Tools of the MCP server ${server} are new or have changed and are not used until somebody accepts them: ${names}. Look with \`/massgen tools show\`, accept with \`/massgen tools pin\`.`;
}

const withdrawn = (name: string, state: PinState | undefined) =>
	state === undefined
		? `The server no longer has the tool ${name}.`
		: `The tool ${name} has changed since it was accepted, and is not called until a person accepts it again.`;
