import { Agent, request } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import { chatBody, type HandRolledModel } from './hand-rolled.ts';

interface Delta {
	content?: string | null;
	tool_calls?: readonly { function?: { name?: string; arguments?: string } }[];
}

/** Model calls with Node's own HTTP client and nothing on top. */
export function floorModel(baseUrl: string): HandRolledModel {
	const address = new URL(`${baseUrl}/chat/completions`);
	const agent = new Agent({ keepAlive: true });
	const headers = { 'content-type': 'application/json', authorization: 'Bearer sk-bench' };
	return (call, onText) =>
		new Promise((resolve, reject) => {
			const reply = { text: '', tool: '', arguments: '' };
			const read = (data: string) => {
				if (data === '[DONE]') return;
				const delta = (JSON.parse(data) as { choices: { delta: Delta }[] }).choices[0]?.delta;
				if (delta?.content) {
					reply.text += delta.content;
					onText(delta.content);
				}
				for (const { function: made } of delta?.tool_calls ?? []) {
					reply.tool ||= made?.name ?? '';
					reply.arguments += made?.arguments ?? '';
				}
			};
			const sent = request(address, { method: 'POST', agent, headers }, (response) => {
				if (response.statusCode !== 200) return reject(new Error(`HTTP ${response.statusCode}`));
				const decoder = new StringDecoder('utf8');
				let rest = '';
				response.on('data', (bytes: Buffer) => {
					rest += decoder.write(bytes);
					for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
						if (rest.startsWith('data: ')) read(rest.slice(6, end));
						rest = rest.slice(end + 1);
					}
				});
				response.on('end', () => resolve(reply));
				response.on('error', reject);
			});
			sent.on('error', reject);
			sent.end(JSON.stringify(chatBody(call)));
		});
}
