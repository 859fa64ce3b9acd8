import type { Consent, McpServerSettings } from '../../../core/mcp-settings.ts';
import type { Sandbox } from '../../../core/sandbox.ts';
import type { Store } from '../../../core/store.ts';
import {
	type Channel,
	type ConnectOptions,
	connect,
	type Elicit,
	type McpConnection,
	MOST_LOGINS,
} from './connection.ts';
import { openHttpChannel } from './http-channel.ts';
import { createOAuthLogin } from './oauth-login.ts';
import { openStdioChannel } from './stdio-channel.ts';
import { createTokenVault } from './token-vault.ts';

export interface OpenerServices {
	/** Where programs run; null: nowhere, so servers that are programs cannot be used. */
	sandbox: Sandbox | null;
	/** Of this program. */
	version: string;
	/** Where logins are kept; null: no server that asks for one can be used. */
	store: Store | null;
	/** Lets a person log in; null: nobody is there for it. */
	consent: Consent | null;
}

export type ConnectionEvents = Pick<ConnectOptions, 'onToolsChanged' | 'onClosed'>;

export interface OpenerPlace {
	run: string;
	/** Names the server within the run. */
	key: string;
	/** Asks a person what the server wants to know; null: nobody can be asked, and it is told so. */
	elicit: Elicit | null;
}

/** Starts and greets a server. Rejects with why it cannot be used. */
export type Opener = (
	server: McpServerSettings,
	place: OpenerPlace,
	events: ConnectionEvents,
	signal: AbortSignal,
) => Promise<McpConnection>;

export function createOpener(services: OpenerServices): Opener {
	const { version } = services;
	/** Servers that end when they are asked for the newest revision. */
	const legacy = new Set<string>();

	const attempt = async (
		logins: number,
		...[server, place, events, signal]: Parameters<Opener>
	): Promise<McpConnection> => {
		const identity = identityOf(server);
		const isLegacy = legacy.has(identity);
		const channel = await channelTo(server, place, services, signal);
		try {
			return await connect(channel, { server, version, elicit: place.elicit, isLegacy, ...events }, signal);
		} catch (error) {
			const reason = channel.reason();
			const isOld = reason !== null && channel.image !== null && !isLegacy && !signal.aborted;
			if (isOld) legacy.add(identity);
			else if (reason !== null) throw new Error(reason);
			else if (logins === MOST_LOGINS || !(await channel.logIn(error, signal))) throw error;
			else return attempt(logins + 1, server, place, events, signal);
		}
		return attempt(logins, server, place, events, signal).catch((again: unknown) => {
			legacy.delete(identity);
			throw again;
		});
	};
	return (...request) => attempt(0, ...request);
}

function channelTo(
	{ launch }: McpServerSettings,
	place: OpenerPlace,
	{ sandbox, store, consent }: OpenerServices,
	signal: AbortSignal,
): Promise<Channel> {
	if (launch.type === 'stdio') return openStdioChannel(launch, { ...place, sandbox }, signal);
	const { oauth, url } = launch;
	const login =
		oauth === null || store === null ? null : createOAuthLogin(oauth, createTokenVault(store, url), consent);
	return openHttpChannel(launch, login);
}

/** Servers that are launched alike are one server. */
export const identityOf = ({ name, launch }: McpServerSettings): string => JSON.stringify([name, launch]);
