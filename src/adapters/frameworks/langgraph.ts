import { randomUUID } from 'node:crypto';
import { BotError } from '../../core/errors.ts';
import type { ExternalAgent, ExternalDecision, ExternalEvent, ExternalRequest } from '../../core/external-agent.ts';
import type { ModuleSettings } from '../../core/external-settings.ts';
import { answersTo, interrupted, type Waiting, waitingIn } from './langgraph/interrupts.ts';
import { messageEvents, messagesIn, modelCallUsage } from './langgraph/messages.ts';
import { loadExport } from './shared/load-export.ts';
import { listOf, recordOf } from './shared/record-of.ts';
import { createUsageSum } from './shared/usage-sum.ts';

/** What is used of a compiled graph whose state has `messages`. */
interface Graph {
	stream(input: unknown, options: unknown): Promise<AsyncIterable<unknown>>;
	getState(config: unknown): Promise<unknown>;
	checkpointer?: { deleteThread?(thread: string): Promise<void> } | boolean;
}

/** A compiled graph of LangGraph.js. Throws `config_invalid`. */
export async function openLangGraphAgent(settings: ModuleSettings): Promise<ExternalAgent> {
	const graph = graphIn(await loadExport(settings, 'a compiled graph of LangGraph', isGraphOrHasOne));
	return {
		...{ framework: 'langgraph', callsTools: false, ownTools: settings.ownTools ?? 'ungated' },
		reply: (request, signal) => replyOf(graph, request, signal),
		async close() {},
	};
}

async function* replyOf(
	graph: Graph,
	request: ExternalRequest,
	signal: AbortSignal,
): AsyncGenerator<ExternalEvent, void> {
	const waiting = request.resume === null ? null : waitingIn(request.resume.state);
	const thread = waiting?.thread ?? randomUUID();
	const input =
		waiting === null ? openingOf(request) : await resumption(graph, waiting, request.resume?.decisions ?? []);
	const usage = createUsageSum();
	const callbacks = [{ handleLLMEnd: (output: unknown) => usage.add(modelCallUsage(output)) }];
	const streamMode = ['messages', 'updates', 'values'];
	const stream = await graph.stream(input, { configurable: { thread_id: thread }, streamMode, callbacks, signal });
	let last: Record<string, unknown> = {};
	/** By id: those of parallel branches come one by one, and each more than once. */
	const interrupts = new Map<unknown, unknown>();
	try {
		for await (const chunk of stream) {
			const [mode, payload] = listOf(chunk);
			if (mode === 'values') last = recordOf(payload);
			else yield* messageEvents(mode, payload);
			for (const held of listOf(recordOf(payload).__interrupt__)) interrupts.set(recordOf(held).id, held);
		}
	} finally {
		if (interrupts.size === 0) await forget(graph, thread);
	}
	if (interrupts.size > 0) yield interrupted(thread, [...interrupts.values()], usage.total());
	else yield { type: 'finished', text: finalText(last), usage: usage.total() };
}

/** A thread is of one reply, so nobody comes back to it unless it waits. */
async function forget({ checkpointer }: Graph, thread: string): Promise<void> {
	if (typeof checkpointer === 'object') await checkpointer.deleteThread?.(thread);
}

function finalText(state: Record<string, unknown>): string {
	const reply = messagesIn(state).at(-1);
	if (reply !== undefined) return reply.text;
	throw new BotError(
		'config_invalid',
		'The graph gave no messages. Its state needs a list `messages`, as MessagesAnnotation has.',
	);
}

const openingOf = ({ instructions, messages }: ExternalRequest) => ({
	messages: [{ role: 'system', content: instructions }, ...messages.map(({ role, text }) => ({ role, content: text }))],
});

/** What goes into the graph where it waits. Throws when it no longer does: its memory may have been the process's. */
async function resumption(graph: Graph, waiting: Waiting, decisions: readonly ExternalDecision[]): Promise<unknown> {
	const state = recordOf(await graph.getState({ configurable: { thread_id: waiting.thread } }));
	if (listOf(state.next).length === 0) {
		throw new Error(
			'The graph no longer knows where it waited. Give it a checkpointer that outlives the process, such as one of a database.',
		);
	}
	const { Command } = await import('@langchain/langgraph');
	return new Command({ resume: answersTo(waiting, decisions) });
}

/** An agent of LangChain (`createAgent`) is a graph in a wrapper. */
const isGraphOrHasOne = (value: unknown): value is Graph | { graph: Graph } =>
	isGraph(value) || (typeof value === 'object' && value !== null && 'graph' in value && isGraph(value.graph));

const graphIn = (value: Graph | { graph: Graph }): Graph => (isGraph(value) ? value : value.graph);

const isGraph = (value: unknown): value is Graph =>
	typeof value === 'object' && value !== null && 'stream' in value && 'getState' in value;
