import type { IncomingMessage, Server } from 'node:http';
import { GatewayCloseCodes, GatewayOpcodes } from 'discord-api-types/v10';
import { type WebSocket, WebSocketServer } from 'ws';
import { joinedGuildJson, userJson } from './encode.ts';
import { frame, hears, PRIVILEGED, type Session, send, shardOf } from './gateway-session.ts';
import type { GatewayEvent, Platform } from './platform.ts';
import { type Data, dataOf, listOf, numberOf, textOf } from './wire.ts';

/** Frames that a connection may send a minute. */
const MAX_SENDS = 120;
const HEARTBEAT_MS = 41_250;

export interface GatewaySwitches {
	/** Cuts every connection without a farewell, or with the close code given. The client may resume. */
	drop(code?: number): void;
	/** Asks every client to reconnect and resume (opcode 7). */
	askReconnect(): void;
	/** Ends every session (opcode 9): `resumable` false makes the client identify anew. */
	invalidate(resumable: boolean): void;
	/** Answers the next `times` resumptions with an invalid session. */
	refuseResume(times?: number): void;
	/** Delivers the next `times` events of a type twice. */
	duplicate(type: string, times?: number): void;
	/** Connections that are identified or resumed now. */
	connected(): number;
	/** How many resumptions and identifications there were. */
	counts(): { identified: number; resumed: number };
}

export interface Gateway {
	readonly switches: GatewaySwitches;
	dispatch(event: GatewayEvent): void;
	identifiesLeft(): number;
	close(): void;
}

interface Connection {
	socket: WebSocket;
	session: Session | null;
	sent: number[];
}

/** The gateway of `server`: version 10, JSON, no compression. */
export function createGateway(server: Server, platform: Platform): Gateway {
	const sessions = new Map<string, Session>();
	const connections = new Set<Connection>();
	const twice = new Map<string, number>();
	const sockets = new WebSocketServer({ server });
	const counts = { identified: 0, resumed: 0 };
	let refusals = 0;

	function end(connection: Connection, code: number, reason: string): void {
		platform.violation('gateway', `closed with ${code}: ${reason}`);
		if (connection.session) sessions.delete(connection.session.id);
		connection.socket.close(code, reason);
	}

	function identify(connection: Connection, d: Data): void {
		const refused = refusedIdentify(platform, d);
		if (connection.session) return end(connection, GatewayCloseCodes.AlreadyAuthenticated, 'Already authenticated.');
		if (refused) return end(connection, ...refused);
		const shard = (d.shard as [number, number] | undefined) ?? [0, 1];
		const session: Session = {
			id: `session-${++counts.identified}`,
			shard,
			intents: numberOf(d.intents),
			events: [],
			socket: connection.socket,
		};
		sessions.set(session.id, session);
		connection.session = session;
		welcome(platform, session);
		platform.changed();
	}

	function resume(connection: Connection, d: Data): void {
		const session = sessions.get(textOf(d.session_id));
		const seq = numberOf(d.seq);
		if (textOf(d.token) !== platform.settings.token)
			return end(connection, GatewayCloseCodes.AuthenticationFailed, 'Authentication failed.');
		if (refusals > 0 || session === undefined) {
			refusals = Math.max(0, refusals - 1);
			if (session) sessions.delete(session.id);
			return frame(connection.socket, { op: GatewayOpcodes.InvalidSession, d: false });
		}
		if (seq > session.events.length) return end(connection, GatewayCloseCodes.InvalidSeq, 'Invalid seq.');
		session.socket = connection.socket;
		connection.session = session;
		for (const event of session.events.filter(({ s }) => s > seq)) frame(connection.socket, { op: 0, ...event });
		counts.resumed += 1;
		send(session, { type: 'RESUMED', data: { _trace: [] } });
		platform.changed();
	}

	function receive(connection: Connection, text: string): void {
		const { socket } = connection;
		const payload = parse(text);
		if (payload === null) return end(connection, GatewayCloseCodes.DecodeError, 'Error while decoding payload.');
		const now = Date.now();
		connection.sent = [...connection.sent.filter((at) => at > now - 60_000), now];
		if (connection.sent.length > MAX_SENDS) return end(connection, GatewayCloseCodes.RateLimited, 'Rate limited.');
		const op = payload.op;
		if (op === GatewayOpcodes.Heartbeat) return frame(socket, { op: GatewayOpcodes.HeartbeatAck });
		if (op === GatewayOpcodes.Identify) return identify(connection, dataOf(payload.d));
		if (op === GatewayOpcodes.Resume) return resume(connection, dataOf(payload.d));
		if (connection.session === null) return end(connection, GatewayCloseCodes.NotAuthenticated, 'Not authenticated.');
		if (op === GatewayOpcodes.PresenceUpdate) return;
		end(connection, GatewayCloseCodes.UnknownOpcode, `the fake Discord does not know opcode ${String(op)}`);
	}

	sockets.on('connection', (socket: WebSocket, request: IncomingMessage) => {
		const connection: Connection = { socket, session: null, sent: [] };
		connections.add(connection);
		socket.on('message', (data) => receive(connection, String(data)));
		socket.on('error', () => socket.terminate());
		socket.on('close', (code) => {
			connections.delete(connection);
			const { session } = connection;
			if (session?.socket === socket) session.socket = null;
			// A client that says goodbye with one of these gives its session up.
			if (session && (code === 1000 || code === 1001)) sessions.delete(session.id);
			platform.changed();
		});
		const query = new URL(request.url ?? '/', 'ws://gateway').searchParams;
		if (query.get('v') !== '10') return end(connection, GatewayCloseCodes.InvalidAPIVersion, 'Invalid API version');
		if (query.get('encoding') !== 'json' || query.has('compress'))
			return end(connection, GatewayCloseCodes.DecodeError, 'the fake Discord speaks JSON without compression');
		frame(socket, { op: GatewayOpcodes.Hello, d: { heartbeat_interval: HEARTBEAT_MS, _trace: [] } });
	});

	const live = () => [...connections].filter(({ session }) => session !== null);
	const switches: GatewaySwitches = {
		drop(code) {
			for (const { socket } of live()) code === undefined ? socket.terminate() : socket.close(code);
		},
		askReconnect() {
			for (const { socket } of live()) frame(socket, { op: GatewayOpcodes.Reconnect, d: null });
		},
		invalidate(resumable) {
			for (const connection of live()) {
				if (connection.session) connection.session.socket = null;
				if (!resumable && connection.session) sessions.delete(connection.session.id);
				connection.session = null;
				frame(connection.socket, { op: GatewayOpcodes.InvalidSession, d: resumable });
			}
		},
		refuseResume(times = 1) {
			refusals = times;
		},
		duplicate(type, times = 1) {
			twice.set(type, times);
		},
		connected: () => live().length,
		counts: () => ({ ...counts }),
	};

	return {
		switches,
		dispatch(event) {
			const again = twice.get(event.type) ?? 0;
			if (again > 0) twice.set(event.type, again - 1);
			for (const session of sessions.values()) {
				if (!hears(session, event)) continue;
				send(session, event);
				if (again > 0) send(session, event);
			}
		},
		identifiesLeft: () => 1000 - counts.identified,
		close() {
			for (const { socket } of connections) socket.terminate();
			sockets.close();
		},
	};
}

function parse(text: string): Data | null {
	try {
		return dataOf(JSON.parse(text));
	} catch {
		return null;
	}
}

type Refusal = readonly [number, string];

function refusedIdentify({ settings }: Platform, d: Data): Refusal | null {
	const { intents, token, shard } = d;
	if (token !== settings.token) return [GatewayCloseCodes.AuthenticationFailed, 'Authentication failed.'];
	if (typeof intents !== 'number') return [GatewayCloseCodes.InvalidIntents, 'Invalid intent(s).'];
	const [index, count] = shard === undefined ? [0, 1] : listOf(shard).map(numberOf);
	if (index === undefined || count === undefined || index >= count)
		return [GatewayCloseCodes.InvalidShard, 'Invalid shard.'];
	const asked = Object.values(PRIVILEGED).reduce((bits, bit) => bits | (intents & bit), 0);
	const granted = grantedIntents(settings.applicationFlags);
	return (asked & ~granted) === 0 ? null : [GatewayCloseCodes.DisallowedIntents, 'Disallowed intent(s).'];
}

/** The privileged intents that the flags of an application grant (developers/docs/resources/application). */
function grantedIntents(flags: number): number {
	const presences = flags & ((1 << 12) | (1 << 13)) ? PRIVILEGED.GuildPresences : 0;
	const members = flags & ((1 << 14) | (1 << 15)) ? PRIVILEGED.GuildMembers : 0;
	const content = flags & ((1 << 18) | (1 << 19)) ? PRIVILEGED.MessageContent : 0;
	return presences | members | content;
}

function welcome(platform: Platform, session: Session): void {
	const { world, settings } = platform;
	const [shard, count] = session.shard;
	const guilds = [...world.guilds.values()].filter(({ id }) => shardOf(id, count) === shard);
	send(session, {
		type: 'READY',
		data: {
			v: 10,
			user: userJson(world.bot),
			guilds: guilds.map(({ id }) => ({ id, unavailable: true })),
			session_id: session.id,
			resume_gateway_url: `${platform.origin().replace('http', 'ws')}/resume`,
			shard: session.shard,
			application: { id: world.bot.id, flags: settings.applicationFlags },
			session_type: 'normal',
			_trace: [],
		},
	});
	if ((session.intents & 1) === 0) return;
	const withMembers = (session.intents & PRIVILEGED.GuildMembers) !== 0;
	for (const guild of guilds) send(session, { type: 'GUILD_CREATE', data: joinedGuildJson(world, guild, withMembers) });
}
