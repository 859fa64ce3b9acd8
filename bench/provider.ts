/**
 * A fake Chat Completions provider in a process of its own, fast enough not to be what is measured: HTTP/1.1 straight
 * on a socket, replies made once and sent as bytes. Prints `{"url":...,"pid":...}` when it listens.
 *
 * `POST .../chat/completions` streams what `scriptFor` says. `POST /config` changes the behaviour, `GET /config` and
 * `GET /expected` tell it, `POST /reset` forgets the counts, `GET /stats` gives them.
 */
import { createServer, type Socket } from 'node:net';
import { createPacing } from './provider-pacing.ts';
import { atOnce, type Behaviour, expectedOf, scriptFor } from './provider-script.ts';
import { type Frames, framesOf, stampedFrame } from './provider-wire.ts';

interface Connection {
	socket: Socket;
	rest: Buffer;
	busy: boolean;
}

let behaviour: Behaviour = atOnce;
let counts = { calls: 0, live: 0, peakLive: 0, aborted: 0, firstCallAt: 0 };
const replies = new Map<string, { frames: Frames; whole: Buffer }>();
const pacing = createPacing();

function replyTo(raw: string) {
	const body: { model?: string; stream_options?: { include_usage?: boolean } } = JSON.parse(raw);
	const script = scriptFor(body, raw, behaviour);
	const usage = body.stream_options?.include_usage === true;
	const key = `${script.key} ${usage}`;
	const known = replies.get(key);
	if (known !== undefined) return { script, ...known };
	const frames = framesOf(script, body.model ?? '', usage);
	const made = { frames, whole: Buffer.concat(frames) };
	replies.set(key, made);
	return { script, ...made };
}

function complete(connection: Connection, raw: string): void {
	const { script, frames, whole } = replyTo(raw);
	const { ttftMs, tokensPerSec, tokensPerChunk, skew, stamped } = behaviour;
	counts.calls += 1;
	counts.live += 1;
	counts.peakLive = Math.max(counts.peakLive, counts.live);
	counts.firstCallAt ||= performance.timeOrigin + performance.now();
	connection.busy = true;
	const end = () => {
		counts.live -= 1;
		if (connection.socket.destroyed) counts.aborted += 1;
		connection.busy = false;
		serve(connection);
	};
	if (ttftMs === 0 && tokensPerSec === 0) {
		connection.socket.write(whole);
		end();
		return;
	}
	const gapMs =
		tokensPerSec === 0 ? 0 : (1000 / tokensPerSec) * tokensPerChunk * (skew[script.agent % skew.length] ?? 1);
	let sent = 0;
	pacing.start(performance.now() + ttftMs, {
		fire(due) {
			const frame = frames[sent];
			if (frame !== undefined && !connection.socket.destroyed) {
				connection.socket.write(stamped ? stampedFrame(frame) : frame);
			}
			sent += 1;
			if (sent < frames.length && !connection.socket.destroyed) return due + gapMs;
			end();
			return null;
		},
	});
}

function say({ socket }: Connection, status: number, body: unknown): void {
	const text = JSON.stringify(body);
	const length = Buffer.byteLength(text);
	socket.write(
		`HTTP/1.1 ${status} Said\r\nContent-Type: application/json\r\nConnection: keep-alive\r\nContent-Length: ${length}\r\n\r\n${text}`,
	);
}

function route(connection: Connection, method: string, path: string, body: string): void {
	if (method === 'POST' && path.endsWith('/chat/completions')) return complete(connection, body);
	switch (`${method} ${path}`) {
		case 'POST /config':
			behaviour = { ...behaviour, ...JSON.parse(body) };
			replies.clear();
			return say(connection, 200, behaviour);
		case 'GET /config':
			return say(connection, 200, behaviour);
		case 'GET /expected':
			return say(connection, 200, expectedOf(behaviour));
		case 'POST /reset':
			counts = { ...counts, calls: 0, peakLive: 0, aborted: 0, firstCallAt: 0 };
			pacing.takeLateness();
			return say(connection, 200, {});
		case 'GET /stats':
			return say(connection, 200, { ...counts, lateMs: pacing.takeLateness() });
		default:
			return say(connection, 404, { error: { message: `nothing at ${method} ${path}` } });
	}
}

/** Takes the next whole request off the connection, if there is one and the last has been answered. */
function serve(connection: Connection): void {
	const { rest } = connection;
	if (connection.busy || rest.length === 0) return;
	const headEnd = rest.indexOf('\r\n\r\n');
	if (headEnd < 0) return;
	const head = rest.toString('latin1', 0, headEnd);
	const start = headEnd + 4;
	const end = start + Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
	if (rest.length < end) return;
	connection.rest = rest.subarray(end);
	const [method = '', path = ''] = head.split(' ', 2);
	try {
		route(connection, method, path.split('?', 1)[0] ?? '', rest.toString('utf8', start, end));
	} catch (error) {
		say(connection, 400, { error: { message: String(error) } });
	}
	serve(connection);
}

const server = createServer({ noDelay: true }, (socket) => {
	const connection: Connection = { socket, rest: Buffer.alloc(0), busy: false };
	socket.on('data', (data) => {
		connection.rest = connection.rest.length === 0 ? data : Buffer.concat([connection.rest, data]);
		serve(connection);
	});
	socket.on('error', () => socket.destroy());
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 8_192 }, () => {
	const address = server.address();
	const port = typeof address === 'object' ? address?.port : undefined;
	console.log(JSON.stringify({ url: `http://127.0.0.1:${port}`, pid: process.pid }));
});
process.on('SIGTERM', () => process.exit(0));
process.stdin.resume().on('end', () => process.exit(0));
