import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createOpenAIEmbedder } from '../../../../src/adapters/memory/mem0/embedders.ts';

/** A server that speaks OpenAI's embeddings, or answers with a status. */
async function serve(status = 200) {
	const seen: { path: string | undefined; key: string | undefined; body: unknown }[] = [];
	const server = createServer(async (request, response) => {
		const body: unknown = JSON.parse(await text(request));
		seen.push({ path: request.url, key: request.headers.authorization, body });
		response.writeHead(status, { 'content-type': 'application/json' });
		const data = [
			{ object: 'embedding', index: 0, embedding: Buffer.from(new Float32Array([3, 4]).buffer).toString('base64') },
		];
		response.end(JSON.stringify(status === 200 ? { object: 'list', data, model: 'm', usage: {} } : { error: {} }));
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	onTestFinished(() => void server.close());
	const address = server.address();
	const port = typeof address === 'object' ? address?.port : 0;
	return { seen, baseUrl: `http://127.0.0.1:${port}/v1` };
}

describe('embeddings of OpenAI', () => {
	it('come from the model that is configured, and are named after it', async () => {
		const { seen, baseUrl } = await serve();
		const embedder = createOpenAIEmbedder({ apiKey: 'k-1', baseUrl, model: 'text-embedding-3-small', fetch });
		expect(embedder.id).toBe('openai/text-embedding-3-small');
		expect(await embedder.embed('When do we deploy?')).toEqual([3, 4]);
		expect(seen).toMatchObject([
			{
				path: '/v1/embeddings',
				key: 'Bearer k-1',
				body: { model: 'text-embedding-3-small', input: 'When do we deploy?' },
			},
		]);
	});

	it('are refused as the provider refuses, without the key in the words', async () => {
		const { baseUrl } = await serve(401);
		const embedder = createOpenAIEmbedder({ apiKey: 'k-secret', baseUrl, model: 'm', fetch });
		await expect(embedder.embed('Hm?')).rejects.toThrow(/401/);
		await expect(embedder.embed('Hm?')).rejects.not.toThrow(/k-secret/);
	});
});
