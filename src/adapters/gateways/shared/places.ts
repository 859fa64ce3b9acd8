import { createHash } from 'node:crypto';
import { z } from 'zod';
import { allRecords, type Store, type StoreChange } from '../../../core/store.ts';

/** Longest key of the store, in characters. */
const KEY_LIMIT = 200;

/**
 * Where on a platform the threads of sessions are, and whose session a conversation of the platform is. `Spot` is the
 * platform's own address, JSON. Kept in the store, so that a later process finds them.
 */
export interface Places<Spot> {
	/** Where the session's thread is; null: it has not been shown. */
	get(session: string): Promise<Spot | null>;
	/** Durable when it resolves. `conversation`: the platform's name of it; null: people cannot answer there. */
	put(session: string, spot: Spot, conversation: string | null): Promise<void>;
	/** The session that was last put there; null when there is none. */
	find(conversation: string): Promise<string | null>;
}

/** `platform` is part of every key: two platforms may use the same names. */
export function createPlaces<Spot>(store: Store, platform: string, schema: z.ZodType<Spot>): Places<Spot> {
	const spots = spotsOf(platform);
	const conversations = conversationsOf(platform);
	return {
		async get(session) {
			const found = await store.get(spots, keyOf(session));
			return found === null ? null : schema.parse(found.value);
		},
		async put(session, spot, conversation) {
			const changes: StoreChange[] = [{ type: 'put', kind: spots, key: keyOf(session), value: spot }];
			if (conversation !== null) {
				changes.push({ type: 'put', kind: conversations, key: keyOf(conversation), value: { session } });
			}
			await store.commit(changes);
		},
		async find(conversation) {
			const found = await store.get(conversations, keyOf(conversation));
			return found === null ? null : conversationSchema.parse(found.value).session;
		},
	};
}

const spotsOf = (platform: string) => `${platform}-place`;
const conversationsOf = (platform: string) => `${platform}-conversation`;

const conversationSchema = z.object({ session: z.string() });

const keyOf = (text: string): string =>
	text.length <= KEY_LIMIT ? text : `sha256-${createHash('sha256').update(text).digest('hex')}`;

/** Forgets where the threads of sessions were that are no more. */
export async function forgetPlaces(store: Store, platform: string, sessions: ReadonlySet<string>): Promise<void> {
	const kind = conversationsOf(platform);
	for await (const { key, value } of allRecords(store, kind)) {
		if (!sessions.has(conversationSchema.parse(value).session)) continue;
		await store.commit([{ type: 'delete', kind, key }]);
	}
	for (const session of sessions)
		await store.commit([{ type: 'delete', kind: spotsOf(platform), key: keyOf(session) }]);
}
