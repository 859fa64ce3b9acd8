import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { isObject, parseJson } from './json.ts';
import type { Ledger } from './ledger.ts';
import type { Outcome, Transport } from './transport.ts';

/** Connections of one app at a time. https://docs.slack.dev/apis/events-api/using-socket-mode */
const MAX_CONNECTIONS = 10;
/** Slack pings its clients; they give up after 30 s without one. Milliseconds of real time. */
const PING_EVERY_MS = 10_000;

interface Connection {
	socket: WebSocket;
	/** False from the moment it was told to reconnect. */
	usable: boolean;
	pending: Map<string, (outcome: Outcome) => void>;
}

export interface SocketMode extends Transport {
	/** A URL for one connection, as `apps.connections.open` gives it. */
	ticket(wsUrl: string): string;
	/** Takes over an upgrade request; false when its ticket is unknown. */
	upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
	/** Connections that take envelopes. */
	count(): number;
	/** Connections opened so far. */
	opened(): number;
	/** Pings that clients have sent. */
	pings(): number;
	/** Tells every connection, or the oldest one, to reconnect. No envelope goes over it from then on. */
	refresh(reason: 'refresh_requested' | 'warning', which?: 'all' | 'oldest'): void;
	/** Cuts every connection without a word. */
	drop(): void;
	close(): void;
}

const send = (socket: WebSocket, message: object) => socket.send(JSON.stringify(message));

function hello(connection: Connection, appId: string, count: number): void {
	send(connection.socket, {
		type: 'hello',
		num_connections: count,
		connection_info: { app_id: appId },
		debug_info: { host: 'applink-fake', build_number: 1, approximate_connection_time: 18_060 },
	});
}

export function createSocketMode(ledger: Ledger, appId: string): SocketMode {
	const server = new WebSocketServer({ noServer: true });
	const tickets = new Set<string>();
	const connections = new Set<Connection>();
	let opened = 0;
	let pings = 0;
	let turn = 0;

	const usable = () => [...connections].filter((one) => one.usable);

	const acknowledge = (connection: Connection, text: string) => {
		const message = parseJson(text);
		const id = isObject(message) ? String(message.envelope_id) : '';
		const resolve = connection.pending.get(id);
		if (resolve === undefined || !isObject(message))
			return ledger.violate('unknown_envelope', 'socket mode', text.slice(0, 200));
		connection.pending.delete(id);
		resolve({ type: 'acked', payload: message.payload });
	};

	const begin = (socket: WebSocket) => {
		const connection: Connection = { socket, usable: true, pending: new Map() };
		if (connections.size >= MAX_CONNECTIONS) {
			send(socket, { type: 'disconnect', reason: 'too_many_websockets', debug_info: { host: 'applink-fake' } });
			return socket.close();
		}
		connections.add(connection);
		opened += 1;
		const heartbeat = setInterval(() => socket.ping(), PING_EVERY_MS);
		socket.on('ping', () => {
			pings += 1;
			ledger.changed();
		});
		socket.on('message', (data) => acknowledge(connection, String(data)));
		socket.on('error', () => socket.terminate());
		socket.on('close', () => {
			clearInterval(heartbeat);
			connections.delete(connection);
			for (const resolve of connection.pending.values()) resolve({ type: 'lost' });
			ledger.changed();
		});
		socket.ping();
		hello(connection, appId, connections.size);
		ledger.changed();
	};

	return {
		ticket(wsUrl) {
			const id = randomUUID();
			tickets.add(id);
			return `${wsUrl}/link/?ticket=${id}&app_id=${appId}`;
		},
		upgrade(request, socket, head) {
			const ticket = new URL(request.url ?? '/', 'http://slack').searchParams.get('ticket') ?? '';
			if (!tickets.delete(ticket)) return false;
			server.handleUpgrade(request, socket, head, begin);
			return true;
		},
		send({ kind, body, acceptsPayload, retryNum, retryReason }) {
			const all = usable();
			const connection = all[turn++ % Math.max(1, all.length)];
			if (connection === undefined) return Promise.resolve({ type: 'unreachable' });
			const id = randomUUID();
			return new Promise((resolve) => {
				connection.pending.set(id, resolve);
				send(connection.socket, {
					type: kind,
					envelope_id: id,
					payload: body,
					accepts_response_payload: acceptsPayload,
					...(kind === 'events_api' ? { retry_attempt: retryNum, retry_reason: retryReason ?? '' } : {}),
				});
			});
		},
		count: () => usable().length,
		opened: () => opened,
		pings: () => pings,
		refresh(reason, which = 'all') {
			for (const connection of which === 'all' ? usable() : usable().slice(0, 1)) {
				connection.usable = false;
				send(connection.socket, { type: 'disconnect', reason, debug_info: { host: 'applink-fake' } });
			}
			ledger.changed();
		},
		drop() {
			for (const { socket } of connections) socket.terminate();
		},
		close() {
			for (const { socket } of connections) socket.terminate();
			server.close();
		},
	};
}
