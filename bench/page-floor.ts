/**
 * The floor of the page: fastify, one page, and a stream of events that passes a provider's tokens on as they come.
 * No run, no journal, no thread. Prints its address when it listens; `PROVIDER` is the provider's.
 */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { fastify } from 'fastify';
import { floorModel } from './floor-model.ts';
import { modelOf } from './peer-main.ts';

const app = fastify();
const model = floorModel(`${process.env.PROVIDER}/v1`);
const page = '<!doctype html><title>floor</title>';

const send = (out: ServerResponse, event: string, data: object) =>
	out.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);

app.get('/', (_request, reply) => reply.type('text/html').send(page));
app.post('/api/threads', async (_request, reply) => reply.code(201).send({ id: randomUUID() }));
app.get('/api/threads/:id/events', async (_request, reply) => {
	reply.hijack();
	const out = reply.raw;
	out.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
	const call = { model: modelOf(0), system: '', prompt: 'present', tools: [] };
	const { text } = await model(call, (piece) => send(out, 'append', { key: 'final', text: piece }));
	send(out, 'message', { message: { type: 'final', key: 'final', content: text, streaming: false } });
	out.end();
});

console.log(await app.listen({ host: '127.0.0.1', port: 0 }));
