import { z } from 'zod';
import type { Store, StoreChange } from '../core/store.ts';
import type { Kept } from './fit-history.ts';
import { sessionKey } from './session-record.ts';

/** What a model has kept of the first runs of a session, under the session's key. */
const DIGESTS = 'digest';
/** Sessions that may need one. */
export const DUE_DIGESTS = 'digest-due';

const digestRecordSchema = z.object({ runs: z.array(z.string()), text: z.string() });

export const dueDigestSchema = z.object({
	session: z.string(),
	/** Times that it was tried in vain, or begun and not ended. */
	tries: z.number().int().nonnegative(),
	/** Milliseconds since the epoch; before that it is left alone: somebody is at it, or it has just failed. */
	notBefore: z.number().int(),
});
export type DueDigest = z.infer<typeof dueDigestSchema>;

/** Null: there is none. */
export async function readDigest(store: Store, session: string): Promise<{ kept: Kept | null; version: number }> {
	const found = await store.get(DIGESTS, sessionKey(session));
	if (found === null) return { kept: null, version: 0 };
	return { kept: digestRecordSchema.parse(found.value), version: found.version };
}

export function digestMade(session: string, value: Kept, version: number): StoreChange {
	return { type: 'put', kind: DIGESTS, key: sessionKey(session), value, version };
}

/** The change after which somebody looks whether the session needs a digest. */
export function digestDue(session: string): StoreChange {
	const value: DueDigest = { session, tries: 0, notBefore: 0 };
	return { type: 'put', kind: DUE_DIGESTS, key: sessionKey(session), value };
}

export const digestForgotten = (session: string): StoreChange[] =>
	[DIGESTS, DUE_DIGESTS].map((kind) => ({ type: 'delete', kind, key: sessionKey(session) }));
