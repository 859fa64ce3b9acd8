import type { Attributes, Counter, Histogram, Meter } from '@opentelemetry/api';
import type { RunEvent } from '../../../core/run-event.ts';
import type { RunObserver } from '../../../core/run-observer.ts';
import { turnEndingOf } from '../../../core/turn-ending.ts';
import type { ModelCall } from '../../../core/usage.ts';
import { callAttributes, type EventOf } from './attributes.ts';

/** Bounds of durations in seconds, by the conventions. */
const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];

interface OpenRun {
	team: string;
	/** When turns began, by agent. */
	turns: Map<string, number>;
	/** When tools began, by agent and tool. */
	tools: Map<string, number[]>;
}

/** The metrics of the GenAI conventions, out of what happens in runs. */
export function createRunMeters(meter: Meter): RunObserver {
	const open = new Map<string, OpenRun>();
	const instruments = instrumentsOf(meter);

	const ended = (run: OpenRun, agent: string, at: number, error: Attributes) => {
		const began = run.turns.get(agent);
		run.turns.delete(agent);
		if (began === undefined) return;
		const about = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': agent };
		instruments.agents.record(seconds(at - began), { ...about, ...error });
	};

	const measure = (run: OpenRun, event: RunEvent): void => {
		const ending = turnEndingOf(event);
		if (ending !== null) ended(run, ending.agent, event.at, errorOf(ending.failure));
		if (event.type === 'model_called') measureCall(instruments, event.call);
		if (event.type === 'tool_finished') measureTool(instruments.tools, run, event);
		if (event.type === 'run_finished') {
			const about = { 'gen_ai.operation.name': 'invoke_workflow', 'gen_ai.agent.name': run.team };
			instruments.agents.record(seconds(event.activeMs), { ...about, ...errorOf(failureOf(event.outcome)) });
		}
	};

	return {
		observe(event, isOld = false) {
			if (event.type === 'run_started') open.set(event.run, { team: event.team, turns: new Map(), tools: new Map() });
			const run = open.get(event.run);
			if (run === undefined) return;
			if (event.type === 'agent_started') run.turns.set(event.agent, event.at);
			if (event.type === 'tool_started') beginTool(run, event);
			if (!isOld) measure(run, event);
			if (event.type === 'run_finished') open.delete(event.run);
		},
		left: (run) => void open.delete(run),
	};
}

interface Instruments {
	calls: Histogram;
	first: Histogram;
	input: Counter;
	output: Counter;
	agents: Histogram;
	tools: Histogram;
}

function instrumentsOf(meter: Meter): Instruments {
	const duration = (name: string, description: string) =>
		meter.createHistogram(name, { description, unit: 's', advice: { explicitBucketBoundaries: SECONDS } });
	const tokens = (name: string, description: string) => meter.createCounter(name, { description, unit: '{token}' });
	return {
		calls: duration('gen_ai.client.inference.duration', 'Model calls.'),
		first: duration('gen_ai.client.inference.time_to_first_chunk', 'Until something came of the model.'),
		input: tokens('gen_ai.client.inference.usage.input_tokens', 'Tokens of prompts.'),
		output: tokens('gen_ai.client.inference.usage.output_tokens', 'Tokens of replies.'),
		agents: duration('gen_ai.invoke_agent.duration', 'Turns of agents, and whole runs of teams.'),
		tools: duration('gen_ai.execute_tool.duration', 'Calls of tools.'),
	};
}

function measureCall({ calls, first, input, output }: Instruments, call: ModelCall): void {
	const about = callAttributes(call);
	const { durationMs, firstMs, usage } = call;
	if (durationMs !== undefined) calls.record(seconds(durationMs), about);
	if (firstMs !== undefined) first.record(seconds(firstMs), about);
	if (usage.inputTokens !== null) input.add(usage.inputTokens, about);
	if (usage.outputTokens !== null) output.add(usage.outputTokens, about);
}

function beginTool({ tools }: OpenRun, { agent, tool, at }: EventOf<'tool_started'>): void {
	const key = `${agent} ${tool}`;
	tools.set(key, [...(tools.get(key) ?? []), at]);
}

function measureTool(tools: Histogram, run: OpenRun, { agent, tool, isError, at }: EventOf<'tool_finished'>): void {
	const began = run.tools.get(`${agent} ${tool}`)?.shift();
	if (began === undefined) return;
	const about = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': tool };
	tools.record(seconds(at - began), { ...about, ...errorOf(isError ? 'tool_error' : null) });
}

const failureOf = (outcome: string): string | null => (outcome === 'failed' ? outcome : null);

const errorOf = (failure: string | null): Attributes => (failure === null ? {} : { 'error.type': failure });

const seconds = (ms: number): number => Math.max(0, ms) / 1_000;
