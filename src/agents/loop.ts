import { noAbilities } from '../core/abilities.ts';
import type { Agent, AgentEvent, Turn } from '../core/agent.ts';
import type { Backend, BackendRequest } from '../core/backend.ts';
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import type { Gate } from '../core/gate.ts';
import type { ToolCall } from '../core/message.ts';
import type { Toolset } from '../core/tool.ts';
import { type PriceTable, type Usage, unknownUsage } from '../core/usage.ts';
import { orAbandoned } from './abandon.ts';
import { type Conversation, createConversation, type Ending, inCallOrder, type PendingReply } from './conversation.ts';
import { withMemories } from './instructions/memories.ts';
import { systemPrompt } from './instructions/system-prompt.ts';
import { isWorkflowCall, workflowTools } from './instructions/workflow-tools.ts';
import { type Judgement, judge } from './outcome.ts';
import { corrections, exhausted } from './refusal.ts';
import { createReplyCollector, type ReplyCollector } from './reply.ts';
import { runTools } from './tool-round.ts';
import { openToolbox, type Toolbox, type ToolboxTurn } from './toolbox.ts';

export interface ModelAgentOptions {
	id: string;
	/** The agent's own character; may be empty. */
	systemMessage: string;
	backend: Backend;
	/** Owned by the agent: `close` closes them. */
	toolsets: readonly Toolset[];
	/** Who lets its tool calls through. */
	gate: Gate;
	prices: PriceTable;
	clock: Clock;
	/** A call that goes to the gate before a turn's first reply is asked for; left out or null: none. */
	before?: ToolCall | null;
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
	/** The run has read what anyone may have written. */
	tainted: boolean;
}

async function* takeTurn(
	options: ModelAgentOptions,
	turn: Turn,
	signal: AbortSignal,
): AsyncGenerator<AgentEvent, void> {
	const talk = createConversation(turn, options.before);
	try {
		const opening = openToolbox(options.toolsets, toolboxTurn(turn));
		const toolbox = await orAbandoned(opening, signal, options.clock);
		if (toolbox?.type !== 'opened') {
			yield talk.end(toolbox ?? ABORTED);
			return;
		}
		const work: Work = { options, turn, talk, toolbox, signal, tainted: turn.tainted };
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
				if (talk.steps() > 0 && talk.unsaved()) yield talk.save();
				const collector = createReplyCollector(turn, noteWriting, options.clock);
				// The hot path of the program: no generator of ours may stand between the backend and the run.
				for await (const event of options.backend.stream(requestOf(work), signal)) {
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
		if (talk.replanned()) yield talk.save();
		yield talk.end(ending);
	} catch (thrown) {
		yield talk.end({ type: 'failed', code: 'bug', message: messageOf(thrown), fatal: true });
	}
}

function requestOf({ options, turn, talk, toolbox }: Work): BackendRequest {
	const workflow = workflowTools(turn);
	const specs = toolbox.specs();
	const abilities = { ...noAbilities, ...toolbox.abilities, planning: isPlanning(turn, toolbox) };
	return {
		system: systemPrompt(options.systemMessage, turn, abilities),
		tools: [...workflow, ...specs],
		messages: withMemories(turn, inCallOrder(talk.messages)),
		toolChoice: workflow.length > 0 && specs.length === 0 ? 'required' : 'auto',
		run: turn.run,
		agent: turn.agent,
		kind: turn.kind,
	};
}

/** While the team plans, what cannot be undone is described; without a tool that could do it there is nothing to say. */
const isPlanning = (turn: Turn, toolbox: Toolbox) =>
	isCoordinating(turn) && toolbox.tools.some(({ effects }) => effects === 'irreversible');

const isCoordinating = (turn: Turn) => turn.planning && turn.kind !== 'present';

const toolboxTurn = (turn: Turn): ToolboxTurn => ({
	kind: turn.kind,
	question: turn.question,
	files: turn.files,
	attachments: turn.attachments,
	plan: turn.plan,
	transcript: turn.transcript,
	mostTools: turn.limits.tools,
	seen: turn.answers.map((answer) => ({ name: answer.name, mine: answer.mine, files: answer.files ?? null })),
});

/** Why the model may not be called once more, or null. */
function obstacle({ turn, talk, signal }: Work): Ending | null {
	if (signal.aborted) return ABORTED;
	if (talk.steps() < turn.limits.steps) return null;
	const message = `The agent came to no result within ${turn.limits.steps} model replies. Raise the step limit or ask for less.`;
	return { type: 'failed', code: 'step_limit', message, fatal: true };
}

/** Books a finished model call and keeps its reply; a failed one is the turn's ending. */
function keep({ options: { backend, prices }, talk, signal }: Work, collector: ReplyCollector): Ending | null {
	const last = collector.last();
	const usage: Usage = last?.usage ?? unknownUsage;
	const costMicroUsd = prices.cost(backend.provider, backend.model, usage);
	const { name, provider, model } = backend;
	const failure = last?.type === 'failed' ? { failure: last.failure } : {};
	talk.record({ ...{ backend: name, provider, model, usage, costMicroUsd }, ...collector.timing(), ...failure });
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
		const { gate, clock } = options;
		const planning = isCoordinating(turn);
		const { tainted } = work;
		const about = { turn, talk, toolbox, gate, planning, tainted, clock, signal };
		const round = yield* runTools({ ...about, calls, said: reply.text, cut: reply.cut });
		work.tainted = round.tainted;
		const waits = round.waiting.length > 0;
		if ((signal.aborted || waits) && talk.unsaved()) yield talk.save();
		if (signal.aborted) return ABORTED;
		if (waits) return withFiles(work, { type: 'suspended', items: round.waiting });
	}
	if (signal.aborted) return ABORTED;
	if (outdated && open.some((call) => call.name === 'vote')) {
		talk.add(...corrections(turn, reply, 'stale_vote'));
		return null;
	}
	const judgement = judge(turn, reply);
	if (judgement.type === 'accepted') return settle(work, judgement.outcome);
	if (judgement.type === 'undecided') return null;
	talk.refuse();
	if (talk.repliesUsed() >= turn.limits.replies) return exhausted(turn, judgement.reason);
	talk.add(...corrections(turn, reply, judgement.reason));
	return null;
}

type Outcome = Extract<Judgement, { type: 'accepted' }>['outcome'];

/** An accepted outcome as the turn's ending: an answer goes with the files of its author. */
const settle = async (work: Work, outcome: Outcome): Promise<Ending> =>
	outcome.type === 'answered' ? withFiles(work, outcome) : outcome;

/** Keeps the agent's files as they are at this moment. What cannot be kept is not passed over in silence. */
async function withFiles(work: Work, ending: Extract<Ending, { type: 'answered' | 'suspended' }>): Promise<Ending> {
	try {
		const files = await orAbandoned(work.toolbox.keepFiles(), work.signal, work.options.clock);
		if (work.signal.aborted) return ABORTED;
		return files == null ? ending : { ...ending, files };
	} catch (thrown) {
		const message = `The agent's files could not be kept: ${messageOf(thrown)}.`;
		return { type: 'failed', code: 'files_lost', message, fatal: false };
	}
}
