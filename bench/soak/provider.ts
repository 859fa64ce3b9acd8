import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { atOnce, scriptFor } from '../provider-script.ts';
import { between, type Chance } from './chance.ts';
import { framesOf } from './reply-text.ts';

/** A Chat Completions provider with bad days, which counts what it has sent in full. */
export interface MoodyProvider {
	url: string;
	/** Output tokens of each reply that was sent in full, by its number. A reply's number is its count of input tokens. */
	readonly served: ReadonlyMap<number, number>;
	/** How often each kind of trouble has struck. */
	readonly troubles: Readonly<Record<string, number>>;
	/** From now on everything is answered. */
	calm(): void;
	close(): void;
}

/** Shares of all requests. */
const SHARES = { limited: 0.04, failed: 0.04, cut: 0.02, hung: 0.02 } as const;
type Trouble = keyof typeof SHARES;

/** `slowest`: longest pause before a reply, in milliseconds. */
export async function startMoodyProvider(chance: Chance, slowest: number): Promise<MoodyProvider> {
	const served = new Map<number, number>();
	const troubles: Record<string, number> = {};
	let isCalm = false;
	let count = 0;

	const mood = (): Trouble | null => {
		if (isCalm) return null;
		let dice = chance();
		for (const [name, share] of Object.entries(SHARES)) {
			if (dice < share) return name as Trouble;
			dice -= share;
		}
		return null;
	};

	const refuse = (response: ServerResponse, status: number, more: Record<string, string> = {}) => {
		response.writeHead(status, { 'content-type': 'application/json', ...more });
		response.end(JSON.stringify({ error: { message: 'Not now.', type: 'server_error', code: null } }));
	};

	const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		const raw = await textOf(request);
		const trouble = mood();
		if (trouble !== null) troubles[trouble] = (troubles[trouble] ?? 0) + 1;
		await new Promise((resolve) => setTimeout(resolve, between(chance, 0, slowest)));
		if (trouble === 'limited') return refuse(response, 429, { 'retry-after': '1' });
		if (trouble === 'failed') return refuse(response, between(chance, 0, 1) === 0 ? 500 : 503);
		// The client gives up on it after the silence that the configuration allows.
		if (trouble === 'hung') return;
		count += 1;
		const script = scriptFor(JSON.parse(raw), raw, { ...atOnce, answerTokens: 40, finalTokens: 60 });
		const tokens = { input: count, output: between(chance, 1, 99) };
		const frames = framesOf(script, tokens);
		response.writeHead(200, { 'content-type': 'text/event-stream' });
		if (trouble === 'cut') {
			response.write(frames.slice(0, 2).join(''));
			response.destroy();
			return;
		}
		response.end(frames.join(''));
		response.once('finish', () => served.set(tokens.input, tokens.output));
	};

	const server = createServer((request, response) => {
		response.on('error', () => {});
		answer(request, response).catch(() => response.destroy());
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}/v1`,
		served,
		troubles,
		calm() {
			isCalm = true;
		},
		close() {
			server.closeAllConnections();
			server.close();
		},
	};
}

async function textOf(request: IncomingMessage): Promise<string> {
	const parts: Buffer[] = [];
	for await (const part of request) parts.push(part as Buffer);
	return Buffer.concat(parts).toString('utf8');
}
