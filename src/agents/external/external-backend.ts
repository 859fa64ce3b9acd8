import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Backend, BackendEvent, BackendRequest } from '../../core/backend.ts';
import type { Clock } from '../../core/clock.ts';
import type { ExternalAgent, ExternalDecision, ExternalEvent, ExternalRequest } from '../../core/external-agent.ts';
import type { Message } from '../../core/message.ts';
import { unknownUsage } from '../../core/usage.ts';
import { orAbandoned } from '../abandon.ts';
import { actionTexts, PERMIT } from '../instructions/actions.ts';
import { spokenCalls } from '../instructions/spoken-calls.ts';
import type { ActionDesk } from './action-desk.ts';
import { conversationText } from './conversation-text.ts';
import { failureOf } from './failure-of.ts';
import { createReplyReader } from './reply-reader.ts';

/** Longest state of an interrupt, in characters: it is journaled. */
const LONGEST_STATE = 1_000_000;

export interface ExternalBackendOptions {
	agent: ExternalAgent;
	desk: ActionDesk;
	/** Whose prices count. */
	provider: string;
	model: string;
	clock: Clock;
}

/** What an interrupt leaves in the transcript to go on from. */
const interruptSchema = z.object({
	state: z.string(),
	actions: z.array(z.object({ callId: z.string(), id: z.string() })),
});

/** A reply of an agent of another system, as if it were one call of a model: so our own loop conducts it. */
export function createExternalBackend(options: ExternalBackendOptions): Backend {
	const { agent, provider, model } = options;
	return {
		...{ name: agent.framework, provider, model },
		async *stream(request, signal) {
			try {
				const asked = askedOf(request, options);
				if ('type' in asked) yield asked;
				else yield* replyOf(asked, request, options, signal);
			} catch (thrown) {
				yield signal.aborted ? ABORTED : failureOf(thrown);
			}
		},
	};
}

async function* replyOf(
	asked: ExternalRequest,
	request: BackendRequest,
	{ agent, desk, clock }: ExternalBackendOptions,
	signal: AbortSignal,
): AsyncGenerator<BackendEvent, void> {
	const steps = request.messages.filter(({ role }) => role === 'assistant').length;
	const reader = createReplyReader(request, isWritten(request, agent), steps);
	let called = 0;
	for await (const event of untilAbandoned(agent.reply(asked, signal), signal, clock)) {
		switch (event.type) {
			case 'text_delta':
				yield* reader.delta(event.text);
				break;
			case 'tool_started':
				yield { type: 'provider_tool_started', name: event.tool };
				break;
			case 'tool_progressed':
				yield { type: 'provider_tool_progressed', name: event.tool, text: event.text };
				break;
			case 'tool_finished':
				yield { type: 'provider_tool_finished', name: event.tool, isError: event.isError };
				break;
			case 'tool_called':
				yield { type: 'tool_called', id: `called-${steps}-${called}`, name: event.name, arguments: event.arguments };
				called += 1;
				break;
			case 'interrupted':
				yield* interruption(event, reader.text(), desk);
				return;
			case 'finished':
				yield* reader.finish(event, called > 0);
				return;
			case 'failed':
				yield event;
				return;
		}
	}
	yield signal.aborted ? ABORTED : broken('The agent ended its reply without a result.');
}

const isWritten = ({ tools }: BackendRequest, { callsTools }: ExternalAgent) => tools.length > 0 && !callsTools;

/** The actions of an interrupt as calls that go to the gate. */
function interruption(
	{ state, actions, usage }: Extract<ExternalEvent, { type: 'interrupted' }>,
	text: string,
	desk: ActionDesk,
): BackendEvent[] {
	if (actions.length === 0) return [broken('The agent waits for people and does not say for what.')];
	if (state.length > LONGEST_STATE) {
		const size = Math.ceil(state.length / 1000);
		return [broken(`The agent's state while it waits is too large to be kept (${size} kB, at most 1000).`)];
	}
	const calls = actions.map((action) => ({ ...action, callId: randomUUID() }));
	const opaque = { state, actions: calls.map(({ callId, id }) => ({ callId, id })) } satisfies z.infer<
		typeof interruptSchema
	>;
	return [
		...calls.map(
			({ callId, name, input }): BackendEvent => ({
				...{ type: 'tool_called', id: callId, name: desk.nameOf(name) },
				arguments: JSON.stringify(input),
			}),
		),
		{ type: 'finished', reason: 'tool_calls', usage, text, opaque },
	];
}

/** What is asked of the agent, or why nothing can be. */
function askedOf(
	request: BackendRequest,
	{ agent, desk }: ExternalBackendOptions,
): ExternalRequest | Extract<BackendEvent, { type: 'failed' }> {
	const { run, agent: id, system, messages, tools, kind } = request;
	const at = messages.findLastIndex(({ role }) => role === 'assistant');
	const last = messages[at];
	const results = messages.slice(at + 1).filter((message) => message.role === 'tool');
	for (const { name, callId, isError, text } of results) {
		if (name !== PERMIT.name) continue;
		if (isError) return refused(`The agent's own tools ask nobody, and it was not approved as a whole: ${text}`);
		if (desk.take(callId) === null) return broken('The agent was interrupted while its own tools worked.');
	}
	const calls = isWritten(request, agent) && kind !== 'digest' ? `\n\n${spokenCalls(tools, kind)}` : '';
	return {
		...{ run, agent: id, instructions: system + calls, messages: conversationText(messages) },
		tools: agent.callsTools ? tools : [],
		resume: last?.role === 'assistant' ? resumeFrom(last, results, agent, desk) : null,
	};
}

type Results = readonly Extract<Message, { role: 'tool' }>[];

function resumeFrom(
	{ opaque }: Extract<Message, { role: 'assistant' }>,
	results: Results,
	{ framework }: ExternalAgent,
	desk: ActionDesk,
): ExternalRequest['resume'] {
	const interrupt = opaque?.backend === framework ? interruptSchema.safeParse(opaque.items).data : undefined;
	if (interrupt === undefined) return null;
	const { state, actions } = interrupt;
	return { state, decisions: actions.map(({ callId, id }) => decisionOn(callId, id, results, desk)) };
}

function decisionOn(callId: string, id: string, results: Results, desk: ActionDesk): ExternalDecision {
	const result = results.find((one) => one.callId === callId);
	const cleared = desk.take(callId);
	if (cleared !== null) return { id, isApproved: true, input: cleared.input, text: '' };
	const text = result === undefined || !result.isError ? actionTexts.unknown : result.text;
	return { id, isApproved: false, input: null, text };
}

const ABORTED: BackendEvent = {
	...{ type: 'failed', failure: 'aborted', retryable: false },
	...{ message: 'The turn was stopped.', usage: unknownUsage },
};

function broken(message: string): Extract<BackendEvent, { type: 'failed' }> {
	return { type: 'failed', failure: 'response_invalid', retryable: true, message, usage: unknownUsage };
}

function refused(message: string): Extract<BackendEvent, { type: 'failed' }> {
	return { type: 'failed', failure: 'permission', retryable: false, message, usage: unknownUsage };
}

/** The events until the last one, or until half a second after an abort: what does not listen is left behind. */
async function* untilAbandoned(
	source: AsyncIterable<ExternalEvent>,
	signal: AbortSignal,
	clock: Clock,
): AsyncGenerator<ExternalEvent, void> {
	const iterator = source[Symbol.asyncIterator]();
	let isOver = false;
	try {
		for (;;) {
			const next = await orAbandoned(iterator.next(), signal, clock);
			if (next === null) return;
			isOver = next.done === true;
			if (next.done) return;
			yield next.value;
		}
	} finally {
		if (!isOver) void iterator.return?.().catch(() => {});
	}
}
