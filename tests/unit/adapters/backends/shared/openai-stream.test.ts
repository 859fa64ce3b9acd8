import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { APIError } from 'openai';
import { describe, expect, it, onTestFinished } from 'vitest';
import { directFetch } from '../../../../../src/adapters/backends/shared/direct-fetch.ts';
import { loadOpenAI } from '../../../../../src/adapters/backends/shared/openai-sdk.ts';
import { readOpenAIStream } from '../../../../../src/adapters/backends/shared/openai-stream.ts';
import type { AttemptEvent } from '../../../../../src/adapters/backends/shared/resilient-stream.ts';
import { unknownUsage } from '../../../../../src/core/usage.ts';
import { injected } from '../../../../contracts/backend-bench.ts';
import { createManualClock } from '../../../../support/manual-clock.ts';

const { settings } = injected(createManualClock());
const finished: AttemptEvent = { type: 'finished', reason: 'stop', usage: unknownUsage };
/** Takes every event's data for a text. */
const reader = {
	read: ({ text }: { text: string }): AttemptEvent[] => [{ type: 'text_delta', text }],
	end: () => [finished],
};

/** What a body that arrives in one piece is read as, up to where it fails. */
async function read(body: string, contentType = 'text/event-stream') {
	const server = createServer((_, response) => response.writeHead(200, { 'content-type': contentType }).end(body));
	onTestFinished(() => void server.close());
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const response = await directFetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
	const said: AttemptEvent[] = [];
	let alive = 0;
	const options = { settings, signal: new AbortController().signal, alive: () => (alive += 1) };
	try {
		for await (const event of readOpenAIStream(await loadOpenAI(), response, reader, options)) said.push(event);
		return { said, alive, error: null };
	} catch (error) {
		return { said, alive, error };
	}
}

describe('a stream of OpenAI', () => {
	it('gives text that arrived together as one delta', async () => {
		const { said, alive } = await read('data: {"text":"to"}\n\ndata: {"text":"gether"}\n\ndata: [DONE]\n\n');
		expect(said).toEqual([{ type: 'text_delta', text: 'together' }, finished]);
		expect(alive).toBeGreaterThan(0);
	});

	it('ends where it says so, whatever comes after', async () => {
		const { said, error } = await read('data: [DONE]\n\ndata: nonsense\n\n');
		expect({ said, error }).toEqual({ said: [finished], error: null });
	});

	it('ends where the body ends, if it does not say so', async () => {
		expect((await read('data: {"text":"a"}\n\n')).said).toEqual([{ type: 'text_delta', text: 'a' }, finished]);
	});

	it('needs no empty line after its last event, and passes over half of one', async () => {
		expect((await read('data: {"text":"a"}')).said[0]).toEqual({ type: 'text_delta', text: 'a' });
		expect(await read('data: {"text":"a"}\n\ndata: {"te')).toMatchObject({
			said: [{ type: 'text_delta', text: 'a' }, finished],
			error: null,
		});
	});

	it.each([
		['that the data holds', 'data: {"error":{"message":"full","code":"server_error"}}\n\n'],
		['that is the event', 'event: error\ndata: {"message":"full","code":"server_error"}\n\n'],
	])('hands on what came before an error %s', async (_, failing) => {
		const { said, error } = await read(`data: {"text":"a"}\n\n${failing}`);
		expect(said).toEqual([{ type: 'text_delta', text: 'a' }]);
		expect(error).toBeInstanceOf(APIError);
		expect(error).toMatchObject({ code: 'server_error', message: 'full' });
	});

	it('hands on what came before nonsense', async () => {
		const { said, error } = await read('data: {"text":"a"}\n\ndata: {"text\n\n');
		expect(said).toEqual([{ type: 'text_delta', text: 'a' }]);
		expect(error).toBeInstanceOf(SyntaxError);
	});

	it('is none when it is another kind of document', async () => {
		const { error } = await read('<!doctype html>', 'text/html');
		expect(error).toMatchObject({ failure: 'response_invalid', retryable: false });
	});
});
