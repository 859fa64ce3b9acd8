import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openHttpAgent } from '../../../../src/adapters/frameworks/http.ts';
import { openWebAccess } from '../../../../src/app/open-web-access.ts';
import type { ExternalEvent } from '../../../../src/core/external-agent.ts';
import type { RemoteSettings } from '../../../../src/core/external-settings.ts';
import { systemClock } from '../../../../src/system-clock.ts';
import { externalContract } from '../../../contracts/external-contract.ts';
import { sent } from '../../../fixtures/frameworks/mail.ts';
import { type SmallRequest, smallAgent } from '../../../fixtures/frameworks/small-agent.ts';
import { frameworkModel } from './framework-model.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

const model = frameworkModel();
let server: Server;
let url = '';
let handler: Handler = playAgent;

beforeAll(async () => {
	server = createServer((request, response) => void handler(request, response));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/reply?key=query-secret`;
});
afterAll(() => server.close());
afterEach(() => {
	handler = playAgent;
});

/** An endpoint as the README describes it: server-sent events. */
async function playAgent(request: IncomingMessage, response: ServerResponse): Promise<void> {
	const asked = (await json(request)) as SmallRequest;
	response.writeHead(200, { 'content-type': 'text/event-stream' });
	const address = process.env.FRAMEWORK_MODEL_URL ?? '';
	const over = new AbortController();
	response.on('close', () => over.abort());
	const about = { model: address, send: (input: unknown) => void sent.push(input), signal: over.signal };
	try {
		for await (const event of smallAgent(asked, about)) response.write(`data: ${JSON.stringify(event)}\n\n`);
	} catch (thrown) {
		if (!over.signal.aborted) throw thrown;
	}
	response.end();
}

async function open(settings: Partial<RemoteSettings> = {}) {
	const rules = { allowLoopback: true, allowPrivate: false };
	const web = await openWebAccess({ ...rules, ...settings }, systemClock, () => 0);
	const common = { ownTools: 'gated', model: null, headers: {} } as const;
	return openHttpAgent({ type: 'http', url, ...rules, ...common, ...settings }, web);
}

externalContract(
	'an endpoint over HTTP',
	async (replies) => {
		model.script(replies);
		sent.length = 0;
		return { agent: await open(), modelCalls: () => model.calls().length, sent: () => sent };
	},
	{ usage: 'of_whole_replies', interrupts: true },
);

async function replyOf(settings: Partial<RemoteSettings> = {}): Promise<ExternalEvent[]> {
	const agent = await open(settings);
	const events: ExternalEvent[] = [];
	const messages = [{ role: 'user', text: 'Why?' }] as const;
	const request = { run: 'run-1', agent: 'secret-id', instructions: 'Be terse.', tools: [], resume: null, messages };
	try {
		for await (const event of agent.reply(request, new AbortController().signal)) events.push(event);
	} finally {
		await agent.close();
	}
	return events;
}

describe('an endpoint over HTTP', () => {
	it('may stream lines of JSON, and is sent the headers of the configuration', async () => {
		let seen: string | undefined;
		handler = (request, response) => {
			seen = request.headers.authorization;
			response.end(
				'{"type":"text","text":"Bl"}\n{"type":"tool","tool":"search","status":"started"}\n{"type":"finished","text":"Blue."}',
			);
		};
		const events = await replyOf({ headers: { Authorization: 'Bearer abcdef' } });
		expect(events).toMatchObject([
			{ type: 'text_delta', text: 'Bl' },
			{ type: 'tool_started', tool: 'search' },
			{ type: 'finished', text: 'Blue.', usage: { inputTokens: null } },
		]);
		expect(seen).toBe('Bearer abcdef');
	});

	it('is asked again when it is busy, and only then', async () => {
		const statuses = [503, 429, 200];
		let asked = 0;
		handler = (_, response) => {
			response.writeHead(statuses[asked] ?? 500, { 'retry-after': '0' });
			asked += 1;
			response.end('{"type":"finished","text":"Blue."}');
		};
		expect((await replyOf()).at(-1)).toMatchObject({ type: 'finished', text: 'Blue.' });
		expect(asked).toBe(3);
		asked = 0;
		statuses[0] = 401;
		await expect(replyOf()).rejects.toMatchObject({ status: 401 });
		expect(asked).toBe(1);
	});

	it('is not called at an address of this machine unless that is meant, and no message has its query', async () => {
		let asked = 0;
		handler = (_, response) => {
			asked += 1;
			response.end();
		};
		const refused = replyOf({ allowLoopback: false });
		await expect(refused).rejects.toThrow('leads to this machine, which is refused');
		await expect(refused).rejects.not.toThrow('query-secret');
		expect(asked).toBe(0);
	});

	it('says when it sends something else', async () => {
		handler = (_, response) => void response.end('<html>');
		await expect(replyOf()).rejects.toThrow('The agent sent something that is no JSON.');
	});
});
