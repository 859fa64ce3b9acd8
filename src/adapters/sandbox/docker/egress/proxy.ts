import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { chmod, copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Duplex, PassThrough } from 'node:stream';
import { BotError } from '../../../../core/errors.ts';
import { isPublicAddress } from './address.ts';
import { type HostAndPort, isAllowed, parseHostAndPort } from './allowed-hosts.ts';

/** Milliseconds without a byte after which a connection is closed. */
const IDLE_MS = 60_000;
const MAX_CONNECTIONS = 64;
/** Of one hop, so not for the next one. */
const HOP_HEADERS = /^(?:proxy-.*|connection|keep-alive|te|trailer|transfer-encoding|upgrade|host)$/;

/** Files in the folder that is mounted. */
export const EGRESS_SOCKET = 'proxy.sock';
export const EGRESS_FORWARD = 'forward.mts';

export interface EgressOptions {
	/** Each as `api.example.com:443`. */
	hosts: readonly string[];
	/** Bytes that may pass, both ways together; then every connection is closed. */
	bytes: number;
	/** Addresses that may be reached though they are not public. */
	privateAddresses: readonly string[];
	/** Replaces the resolver of the machine. */
	resolve?(host: string): Promise<readonly LookupAddress[]>;
}

export interface EgressProxy {
	/** What the container gets to see: the socket and the program that leads a port to it. */
	readonly folder: string;
	close(): Promise<void>;
}

/**
 * A proxy for one sandbox, on a socket in a folder that nobody else on this machine can enter. It tunnels (CONNECT) and
 * forwards (HTTP) to the allowed hosts and ports alone. A name is resolved once, and the connection goes to the very
 * address that was checked. Throws `sandbox_failed` for a host that is not written as `name:port`.
 */
export async function createEgressProxy(options: EgressOptions): Promise<EgressProxy> {
	const allowed = options.hosts.map((text): HostAndPort => {
		const parsed = parseHostAndPort(text);
		if (parsed !== null) return parsed;
		const why = `${JSON.stringify(text)} is not a host with a port. Write it like api.example.com:443.`;
		throw new BotError('sandbox_failed', `The sandbox was not started: ${why}`);
	});
	const resolve = options.resolve ?? ((host: string) => lookup(host, { all: true }));
	const open = new Set<Duplex>();
	let left = options.bytes;

	/** The checked address to dial; or why there is none, for the program inside. */
	const addressOf = async (target: HostAndPort): Promise<string | Refusal> => {
		if (!isAllowed(allowed, target)) return { status: 403, why: `${target.host}:${target.port} is not allowed` };
		const found = await resolve(target.host).catch(() => []);
		if (found.length === 0) return { status: 502, why: `${target.host} has no address` };
		const good = found.find(({ address }) => isPublicAddress(address) || options.privateAddresses.includes(address));
		return good?.address ?? { status: 403, why: `${target.host} is not at a public address` };
	};

	const counted = () => {
		const meter = new PassThrough();
		meter.on('data', (chunk: Buffer) => {
			left -= chunk.length;
			if (left < 0) for (const socket of open) socket.destroy();
		});
		return meter;
	};

	const server = createServer({ maxHeaderSize: 16_384 });
	server.maxConnections = MAX_CONNECTIONS;
	server.on('connection', (socket) => hold(open, socket));
	server.on('connect', async (message: IncomingMessage, client: Duplex, head: Buffer) => {
		const target = parseHostAndPort(message.url ?? '');
		const address = target === null ? BAD : left < 0 ? SPENT : await addressOf(target);
		if (target === null || typeof address !== 'string') return refuseTunnel(client, address);
		const remote = connect({ host: address, port: target.port });
		hold(open, remote);
		remote.setTimeout(IDLE_MS, () => remote.destroy());
		remote.on('connect', () => {
			client.write('HTTP/1.1 200 Connection established\r\n\r\n');
			if (head.length > 0) client.unshift(head);
			client.pipe(counted()).pipe(remote);
			remote.pipe(counted()).pipe(client);
		});
		remote.on('close', () => client.destroy());
		client.on('close', () => remote.destroy());
	});
	server.on('request', async (message: IncomingMessage, answer: ServerResponse) => {
		const url = URL.canParse(message.url ?? '') ? new URL(message.url ?? '') : null;
		const target = url?.protocol === 'http:' ? parseHostAndPort(`${url.hostname}:${url.port || 80}`) : null;
		const address = target === null ? BAD : left < 0 ? SPENT : await addressOf(target);
		if (url === null || target === null || typeof address !== 'string') return refuse(answer, address);
		const headers = Object.fromEntries(Object.entries(message.headers).filter(([name]) => !HOP_HEADERS.test(name)));
		const onward = request({
			host: address,
			port: target.port,
			method: message.method,
			path: `${url.pathname}${url.search}`,
			headers: { ...headers, host: url.host },
			agent: false,
			timeout: IDLE_MS,
		});
		onward.on('socket', (socket) => hold(open, socket));
		onward.on('timeout', () => onward.destroy());
		onward.on('error', () => refuse(answer, { status: 502, why: `${target.host} does not answer` }));
		onward.on('response', (response) => {
			const back = Object.entries(response.headers).filter(([name]) => !HOP_HEADERS.test(name));
			answer.writeHead(response.statusCode ?? 502, Object.fromEntries(back));
			response.pipe(counted()).pipe(answer);
		});
		message.pipe(counted()).pipe(onward);
	});

	// Only this user enters the outer folder; the user of the sandbox gets to the inner one, which is mounted.
	const outer = await mkdtemp(join(tmpdir(), 'massgen-egress-'));
	const folder = join(outer, 'inside');
	await mkdir(folder, { mode: 0o755 });
	await copyFile(new URL('forward.ts', import.meta.url), join(folder, EGRESS_FORWARD));
	await new Promise<void>((listening, failed) => {
		server.on('error', failed);
		server.listen(join(folder, EGRESS_SOCKET), listening);
	});
	await chmod(join(folder, EGRESS_SOCKET), 0o666);
	return {
		folder,
		async close() {
			server.close();
			for (const socket of open) socket.destroy();
			await rm(outer, { recursive: true, force: true });
		},
	};
}

interface Refusal {
	status: 400 | 403 | 502;
	why: string;
}
const BAD: Refusal = { status: 400, why: 'only CONNECT host:port and http:// are understood' };
const SPENT: Refusal = { status: 403, why: 'all the bytes of this sandbox are spent' };

function hold(open: Set<Duplex>, socket: Duplex): void {
	open.add(socket);
	socket.on('error', () => socket.destroy());
	socket.on('close', () => open.delete(socket));
}

function refuse(answer: ServerResponse, refusal: string | Refusal): void {
	if (typeof refusal === 'string' || answer.headersSent) return void answer.destroy();
	answer.writeHead(refusal.status, { 'content-type': 'text/plain', connection: 'close' });
	answer.end(`Egress proxy: ${refusal.why}.\n`);
}

function refuseTunnel(client: Duplex, refusal: string | Refusal): void {
	if (typeof refusal === 'string') return void client.destroy();
	const text = `Egress proxy: ${refusal.why}.\n`;
	const head = `HTTP/1.1 ${refusal.status} Refused\r\ncontent-type: text/plain\r\ncontent-length: ${text.length}`;
	client.end(`${head}\r\nconnection: close\r\n\r\n${text}`);
}
