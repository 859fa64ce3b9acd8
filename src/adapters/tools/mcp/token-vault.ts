import { createHash } from 'node:crypto';
import type { StoredOAuthClientInformation, StoredOAuthTokens } from '@modelcontextprotocol/client';
import { z } from 'zod';
import type { Store } from '../../../core/store.ts';

/** Records by key of server. They hold secrets: never shown, never logged. */
const KIND = 'mcp-login';

const stored = <T>() => z.custom<T>((value) => typeof value === 'object' && value !== null);
const recordSchema = z.object({
	v: z.literal(1),
	/** By issuer: what one authorisation server gave is never shown to another. */
	clients: z.record(z.string(), stored<StoredOAuthClientInformation>()),
	tokens: z.record(z.string(), stored<StoredOAuthTokens>()),
	/** The issuer of the newest tokens. */
	latest: z.string().nullable(),
});
type Login = z.infer<typeof recordSchema>;

/** What authorisation servers gave to this program for one MCP server. */
export interface TokenVault {
	read(): Promise<Login>;
	change(next: (login: Login) => Login): Promise<void>;
}

const nothing: Login = { v: 1, clients: {}, tokens: {}, latest: null };

export function createTokenVault(store: Store, url: string): TokenVault {
	const key = createHash('sha256').update(url).digest('hex');
	const read = async (): Promise<Login> => recordSchema.safeParse((await store.get(KIND, key))?.value).data ?? nothing;
	return {
		read,
		async change(next) {
			await store.commit([{ type: 'put', kind: KIND, key, value: next(await read()) }]);
		},
	};
}
