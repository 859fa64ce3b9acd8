/** What a server of the tests does with a call. */
export type Reply =
	| { type: 'result'; result: Record<string, unknown> }
	| { type: 'error'; code: number; message: string }
	/** No answer at all. */
	| { type: 'silence' }
	/** It ends instead of answering. */
	| { type: 'death' }
	/** This before the answer, as it is. */
	| { type: 'noise'; text: string; next: Reply }
	/** So many signs of life, one after the other, before the answer. */
	| { type: 'progress'; count: number; total?: number; message?: string; next: Reply }
	/** A result whose text is so many bytes long, sent as it is made. */
	| { type: 'flood'; bytes: number };

export interface Behaviour {
	tools: Record<string, unknown>[];
	instructions?: string;
	/** The revision it speaks; left out: 2025-11-25. */
	revision?: string;
	/** Refuses to be greeted. */
	refuses?: boolean;
	call(name: string, input: Record<string, unknown>): Reply;
}

export const text = (words: string, more: Record<string, unknown> = {}): Reply => ({
	type: 'result',
	result: { content: [{ type: 'text', text: words }], ...more },
});

export const tool = (name: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
	name,
	description: `${name} it`,
	inputSchema: { type: 'object', properties: { words: { type: 'string' } } },
	...more,
});

interface Message {
	id?: number | string;
	method?: string;
	params?: Record<string, unknown>;
}

/**
 * Speaks the revisions before 2026-07-28 by hand, so that it can also speak it badly. Returns what is to be sent for a message that
 * came in: nothing for notifications.
 */
export function answerTo(message: Message, behaviour: Behaviour): Reply | null {
	const { id, method, params = {} } = message;
	if (id === undefined || method === undefined) return null;
	switch (method) {
		case 'initialize': {
			if (behaviour.refuses) return { type: 'error', code: -32_000, message: 'go away' };
			const capabilities = { tools: { listChanged: true } };
			const serverInfo = { name: 'hostile', version: '1.0.0' };
			const { instructions, revision: protocolVersion = '2025-11-25' } = behaviour;
			const result = { protocolVersion, capabilities, serverInfo, instructions };
			return { type: 'result', result };
		}
		case 'tools/list':
			return { type: 'result', result: { tools: behaviour.tools } };
		case 'tools/call':
			return behaviour.call(String(params.name), (params.arguments ?? {}) as Record<string, unknown>);
		default:
			return { type: 'error', code: -32_601, message: 'Method not found' };
	}
}

/** The parts of an answer, in order, as JSON-RPC text; null: the connection ends there. Silence is no part. */
export function* partsOf(message: Message, reply: Reply): Generator<string | null> {
	const { id } = message;
	const wrap = (body: Record<string, unknown>) => JSON.stringify({ jsonrpc: '2.0', id, ...body });
	switch (reply.type) {
		case 'result':
			yield wrap({ result: reply.result });
			return;
		case 'error':
			yield wrap({ error: { code: reply.code, message: reply.message } });
			return;
		case 'silence':
			return;
		case 'death':
			yield null;
			return;
		case 'noise':
			yield reply.text;
			yield* partsOf(message, reply.next);
			return;
		case 'progress': {
			const meta = message.params?._meta as { progressToken?: number | string } | undefined;
			for (let progress = 1; progress <= reply.count; progress += 1) {
				const { total, message: said } = reply;
				const params = { progressToken: meta?.progressToken, progress, total, message: said };
				yield JSON.stringify({ jsonrpc: '2.0', method: 'notifications/progress', params });
			}
			yield* partsOf(message, reply.next);
			return;
		}
		case 'flood':
			yield wrap({ result: { content: [{ type: 'text', text: 'x'.repeat(reply.bytes) }] } });
	}
}
