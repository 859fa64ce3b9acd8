import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type {
	ExternalAction,
	ExternalAgent,
	ExternalDecision,
	ExternalEvent,
	ExternalRequest,
} from '../../core/external-agent.ts';
import type { ExternalSettings } from '../../core/external-settings.ts';
import { messageEvents, messagesIn, modelCallUsage } from './langgraph/messages.ts';
import { loadExport } from './shared/load-export.ts';
import { listOf, recordOf, textOf } from './shared/record-of.ts';
import { createUsageSum } from './shared/usage-sum.ts';

/** What is used of a compiled graph whose state has `messages`. */
interface Graph {
	stream(input: unknown, options: unknown): Promise<AsyncIterable<unknown>>;
	getState(config: unknown): Promise<unknown>;
}

/** Where a graph waits: its thread, and which actions each of its interrupts is about. */
const stateSchema = z.object({
	thread: z.string(),
	interrupts: z.array(z.object({ id: z.string(), form: z.enum(['requests', 'plain']), actions: z.array(z.string()) })),
});
type Waiting = z.infer<typeof stateSchema>;

/** A compiled graph of LangGraph.js. Throws `config_invalid`. */
export async function openLangGraphAgent(settings: ExternalSettings): Promise<ExternalAgent> {
	const graph = await loadExport(settings, 'a compiled graph of LangGraph', isGraph);
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
	const waiting = request.resume === null ? null : stateSchema.parse(JSON.parse(request.resume.state));
	const thread = waiting?.thread ?? randomUUID();
	const input =
		waiting === null ? openingOf(request) : await resumption(graph, waiting, request.resume?.decisions ?? []);
	const usage = createUsageSum();
	const callbacks = [{ handleLLMEnd: (output: unknown) => usage.add(modelCallUsage(output)) }];
	const streamMode = ['messages', 'updates', 'values'];
	const stream = await graph.stream(input, { configurable: { thread_id: thread }, streamMode, callbacks, signal });
	let last: Record<string, unknown> = {};
	let interrupts: readonly unknown[] = [];
	for await (const chunk of stream) {
		const [mode, payload] = listOf(chunk);
		if (mode === 'values') last = recordOf(payload);
		else yield* messageEvents(mode, payload);
		const held = listOf(recordOf(payload).__interrupt__);
		if (held.length > 0) interrupts = held;
	}
	if (interrupts.length > 0) yield interrupted(thread, interrupts, usage.total());
	else yield { type: 'finished', text: messagesIn(last).at(-1)?.text ?? '', usage: usage.total() };
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
	const answers = waiting.interrupts.map(({ id, form, actions }): [string, unknown] => {
		const own = actions.flatMap((action) => decisions.find((decision) => decision.id === action) ?? []);
		return [id, form === 'requests' ? { decisions: own.map(answerTo) } : own.every(isDone) && (own[0]?.input ?? true)];
	});
	const [only, ...others] = answers;
	return new Command({ resume: only !== undefined && others.length === 0 ? only[1] : Object.fromEntries(answers) });
}

const isDone = ({ isApproved }: ExternalDecision) => isApproved;

/** As LangChain's own middleware for people in the loop expects it. */
function answerTo({ id, isApproved, input, text }: ExternalDecision): unknown {
	if (!isApproved) return { type: 'reject', message: text };
	return { type: 'edit', editedAction: { name: nameIn(id), args: input } };
}

/** An interrupt is a list of requests, as LangChain's middleware makes it, or anything else: then it is one action. */
function interrupted(
	thread: string,
	interrupts: readonly unknown[],
	usage: Extract<ExternalEvent, { type: 'interrupted' }>['usage'],
): ExternalEvent {
	const actions: ExternalAction[] = [];
	const kept = interrupts.map((interrupt, index): Waiting['interrupts'][number] => {
		const { id, value } = recordOf(interrupt);
		const requests = listOf(recordOf(value).actionRequests).map(recordOf);
		const own = requests.length === 0 ? [plainAction(value)] : requests.map(requestedAction);
		const named = own.map((action, place) => ({ ...action, id: `${index}.${place}.${action.name}` }));
		actions.push(...named);
		return {
			id: textOf(id) ?? String(index),
			form: requests.length === 0 ? 'plain' : 'requests',
			actions: named.map((action) => action.id),
		};
	});
	return { type: 'interrupted', state: JSON.stringify({ thread, interrupts: kept } satisfies Waiting), actions, usage };
}

const requestedAction = ({ name, args }: Record<string, unknown>): Omit<ExternalAction, 'id'> => ({
	name: textOf(name) ?? 'action',
	input: recordOf(args),
});

/** `{action, input}` names it; anything else is shown as it is. */
function plainAction(value: unknown): Omit<ExternalAction, 'id'> {
	const { action, input } = recordOf(value);
	const name = textOf(action);
	if (name !== null) return { name, input: recordOf(input) };
	return { name: 'interrupt', input: typeof value === 'object' && value !== null ? recordOf(value) : { value } };
}

const nameIn = (id: string) => id.split('.').slice(2).join('.');

const isGraph = (value: unknown): value is Graph =>
	typeof value === 'object' && value !== null && 'stream' in value && 'getState' in value;
