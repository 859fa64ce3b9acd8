import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import OpenAI from 'openai';

/** An agent as an endpoint over a model of OpenAI, at this port of this machine: a request in, server-sent events out. */
const PORT = Number(process.env.HTTP_PORT ?? 8790);
const openai = new OpenAI();

interface Asked {
	instructions: string;
	messages: { role: 'user' | 'assistant'; text: string }[];
}

const server = createServer(async (request, response) => {
	const { instructions, messages } = (await json(request)) as Asked;
	const send = (event: object) => response.write(`data: ${JSON.stringify(event)}\n\n`);
	const over = new AbortController();
	response.on('close', () => over.abort());
	response.writeHead(200, { 'content-type': 'text/event-stream' });
	try {
		const talk = messages.map(({ role, text }) => ({ role, content: text }));
		const chunks = await openai.chat.completions.create(
			{
				model: process.env.OPENAI_MODEL ?? 'gpt-5.4-mini',
				messages: [{ role: 'system', content: instructions }, ...talk],
				...{ stream: true, stream_options: { include_usage: true } },
			},
			{ signal: over.signal },
		);
		for await (const { choices, usage } of chunks) {
			const text = choices[0]?.delta.content ?? '';
			if (text !== '') send({ type: 'text', text });
			if (!usage) continue;
			const { prompt_tokens: input_tokens, completion_tokens: output_tokens } = usage;
			send({ type: 'finished', usage: { input_tokens, output_tokens } });
		}
	} catch (thrown) {
		const status = thrown instanceof OpenAI.APIError ? thrown.status : undefined;
		send({ type: 'failed', message: 'The model could not be asked.', status });
	}
	response.end();
});
server.listen(PORT, '127.0.0.1', () => {
	console.log(`The agent listens at port ${(server.address() as AddressInfo).port}.`);
});
