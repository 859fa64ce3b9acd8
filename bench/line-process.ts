/** Programs that speak MCP in lines, wherever they run, for `bench/sandbox.ts`. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { SandboxProcess } from '../src/core/sandbox.ts';

interface LineProcess {
	write(line: string): void;
	lines: AsyncIterable<string>;
	/** No more input; resolves when it has ended. */
	close(): Promise<void>;
	/** Resolves when it has ended by itself; rejects when it could not start or went wrong. */
	ended: Promise<void>;
}

export interface Talk {
	greet(): Promise<void>;
	call(tool: string, input: object): Promise<void>;
	close(): Promise<void>;
}

export function childOf(program: string, args: readonly string[]): LineProcess {
	const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
	const closed = new Promise<number | null>((resolve, reject) => {
		child.on('error', reject);
		child.on('close', resolve);
	});
	const ended = closed.then((code) => {
		if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}`);
	});
	ended.catch(() => {});
	child.stdin.on('error', () => {});
	return {
		write: (line) => void child.stdin.write(`${line}\n`),
		lines: createInterface({ input: child.stdout }),
		async close() {
			child.stdin.end();
			child.kill();
			await closed;
		},
		ended,
	};
}

export function sandboxed(process: SandboxProcess): LineProcess {
	return {
		write: (line) => void process.write(Buffer.from(`${line}\n`)),
		lines: createInterface({ input: Readable.from(process.stdout) }),
		close: () => process.dispose(),
		ended: process.exit.then(() => {}),
	};
}

export function talkTo(server: LineProcess): Talk {
	const lines = server.lines[Symbol.asyncIterator]();
	let id = 0;
	const ask = async (method: string, params: object) => {
		id += 1;
		server.write(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
		for (;;) {
			const { value, done } = await lines.next();
			if (done) throw new Error(`the server ended before it answered ${method}`);
			const message = JSON.parse(value);
			if (message.id !== id) continue;
			if (message.error !== undefined) throw new Error(message.error.message);
			return;
		}
	};
	return {
		async greet() {
			const clientInfo = { name: 'bench', version: '0' };
			await ask('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo });
			server.write(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }));
		},
		call: (name, input) => ask('tools/call', { name, arguments: input }),
		close: server.close,
	};
}
