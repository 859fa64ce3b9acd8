import { z } from 'zod';
import type { ExternalEvent, ExternalRequest } from '../../../core/external-agent.ts';
import { unknownUsage } from '../../../core/usage.ts';

const count = z.number().int().nonnegative().nullable().default(null);
const usage = z
	.object({ input_tokens: count, output_tokens: count, cached_input_tokens: count, reasoning_tokens: count })
	.nullish()
	.transform((given) => {
		if (given == null) return unknownUsage;
		const { input_tokens: inputTokens, output_tokens: outputTokens } = given;
		const { cached_input_tokens: cachedInputTokens, reasoning_tokens: reasoningTokens } = given;
		return { inputTokens, outputTokens, cachedInputTokens, reasoningTokens };
	});

/** What a program, a module or an endpoint says, one JSON object at a time. Keys that are not named here are passed over. */
const wireEvent = z.discriminatedUnion('type', [
	z.object({ type: z.literal('text'), text: z.string() }),
	z.object({
		type: z.literal('tool'),
		tool: z.string().min(1),
		status: z.enum(['started', 'progressed', 'finished']),
		text: z.string().default(''),
		error: z.boolean().default(false),
	}),
	z.object({
		type: z.literal('interrupted'),
		state: z.string().default(''),
		actions: z.array(z.object({ id: z.string(), name: z.string(), input: z.record(z.string(), z.unknown()) })).min(1),
		usage,
	}),
	z.object({ type: z.literal('finished'), text: z.string().nullish(), usage }),
	z.object({
		type: z.literal('failed'),
		message: z.string(),
		/** As of HTTP: 401, 429, 503. */
		status: z.number().int().nullish(),
		retryable: z.boolean().default(true),
		usage,
	}),
]);
export type WireEvent = z.infer<typeof wireEvent>;

/** The document that a program, a module or an endpoint is asked with. It never names the agent in its team. */
export function wireRequest({ run, instructions, messages, resume }: ExternalRequest): Record<string, unknown> {
	const decisions = resume?.decisions.map(({ id, isApproved: approved, input, text: reason }) => {
		return { id, approved, input, reason };
	});
	return {
		...{ version: 1, run, instructions, messages },
		resume: resume === null ? null : { state: resume.state, decisions },
	};
}

/** One event, checked. Throws with a sentence for a person. */
export function wireEventOf(value: unknown): WireEvent {
	const { data, error } = wireEvent.safeParse(value);
	if (data !== undefined) return data;
	const [issue] = error.issues;
	const place = issue === undefined || issue.path.length === 0 ? '' : ` (${issue.path.join('.')})`;
	throw new Error(`The agent sent an event that is not understood${place}: ${issue?.message}`);
}

/** Whether a value looks like an event, right or wrong. */
export const isWireEvent = (value: unknown): boolean =>
	typeof value === 'object' && value !== null && 'type' in value && WIRE_TYPES.has(String(value.type));

const WIRE_TYPES = new Set(['text', 'tool', 'interrupted', 'finished', 'failed']);

/** Events as they come, until the last one. Throws what a failure with a status is, so that it is classed like any other. */
export async function* wireReply(events: AsyncIterable<WireEvent>): AsyncGenerator<ExternalEvent, void> {
	let text = '';
	for await (const event of events) {
		switch (event.type) {
			case 'text':
				text += event.text;
				yield { type: 'text_delta', text: event.text };
				break;
			case 'tool':
				yield toolEvent(event);
				break;
			case 'interrupted':
				yield event;
				return;
			case 'finished':
				yield { type: 'finished', text: event.text ?? text, usage: event.usage };
				return;
			case 'failed': {
				const { status, message, retryable, usage } = event;
				if (status != null) throw Object.assign(new Error(message), { status });
				yield { type: 'failed', failure: 'response_invalid', retryable, message, usage };
				return;
			}
		}
	}
}

function toolEvent({ tool, status, text, error }: Extract<WireEvent, { type: 'tool' }>): ExternalEvent {
	switch (status) {
		case 'started':
			return { type: 'tool_started', tool };
		case 'progressed':
			return { type: 'tool_progressed', tool, text };
		case 'finished':
			return { type: 'tool_finished', tool, isError: error };
	}
}
