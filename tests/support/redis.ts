import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

/** A redis-server of the test's own, on a port and in a folder of its own. */
export interface RedisServer {
	readonly port: number;
	readonly url: string;
	/** Starts it again after `kill`, with the same data; `more`: further command-line settings. */
	start(more?: readonly string[]): Promise<void>;
	/** SIGKILL; resolves when it has ended. */
	kill(): Promise<void>;
	/** Stops it from answering, with its connections open; `resume` lets it go on. */
	pause(): void;
	resume(): void;
	/** One command, on a connection of its own; the raw reply. */
	command(...words: readonly string[]): Promise<string>;
	/** Ends it and removes its folder. */
	remove(): Promise<void>;
}

const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];

/** Sends one command; resolves with the first part of the reply, or rejects when the connection fails. */
function ask(port: number, words: readonly string[]): Promise<string> {
	return new Promise((resolve, reject) => {
		const socket = connect(port, '127.0.0.1');
		socket.setEncoding('utf8').on('error', reject);
		socket.once('data', (reply) => {
			socket.destroy();
			resolve(String(reply));
		});
		const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
		socket.write(`*${words.length}\r\n${parts.join('')}`);
	});
}

/** Resolves when the server answers; rejects with what it said when it ends before. */
async function untilUp(process: ChildProcess, port: number): Promise<void> {
	let said = '';
	process.stdout?.setEncoding('utf8').on('data', (text: string) => {
		said += text;
	});
	const ended = once(process, 'exit').then(() => Promise.reject(new Error(`redis-server ended: ${said}`)));
	const answers = async () => {
		for (;;) {
			const reply = await ask(port, ['PING']).catch(() => '');
			if (/^\+PONG|^-NOAUTH/.test(reply)) return;
			if (process.exitCode !== null || process.signalCode !== null) return;
			await new Promise((resolve) => setTimeout(resolve, 10));
		}
	};
	ended.catch(() => {});
	await Promise.race([ended, answers()]);
}

/** `settings`: of redis-server, as on its command line. Left out: every write is on the disk before it is answered. */
export async function startRedis(settings: readonly string[] = DURABLE): Promise<RedisServer> {
	const folder = await mkdtemp(join(tmpdir(), 'massgen-redis-'));
	const port = await freePort();
	let server: ChildProcess | null = null;
	const start = async (more: readonly string[] = []) => {
		const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--loglevel', 'warning'];
		server = spawn('redis-server', [...own, ...settings, ...more], { stdio: ['ignore', 'pipe', 'ignore'] });
		await untilUp(server, port);
	};
	const kill = async () => {
		if (server?.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
		const ended = once(server, 'exit');
		server.kill('SIGKILL');
		await ended;
	};
	await start().catch(async (thrown: unknown) => {
		await kill();
		await rm(folder, { recursive: true, force: true });
		throw thrown;
	});
	return {
		port,
		url: `redis://127.0.0.1:${port}`,
		start,
		kill,
		pause: () => void server?.kill('SIGSTOP'),
		resume: () => void server?.kill('SIGCONT'),
		command: (...words) => ask(port, words),
		async remove() {
			await kill();
			await rm(folder, { recursive: true, force: true });
		},
	};
}
