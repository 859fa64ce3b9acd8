import type { Agent, AgentEvent, Turn } from '../core/agent.ts';
import type { Backend, BackendRequest } from '../core/backend.ts';
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import type { Toolset } from '../core/tool.ts';
import { type PriceTable, type Usage, unknownUsage } from '../core/usage.ts';
import { orAbandoned } from './abandon.ts';
import { type Conversation, createConversation, type Ending, type PendingReply } from './conversation.ts';
import { noAbilities } from './instructions/abilities.ts';
import { systemPrompt } from './instructions/system-prompt.ts';
import { isWorkflowCall, workflowTools } from './instructions/workflow-tools.ts';
import { judge } from './outcome.ts';
import { corrections, exhausted } from './refusal.ts';
import { createReplyCollector, type ReplyCollector } from './reply.ts';
import { runTools } from './tool-round.ts';
import { openToolbox, type Toolbox } from './toolbox.ts';

export interface ModelAgentOptions {
	id: string;
	/** The agent's own character; may be empty. */
	systemMessage: string;
	backend: Backend;
	/** Owned by the agent: `close` closes them. */
	toolsets: readonly Toolset[];
	prices: PriceTable;
	clock: Clock;
}

/** The agent that is a loop over a backend: it calls the model until a reply holds a valid outcome. */
export function createModelAgent(options: ModelAgentOptions): Agent {
	return {
		id: options.id,
		run: (turn, signal) => takeTurn(options, turn, signal),
		async close() {
			const closed = await Promise.allSettled(options.toolsets.map((toolset) => toolset.close()));
			for (const result of closed) if (result.status === 'rejected') throw result.reason;
		},
	};
}

const ABORTED: Ending = { type: 'failed', code: 'aborted', message: 'The turn was stopped.', fatal: false };

/** What stays the same while a turn lasts. */
interface Work {
	options: ModelAgentOptions;
	turn: Turn;
	talk: Conversation;
	toolbox: Toolbox;
	signal: AbortSignal;
}

async function* takeTurn(
	options: ModelAgentOptions,
	turn: Turn,
	signal: AbortSignal,
): AsyncGenerator<AgentEvent, void> {
	const talk = createConversation(turn);
	try {
		const toolbox = await orAbandoned(openToolbox(options.toolsets), signal, options.clock);
		if (toolbox?.type !== 'opened') {
			yield talk.end(toolbox ?? ABORTED);
			return;
		}
		const work: Work = { options, turn, talk, toolbox, signal };
		const unchanging = requestOf(work);
		let hasWritten = false;
		const noteWriting = () => {
			const first = !hasWritten;
			hasWritten = true;
			return first;
		};
		let pending = talk.pending();
		let ending: Ending | null = null;
		while (ending === null) {
			if (pending === null) {
				ending = obstacle(work);
				if (ending !== null) break;
				talk.addUpdate();
				if (talk.steps > 0 && talk.unsaved()) yield talk.save();
				const collector = createReplyCollector(turn, noteWriting);
				// The hot path of the program: no generator of ours may stand between the backend and the run.
				for await (const event of options.backend.stream({ ...unchanging, messages: [...talk.messages] }, signal)) {
					const shown = collector.take(event);
					if (shown !== null) yield shown;
				}
				ending = keep(work, collector);
				if (ending !== null) break;
				pending = { reply: collector.reply(), open: collector.reply().calls, outdated: false };
			}
			ending = yield* act(work, pending);
			pending = null;
		}
		yield talk.end(ending);
	} catch (thrown) {
		yield talk.end({ type: 'failed', code: 'bug', message: messageOf(thrown), fatal: true });
	}
}

function requestOf({ options, turn, toolbox }: Work): Omit<BackendRequest, 'messages'> {
	const workflow = workflowTools(turn);
	return {
		system: systemPrompt(options.systemMessage, turn, { ...noAbilities, planning: isPlanning(turn) }),
		tools: [...workflow, ...toolbox.specs],
		toolChoice: workflow.length > 0 && toolbox.specs.length === 0 ? 'required' : 'auto',
		run: turn.run,
		agent: turn.agent,
		kind: turn.kind,
	};
}

const isPlanning = (turn: Turn) => turn.planning && turn.kind !== 'present';

/** Why the model may not be called once more, or null. */
function obstacle({ turn, talk, signal }: Work): Ending | null {
	if (signal.aborted) return ABORTED;
	if (talk.steps < turn.limits.steps) return null;
	const message = `The agent came to no result within ${turn.limits.steps} model replies. Raise the step limit or ask for less.`;
	return { type: 'failed', code: 'step_limit', message, fatal: true };
}

/** Books a finished model call and keeps its reply; a failed one is the turn's ending. */
function keep({ options: { backend, prices }, talk, signal }: Work, collector: ReplyCollector): Ending | null {
	const last = collector.last();
	const usage: Usage = last?.usage ?? unknownUsage;
	const costMicroUsd = prices.cost(backend.provider, backend.model, usage);
	talk.record({ backend: backend.name, model: backend.model, usage, costMicroUsd });
	if (signal.aborted) return ABORTED;
	if (last === null) {
		return { type: 'failed', code: 'stream_broken', message: 'The model stream stopped without an end.', fatal: false };
	}
	if (last.type === 'failed') {
		return { type: 'failed', code: last.failure, message: last.message, fatal: !last.retryable };
	}
	const { text, calls } = collector.reply();
	// Providers refuse an assistant message without content.
	if (text.trim() === '' && calls.length === 0) return null;
	const opaque = last.opaque === undefined ? {} : { opaque: { backend: backend.name, items: last.opaque } };
	talk.add({ role: 'assistant', text, toolCalls: [...calls], ...opaque });
	return null;
}

/** Runs the ordinary calls of a reply and judges it. Null: the model has the next word. */
async function* act(work: Work, { reply, open, outdated }: PendingReply): AsyncGenerator<AgentEvent, Ending | null> {
	const { options, turn, talk, toolbox, signal } = work;
	const calls = open.filter((call) => !isWorkflowCall(turn.kind, call.name));
	if (calls.length > 0) {
		if (talk.unsaved()) yield talk.save();
		const round = { calls, toolbox, planning: isPlanning(turn), cut: reply.cut, clock: options.clock, signal };
		talk.add(...(yield* runTools(round)));
		if (signal.aborted && talk.unsaved()) yield talk.save();
	}
	if (signal.aborted) return ABORTED;
	if (outdated && open.some((call) => call.name === 'vote')) {
		talk.add(...corrections(turn, reply, 'stale_vote'));
		return null;
	}
	const judgement = judge(turn, reply);
	if (judgement.type === 'accepted') return judgement.outcome;
	if (judgement.type === 'undecided') return null;
	talk.refuse();
	if (talk.repliesUsed >= turn.limits.replies) return exhausted(turn, judgement.reason);
	talk.add(...corrections(turn, reply, judgement.reason));
	return null;
}
