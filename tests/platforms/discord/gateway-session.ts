import type { WebSocket } from 'ws';
import type { GatewayEvent } from './platform.ts';
import type { Data } from './wire.ts';

export interface Session {
	readonly id: string;
	readonly shard: readonly [number, number];
	readonly intents: number;
	readonly events: { s: number; t: string; d: Data }[];
	socket: WebSocket | null;
}

/** Bits of the gateway intents that need a permission of their own. */
export const PRIVILEGED = { GuildMembers: 1 << 1, GuildPresences: 1 << 8, MessageContent: 1 << 15 } as const;

export const frame = (socket: WebSocket, payload: Data): void => socket.send(JSON.stringify(payload));

/** The shard of `count` that hears of a server. */
export const shardOf = (guildId: string | null, count: number): number =>
	guildId === null ? 0 : Number((BigInt(guildId) >> 22n) % BigInt(count));

/** Whether an event is for this session: its shard, and one of the intents that the event needs. */
export function hears(session: Session, event: GatewayEvent): boolean {
	const [shard, count] = session.shard;
	return shardOf(event.guildId, count) === shard && (event.intents === 0 || (session.intents & event.intents) !== 0);
}

/** Numbers the event, keeps it for a resumption and sends it if the client is there. */
export function send(session: Session, event: Pick<GatewayEvent, 'type' | 'data' | 'withoutContent'>): void {
	const readable = (session.intents & PRIVILEGED.MessageContent) !== 0;
	const data = readable ? event.data : (event.withoutContent ?? event.data);
	const kept = { s: session.events.length + 1, t: event.type, d: data };
	session.events.push(kept);
	if (session.socket) frame(session.socket, { op: 0, ...kept });
}
