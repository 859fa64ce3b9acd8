import type { AgentEvent, BegunCall, Turn } from '../core/agent.ts';
import type { ApprovalItem } from '../core/approval.ts';
import type { Clock } from '../core/clock.ts';
import type { Gate } from '../core/gate.ts';
import type { ToolCall } from '../core/message.ts';
import type { Tool, ToolResult } from '../core/tool.ts';
import { orAbandoned } from './abandon.ts';
import type { Conversation } from './conversation.ts';
import { toolResults } from './instructions/tool-results.ts';
import { readJson } from './outcome.ts';
import type { Toolbox } from './toolbox.ts';

export interface ToolRound {
	turn: Turn;
	talk: Conversation;
	/** The open ordinary calls of the latest reply. */
	calls: readonly ToolCall[];
	/** The model's own text beside them. */
	said: string;
	toolbox: Toolbox;
	gate: Gate;
	/** What cannot be undone is described and not performed. */
	planning: boolean;
	/** The run has read what anyone may have written. */
	tainted: boolean;
	/** The reply that holds the calls ended at the output limit. */
	cut: boolean;
	clock: Clock;
	signal: AbortSignal;
}

/** A call that may run now. */
interface Cleared {
	call: ToolCall;
	tool: Tool;
	effectKey: string;
	input: unknown;
	edited: boolean;
}

type Prepared = { result: ToolResult } | { item: ApprovalItem } | Cleared;

interface Settled {
	cleared: Cleared;
	/** Null: abandoned after an abort. */
	result: ToolResult | null;
}

/** What came of a round: the calls that wait for people, and whether it has read what anyone may have written. */
export interface RoundEnd {
	waiting: readonly ApprovalItem[];
	tainted: boolean;
}

/**
 * Runs the ordinary calls of one reply at the same time, those that the gate lets through, and adds their results to the
 * conversation. Which of them begin is saved before they do, and what cannot be repeated is saved as soon as it has
 * ended. After an abort only the results that had come before it are added.
 */
export async function* runTools(round: ToolRound): AsyncGenerator<AgentEvent, RoundEnd> {
	const { talk, calls, signal } = round;
	const waiting: ApprovalItem[] = [];
	const cleared: Cleared[] = [];
	const prepared = await Promise.all(calls.map((call) => prepare(call, round)));
	for (const [index, ready] of prepared.entries()) {
		const call = calls[index];
		if (call === undefined) continue;
		if ('result' in ready) addResult(talk, call, ready.result);
		else if ('item' in ready) waiting.push(ready.item);
		else cleared.push(ready);
	}
	const begins = cleared.map(begun);
	if (talk.unsaved() || begins.length > 0) yield talk.save(begins);
	if (!signal.aborted) yield* perform(round, cleared);
	return { waiting, tainted: round.tainted || begins.some(({ taints }) => taints) };
}

async function* perform(round: ToolRound, cleared: readonly Cleared[]): AsyncGenerator<AgentEvent, void> {
	const { talk, signal } = round;
	const news = createNews();
	const running = new Map<Cleared, Promise<Settled>>();
	for (const one of cleared) running.set(one, run(one, round, news));
	for (const { tool } of running.keys()) yield { type: 'tool_started', tool: tool.name, label: tool.label };
	while (running.size > 0) {
		const next = await Promise.race([news.next(), ...running.values()]);
		if (signal.aborted) break;
		for (const event of news.take()) yield event;
		if (next === null) continue;
		running.delete(next.cleared);
		if (next.result === null) continue;
		const { call, tool } = next.cleared;
		addResult(talk, call, next.result);
		if (running.size > 0 && !isRepeatable(tool)) yield talk.save();
		yield { type: 'tool_finished', tool: tool.name, label: tool.label, isError: next.result.isError };
	}
}

/** Progress that tools report between two events of the turn. */
function createNews() {
	let events: AgentEvent[] = [];
	let wake = Promise.withResolvers<null>();
	return {
		add(event: AgentEvent) {
			events.push(event);
			wake.resolve(null);
		},
		next: () => wake.promise,
		take(): AgentEvent[] {
			const taken = events;
			events = [];
			wake = Promise.withResolvers<null>();
			return taken;
		},
	};
}

/** The parsed arguments of a call that may run, the result that says why it may not, or the question to people. */
async function prepare(call: ToolCall, round: ToolRound): Promise<Prepared> {
	const { turn, toolbox, gate } = round;
	const tool = toolbox.find(call.name);
	if (tool === null) {
		const known = toolbox.specs().map((spec) => spec.name);
		return refused(toolResults.unknown(call.name, known));
	}
	const effectKey = turn.begun.get(call.id) ?? keyOf(call, round);
	const begun = turn.begun.has(call.id);
	const input = readJson(call.arguments === '' ? '{}' : call.arguments);
	if (!input.ok) return refused(toolResults.brokenArguments(round.cut));
	if (!begun && round.planning && tool.effects === 'irreversible') return refused(toolResults.planned(call.name));
	if (begun && isRepeatable(tool)) return { call, tool, effectKey, input: input.value, edited: false };
	if (begun && tool.effects === 'workspace') return refused(toolResults.interrupted(call.name));
	const { agent, name, attempt, kind } = turn;
	const about = { agent, name, attempt, kind, said: round.said, tainted: round.tainted, begun };
	const verdict = await gate.check({ ...about, callId: effectKey, tool, input: input.value }, round.signal);
	switch (verdict.type) {
		case 'run':
			return { call, tool, effectKey, input: verdict.input, edited: verdict.edited };
		case 'refuse':
			return { result: { text: verdict.text, isError: verdict.isError } };
		case 'ask':
			return { item: verdict.item };
	}
}

async function run(one: Cleared, round: ToolRound, news: ReturnType<typeof createNews>): Promise<Settled> {
	const { call, tool, effectKey, input, edited } = one;
	const progress = (text: string) => news.add({ type: 'tool_progressed', tool: tool.name, text });
	const options = { signal: round.signal, effectKey, progress };
	const result = await orAbandoned(round.toolbox.call(call.name, input, options), round.signal, round.clock);
	if (result === null) return { cleared: one, result };
	const text = toolResults.returned(call, result.text);
	const note = edited ? `${toolResults.edited(call.name, JSON.stringify(input))}\n` : '';
	return { cleared: one, result: { ...result, text: note + text } };
}

const refused = (text: string) => ({ result: { text, isError: true } });

/** Doing it once more does no more than doing it once. */
const isRepeatable = ({ effects, idempotent }: Tool) => effects === 'none' || idempotent;

/** Names a call for good: the same after a restart, and also when its turn goes on under another number. */
const keyOf = (call: ToolCall, { turn, talk }: ToolRound) =>
	`${turn.run}/${turn.agent}/${turn.origin}/${talk.steps()}/${call.id}`;

const begun = ({ call, tool, effectKey }: Cleared): BegunCall => ({
	callId: call.id,
	effectKey,
	taints: tool.openWorld,
});

function addResult(talk: Conversation, { id, name }: ToolCall, { text, isError, plan, calls = [] }: ToolResult): void {
	talk.account(calls);
	talk.add({ role: 'tool', callId: id, name, text, isError });
	if (plan !== undefined) talk.plan(plan);
}
