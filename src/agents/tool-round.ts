import type { AgentEvent } from '../core/agent.ts';
import type { Clock } from '../core/clock.ts';
import type { Message, ToolCall } from '../core/message.ts';
import type { ToolResult } from '../core/tool.ts';
import { orAbandoned } from './abandon.ts';
import { toolResults } from './instructions/tool-results.ts';
import { readJson } from './outcome.ts';
import type { Toolbox } from './toolbox.ts';

export interface ToolRound {
	calls: readonly ToolCall[];
	toolbox: Toolbox;
	/** What cannot be undone is described and not performed. */
	planning: boolean;
	/** The reply that holds the calls ended at the output limit. */
	cut: boolean;
	clock: Clock;
	signal: AbortSignal;
}

interface Settled {
	call: ToolCall;
	/** Null: abandoned after an abort. */
	result: ToolResult | null;
}

/**
 * Runs the ordinary calls of one reply at the same time. Returns their results in the order of the calls;
 * after an abort only the results that had come before it.
 */
export async function* runTools(round: ToolRound): AsyncGenerator<AgentEvent, Message[]> {
	const results = new Map<ToolCall, ToolResult>();
	const running = new Map<ToolCall, Promise<Settled>>();
	for (const call of round.calls) {
		const ready = prepare(call, round);
		if ('isError' in ready) results.set(call, ready);
		else running.set(call, perform(call, ready.input, round));
	}
	for (const call of running.keys()) yield { type: 'tool_started', tool: call.name, label: labelOf(call, round) };
	while (running.size > 0) {
		const { call, result } = await Promise.race(running.values());
		if (round.signal.aborted) break;
		running.delete(call);
		if (result === null) continue;
		results.set(call, result);
		yield { type: 'tool_finished', tool: call.name, label: labelOf(call, round), isError: result.isError };
	}
	return round.calls.flatMap((call) => {
		const result = results.get(call);
		return result === undefined ? [] : [{ role: 'tool', callId: call.id, name: call.name, ...result }];
	});
}

/** The parsed arguments of a call that may run, or the result that says why it may not. */
function prepare(call: ToolCall, round: ToolRound): { input: unknown } | ToolResult {
	const tool = round.toolbox.find(call.name);
	if (tool === null) {
		const known = round.toolbox.specs.map((spec) => spec.name);
		return { text: toolResults.unknown(call.name, known), isError: true };
	}
	if (round.planning && (tool.effects === 'irreversible' || tool.effects === 'external')) {
		return { text: toolResults.planned(call.name), isError: true };
	}
	// Nobody can be asked for an approval yet, and without one nothing is done that cannot be undone.
	if (tool.effects === 'irreversible') return { text: toolResults.unapproved(call.name), isError: true };
	const input = readJson(call.arguments === '' ? '{}' : call.arguments);
	return input.ok ? { input: input.value } : { text: toolResults.brokenArguments(round.cut), isError: true };
}

async function perform(call: ToolCall, input: unknown, round: ToolRound): Promise<Settled> {
	const result = await orAbandoned(round.toolbox.call(call.name, input, round.signal), round.signal, round.clock);
	if (result === null) return { call, result };
	return { call, result: { ...result, text: toolResults.returned(call, result.text) } };
}

const labelOf = (call: ToolCall, round: ToolRound) => round.toolbox.find(call.name)?.label ?? call.name;
