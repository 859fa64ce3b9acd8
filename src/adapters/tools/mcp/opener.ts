import type { McpServerSettings } from '../../../core/mcp-settings.ts';
import type { Sandbox } from '../../../core/sandbox.ts';
import { type Channel, type ConnectOptions, connect, type Elicit, type McpConnection } from './connection.ts';
import { openHttpChannel } from './http-channel.ts';
import { openStdioChannel } from './stdio-channel.ts';

export interface OpenerServices {
	/** Where programs run; null: nowhere, so servers that are programs cannot be used. */
	sandbox: Sandbox | null;
	/** Of this program. */
	version: string;
	/** Asks a person what a server wants to know; null: nobody can be asked. */
	elicit: Elicit | null;
}

export type ConnectionEvents = Pick<ConnectOptions, 'onToolsChanged' | 'onClosed'>;

/** Starts and greets a server. `key` names it within the run. Rejects with why it cannot be used. */
export type Opener = (
	server: McpServerSettings,
	place: { run: string; key: string },
	events: ConnectionEvents,
	signal: AbortSignal,
) => Promise<McpConnection>;

export function createOpener({ sandbox, version, elicit }: OpenerServices): Opener {
	/** Servers that end when they are asked for the newest revision. */
	const legacy = new Set<string>();

	const open: Opener = async (server, place, events, signal) => {
		const identity = identityOf(server);
		const isLegacy = legacy.has(identity);
		const channel = await channelTo(server, { ...place, sandbox }, signal);
		try {
			return await connect(channel, { server, version, elicit, isLegacy, ...events }, signal);
		} catch (error) {
			const reason = channel.reason();
			if (reason === null) throw error;
			if (channel.image === null || isLegacy || signal.aborted) throw new Error(reason);
		}
		legacy.add(identity);
		return open(server, place, events, signal).catch((again: unknown) => {
			legacy.delete(identity);
			throw again;
		});
	};
	return open;
}

function channelTo(
	{ launch }: McpServerSettings,
	place: { run: string; key: string; sandbox: Sandbox | null },
	signal: AbortSignal,
): Promise<Channel> {
	return launch.type === 'http' ? openHttpChannel(launch, null) : openStdioChannel(launch, place, signal);
}

/** Servers that are launched alike are one server. */
export const identityOf = ({ name, launch }: McpServerSettings): string => JSON.stringify([name, launch]);
