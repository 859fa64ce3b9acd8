import type { RequestLedger } from './ledger.ts';
import type { Data } from './wire.ts';
import type { Channel, World } from './world.ts';

export type ViolationKind =
	/** A body that Discord refuses: codes 50035, 50006, 40005. */
	| 'form'
	/** A mention that pings without having been named one by one in `allowed_mentions`. */
	| 'careless_mention'
	/** An interaction answered for the second time (40060). */
	| 'acknowledged_twice'
	/** An interaction nobody answered within 3 s, or answered later (10062). */
	| 'unacknowledged'
	/** A call with an interaction token older than 15 min (50027). */
	| 'token_expired'
	/** The same message twice: a nonce used again without `enforce_nonce`, or for another text. */
	| 'duplicate_post'
	/** A request although the headers had said that none was left. */
	| 'rate_limited'
	/** The bot's token sent to where files lie. */
	| 'token_leak'
	/** A flag that means nothing here, such as EPHEMERAL on a channel message. */
	| 'ignored_flag'
	/** A request for which there is no route here: either it is wrong, or the fake has to learn it. */
	| 'unknown_route'
	/** A frame or close that the gateway does not allow. */
	| 'gateway';

export interface Violation {
	kind: ViolationKind;
	message: string;
	at: number;
}

export interface GatewayEvent {
	type: string;
	data: Data;
	/** Null for direct messages, which arrive on shard 0. */
	guildId: string | null;
	/** Bits of which a session must have asked for one; 0 for what everybody gets. */
	intents: number;
	/** What a session without the intent MESSAGE_CONTENT gets in place of `data`. */
	withoutContent?: Data;
}

export interface StoredFile {
	bytes: Buffer;
	contentType: string;
}

export interface Settings {
	token: string;
	/** Largest file, in bytes. */
	maxFileBytes: number;
	/** Active threads a server may have before 160006. */
	maxActiveThreads: number;
	/** Whether the application may read what messages say. */
	mayReadContent: boolean;
	/** Application flags that tell the privileged intents which were granted. */
	applicationFlags: number;
	/** Refused requests in ten minutes after which everything is refused. */
	banAfter: number;
	/** What gateway/bot recommends. */
	shards: number;
}

/** What every part of the fake works on. */
export interface Platform {
	readonly settings: Settings;
	readonly world: World;
	readonly ledger: RequestLedger;
	/** Path on the CDN to what lies there. */
	readonly files: Map<string, StoredFile>;
	/** Where the fake listens, `http://127.0.0.1:1234`; empty before it does. */
	origin(): string;
	dispatch(event: GatewayEvent): void;
	violation(kind: ViolationKind, message: string): void;
	/** To be called after every change somebody could wait for. */
	changed(): void;
}

/** The name of a channel for messages to a tester. */
export const nameOf = (channel: Channel): string => (channel.guildId === null ? 'a DM' : `#${channel.name}`);
