import { z } from 'zod';
import { BotError } from '../core/errors.ts';
import { allRecords, type Store, type StoreChange } from '../core/store.ts';
import { chainOf, type Head, START } from './chain.ts';

/** Records by chain: where each has got to. */
const KIND = 'audit-head';

const headSchema = z.object({
	v: z.literal(1),
	platform: z.string(),
	tenant: z.string(),
	seq: z.number().int().positive(),
	hash: z.string(),
});

export interface Tenant {
	platform: string;
	tenant: string;
}
export type ChainHead = Tenant & Head;

/** `version`: 0 for a chain that has not begun. Throws when the record cannot be read: nothing is appended then. */
export async function readHead(store: Store, tenant: Tenant): Promise<{ head: Head; version: number }> {
	const found = await store.get(KIND, chainOf(tenant));
	if (found === null) return { head: START, version: 0 };
	const head = headSchema.safeParse(found.value).data;
	if (head === undefined) throw new BotError('store_failed', `the head of the audit of ${tenant.tenant} is unreadable`);
	return { head, version: found.version };
}

export function writeHead({ platform, tenant }: Tenant, { seq, hash }: Head, version: number): StoreChange {
	const value = { v: 1, platform, tenant, seq, hash };
	return { type: 'put', kind: KIND, key: chainOf({ platform, tenant }), value, version };
}

/** Every chain that has begun. A record that cannot be read is left out: its checkpoints still tell of it. */
export async function allHeads(store: Store): Promise<ChainHead[]> {
	const heads: ChainHead[] = [];
	for await (const { value } of allRecords(store, KIND)) {
		const head = headSchema.safeParse(value).data;
		if (head !== undefined) heads.push(head);
	}
	return heads;
}

export async function hasRows(store: Store): Promise<boolean> {
	return (await store.list(KIND, { limit: 1 })).length > 0;
}
