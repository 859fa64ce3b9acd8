import { type Script, STAMP } from './provider-script.ts';

/** The bytes of one streamed reply, one buffer for each event that is paced; head and tail ride with the first and last. */
export type Frames = readonly Buffer[];

const HEAD =
	'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-cache\r\n' +
	'Connection: keep-alive\r\nTransfer-Encoding: chunked\r\nx-request-id: req_bench\r\n\r\n';
const END = '0\r\n\r\n';

/** Microseconds of a clock that all processes of the machine share. */
export const microseconds = () => process.hrtime.bigint() / 1_000n;

/** The frame with the time of this moment in it, if it has a place for one. */
export function stampedFrame(frame: Buffer): Buffer {
	const at = frame.indexOf(STAMP);
	if (at < 0) return frame;
	const copy = Buffer.from(frame);
	copy.write(String(microseconds()).padStart(STAMP.length, '0'), at);
	return copy;
}

const httpChunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

/** A script as Chat Completions streams it. With `usage` as the endpoint does when it is asked to include it. */
export function framesOf({ tool, pieces, key }: Script, model: string, usage: boolean): Frames {
	const common = {
		id: `chatcmpl-${key.replace(/\W/g, '')}`,
		object: 'chat.completion.chunk',
		created: 1_764_000_000,
		model,
		service_tier: 'default',
		system_fingerprint: 'fp_bench',
	};
	const event = (data: object) => httpChunk(`data: ${JSON.stringify(data)}\n\n`);
	const chunk = (delta: object, finish: string | null = null) =>
		event({
			...common,
			choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
			...(usage ? { usage: null } : {}),
		});
	const begun = { index: 0, id: `call_${common.id}`, type: 'function', function: { name: tool, arguments: '' } };
	const opening = chunk({
		role: 'assistant',
		content: tool === null ? '' : null,
		...(tool === null ? {} : { tool_calls: [begun] }),
	});
	const counted = {
		prompt_tokens: 600,
		completion_tokens: pieces.length,
		total_tokens: 600 + pieces.length,
		prompt_tokens_details: { cached_tokens: 0 },
		completion_tokens_details: { reasoning_tokens: 0 },
	};
	const closing =
		chunk({}, tool === null ? 'stop' : 'tool_calls') +
		(usage ? event({ ...common, choices: [], usage: counted }) : '') +
		httpChunk('data: [DONE]\n\n') +
		END;
	const last = pieces.length - 1;
	return pieces.map((piece, at) => {
		const delta = tool === null ? { content: piece } : { tool_calls: [{ index: 0, function: { arguments: piece } }] };
		return Buffer.from((at === 0 ? HEAD + opening : '') + chunk(delta) + (at === last ? closing : ''));
	});
}
