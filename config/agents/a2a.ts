import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { AgentCard, TaskState } from '@a2a-js/sdk';
import {
	AgentEvent,
	type AgentExecutor,
	DefaultRequestHandler,
	InMemoryTaskStore,
	JsonRpcTransportHandler,
	ServerCallContext,
} from '@a2a-js/sdk/server';
import OpenAI from 'openai';

/** An A2A agent over a model of OpenAI, at this port of this machine. */
const PORT = Number(process.env.A2A_PORT ?? 8791);
const openai = new OpenAI();
const running = new Map<string, AbortController>();

const executor: AgentExecutor = {
	async execute({ taskId, contextId, userMessage }, bus) {
		const life = new AbortController();
		running.set(taskId, life);
		const about = { taskId, contextId, metadata: undefined };
		const status = (state: TaskState) => ({ state, message: undefined, timestamp: new Date().toISOString() });
		const working = { id: taskId, contextId, artifacts: [], history: [userMessage], metadata: undefined };
		bus.publish(AgentEvent.task({ ...working, status: status(TaskState.TASK_STATE_WORKING) }));
		const content = userMessage.parts.map((part) => (part.content?.$case === 'text' ? part.content.value : ''));
		let end = TaskState.TASK_STATE_COMPLETED;
		try {
			const messages = [{ role: 'user' as const, content: content.join('\n\n') }];
			const model = process.env.OPENAI_MODEL ?? 'gpt-5.4-mini';
			const options = { signal: life.signal };
			const chunks = await openai.chat.completions.create({ model, messages, stream: true }, options);
			let append = false;
			for await (const { choices } of chunks) {
				const value = choices[0]?.delta.content ?? '';
				if (value === '') continue;
				const text = { content: { $case: 'text' as const, value }, metadata: undefined, filename: '', mediaType: '' };
				const artifact = { artifactId: 'answer', name: '', description: '', parts: [text], extensions: [] };
				const update = { ...about, append, lastChunk: false, artifact: { ...artifact, metadata: undefined } };
				bus.publish(AgentEvent.artifactUpdate(update));
				append = true;
			}
		} catch {
			end = life.signal.aborted ? TaskState.TASK_STATE_CANCELED : TaskState.TASK_STATE_FAILED;
		}
		running.delete(taskId);
		bus.publish(AgentEvent.statusUpdate({ ...about, status: status(end) }));
		bus.finished();
	},
	async cancelTask(taskId) {
		running.get(taskId)?.abort();
	},
};

const cardAt = (host: string) =>
	AgentCard.fromJSON({
		...{ name: 'Example', description: 'Answers questions.', version: '1.0.0', capabilities: { streaming: true } },
		supportedInterfaces: [{ url: `http://${host}/`, protocolBinding: 'JSONRPC', protocolVersion: '1.0' }],
	});
const handler = new JsonRpcTransportHandler(
	new DefaultRequestHandler(cardAt(`127.0.0.1:${PORT}`), new InMemoryTaskStore(), executor),
);

const server = createServer(async (request, response) => {
	if (request.method === 'GET') {
		const card = AgentCard.toJSON(cardAt(request.headers.host ?? ''));
		return void response.end(JSON.stringify(card));
	}
	const context = new ServerCallContext({ requestedVersion: '1.0' });
	const answer = await handler.handle((await json(request)) as Record<string, unknown>, context);
	if (!(Symbol.asyncIterator in answer)) return void response.end(JSON.stringify(answer));
	response.writeHead(200, { 'content-type': 'text/event-stream' });
	for await (const event of answer) response.write(`data: ${JSON.stringify(event)}\n\n`);
	response.end();
});
server.listen(PORT, '127.0.0.1', () => {
	console.log(`The agent listens at port ${(server.address() as AddressInfo).port}.`);
});
