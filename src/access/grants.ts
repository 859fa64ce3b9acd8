import { createHash } from 'node:crypto';
import { z } from 'zod';
import { subjectSchema } from '../core/access.ts';
import { BotError } from '../core/errors.ts';
import type { Store, StoreChange } from '../core/store.ts';
import type { Scope } from './judge.ts';

/** Records by server or workspace. */
const KIND = 'access-grants';

const grantSchema = z.object({
	role: z.string(),
	to: subjectSchema,
	channel: z.string().nullable(),
	/** As the platform wrote it then. */
	name: z.string().nullable(),
});
const recordSchema = z.object({ v: z.literal(1), grants: z.array(grantSchema) });
export type StoredGrant = z.infer<typeof grantSchema>;

type Tenant = Omit<Scope, 'channel'>;

/** What was granted in a server or workspace. Throws when it cannot be read: then nobody may do anything. */
export async function readGrants(
	store: Store,
	tenant: Tenant,
): Promise<{ grants: readonly StoredGrant[]; version: number }> {
	const found = await store.get(KIND, keyOf(tenant));
	if (found === null) return { grants: [], version: 0 };
	const record = recordSchema.safeParse(found.value).data;
	if (record === undefined) throw new BotError('store_failed', `the roles granted in ${tenant.tenant} are unreadable`);
	return { grants: record.grants, version: found.version };
}

export function writeGrants(tenant: Tenant, grants: readonly StoredGrant[], version: number): StoreChange {
	return { type: 'put', kind: KIND, key: keyOf(tenant), value: { v: 1, grants }, version };
}

/** Platforms choose the length of their ids; the store takes short keys. */
const keyOf = ({ platform, tenant }: Tenant) =>
	createHash('sha256')
		.update(JSON.stringify([platform, tenant]))
		.digest('hex');
