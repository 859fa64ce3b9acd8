import { type Approval, isOpen } from '../../core/approval.ts';
import { conventionalProvider } from '../../core/conventional-provider.ts';
import type { RunEvent } from '../../core/run-event.ts';
import type { RunObserver } from '../../core/run-observer.ts';
import { turnEndingOf } from '../../core/turn-ending.ts';
import type { ModelCall } from '../../core/usage.ts';
import { type Registry, SECONDS } from './registry.ts';

/** Seconds of whole runs. */
const RUN_SECONDS = [1, 2.5, 5, 10, 20, 40, 60, 120, 300, 600, 1_200, 1_800, 3_600];

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

/** What must be remembered of a run while it goes on. */
interface OpenRun {
	team: string;
	/** Model by agent. */
	models: ReadonlyMap<string, string>;
	/** Turns that are going, by agent. */
	turns: Map<string, { kind: string; startedAt: number }>;
	/** When tools began, by agent and tool: the calls of one turn may overlap. */
	tools: Map<string, number[]>;
	/** Requests that wait for people. */
	waiting: Set<string>;
}

/** Counts what happens in the runs of this process. */
export function createRunMetrics(registry: Registry): RunObserver {
	const open = new Map<string, OpenRun>();
	const counted = countersOf(registry);
	gaugesOf(registry, open);

	/** Facts that change what is going on, old ones included. */
	const follow = (event: RunEvent, isOld: boolean): void => {
		const run = open.get(event.run);
		const ending = turnEndingOf(event);
		const turn = ending === null ? undefined : run?.turns.get(ending.agent);
		if (ending !== null && turn !== undefined) {
			run?.turns.delete(ending.agent);
			if (!isOld) counted.turn(turn.kind, ending.outcome, event.at - turn.startedAt);
		}
		if (event.type === 'run_started') open.set(event.run, openRun(event));
		if (event.type === 'agent_started') run?.turns.set(event.agent, { kind: event.kind, startedAt: event.at });
		if (event.type === 'approval_changed') wait(run, event.approval);
	};

	const count = (event: RunEvent): void => {
		const run = open.get(event.run);
		switch (event.type) {
			case 'run_started':
				return counted.started.add({ team: event.team });
			case 'run_resumed':
				return event.begins ? undefined : counted.resumed.add({});
			case 'model_called':
				return counted.call(event.call);
			case 'call_retried':
				return counted.retries.add({ model: run?.models.get(event.agent) ?? 'unknown' });
			case 'tool_started':
				return begin(run, event);
			case 'tool_finished':
				return counted.tool(run, event);
			case 'run_finished':
				counted.finished.add({ team: run?.team ?? 'unknown', outcome: event.outcome });
				return counted.runSeconds.record({ outcome: event.outcome }, seconds(event.activeMs));
		}
	};

	return {
		observe(event, isOld = false) {
			// Most of all events, and nothing to count.
			if (event.type === 'text_delta') return;
			follow(event, isOld);
			if (!isOld) count(event);
			if (event.type === 'run_finished') open.delete(event.run);
		},
		left: (run) => void open.delete(run),
	};
}

function countersOf(registry: Registry) {
	const calls = callCounters(registry);
	const turns = registry.counter('massgen_turns_total', 'Turns of agents that have ended.');
	const turnSeconds = registry.histogram('massgen_turn_duration_seconds', 'Turns of agents.', RUN_SECONDS);
	const toolSeconds = registry.histogram('gen_ai_execute_tool_duration_seconds', 'Calls of tools.', SECONDS);
	return {
		...calls,
		started: registry.counter('massgen_runs_started_total', 'Runs that were begun.'),
		resumed: registry.counter('massgen_runs_resumed_total', 'Runs that were taken up after an interruption.'),
		finished: registry.counter('massgen_runs_finished_total', 'Runs that have ended, by outcome.'),
		runSeconds: registry.histogram(
			'massgen_run_duration_seconds',
			'From start to end of a run, without the time in which nobody held it or people were waited for.',
			RUN_SECONDS,
		),
		turn(kind: string, outcome: string, ms: number) {
			turns.add({ kind, outcome });
			turnSeconds.record({ kind }, seconds(ms));
		},
		tool(run: OpenRun | undefined, { agent, tool, isError, at }: EventOf<'tool_finished'>) {
			const startedAt = run?.tools.get(`${agent} ${tool}`)?.shift();
			if (startedAt === undefined) return;
			const error = isError ? { error_type: 'tool_error' } : {};
			toolSeconds.record({ gen_ai_tool_name: tool, ...error }, seconds(at - startedAt));
		},
	};
}

function callCounters(registry: Registry) {
	const durations = registry.histogram(
		'gen_ai_client_inference_duration_seconds',
		'Model calls, waits for rate limits and further tries included.',
		SECONDS,
	);
	const first = registry.histogram(
		'gen_ai_client_inference_time_to_first_chunk_seconds',
		'From the request until something came of the model.',
		SECONDS,
	);
	const input = registry.counter('gen_ai_client_inference_usage_input_tokens_total', 'Tokens of prompts.');
	const output = registry.counter('gen_ai_client_inference_usage_output_tokens_total', 'Tokens of replies.');
	const cost = registry.counter('massgen_model_cost_usd_total', 'US dollars for model calls whose price is known.');
	const unpriced = registry.counter('massgen_model_calls_unpriced_total', 'Model calls whose price is not known.');
	return {
		retries: registry.counter(
			'massgen_model_call_retries_total',
			'Tries of model calls that failed and were repeated.',
		),
		call(call: ModelCall) {
			const { backend, provider = backend, model, durationMs, firstMs, failure, usage } = call;
			const about = {
				gen_ai_operation_name: 'chat',
				gen_ai_provider_name: conventionalProvider(provider),
				gen_ai_request_model: model,
			};
			const error = failure === undefined ? {} : { error_type: failure };
			if (durationMs !== undefined) durations.record({ ...about, ...error }, seconds(durationMs));
			if (firstMs !== undefined) first.record(about, seconds(firstMs));
			const { inputTokens, outputTokens } = usage;
			if (inputTokens !== null) input.add(about, inputTokens);
			if (outputTokens !== null) output.add(about, outputTokens);
			if (call.costMicroUsd === null) unpriced.add(about);
			else cost.add(about, call.costMicroUsd / 1_000_000);
		},
	};
}

function gaugesOf(registry: Registry, open: ReadonlyMap<string, OpenRun>): void {
	const sum = (of: (run: OpenRun) => number) => [...open.values()].reduce((total, run) => total + of(run), 0);
	registry.gauge('massgen_runs_active', 'Runs of this process that go on, by what they do.', () => {
		const waiting = sum((run) => (run.waiting.size > 0 ? 1 : 0));
		return [
			[{ state: 'working' }, open.size - waiting],
			[{ state: 'waiting_for_people' }, waiting],
		];
	});
	registry.gauge('massgen_turns_active', 'Turns of agents that go on.', () => [[{}, sum(({ turns }) => turns.size)]]);
	registry.gauge('massgen_approvals_waiting', 'Requests of runs of this process that wait for people.', () => [
		[{}, sum(({ waiting }) => waiting.size)],
	]);
}

const openRun = ({ team, members }: EventOf<'run_started'>): OpenRun => ({
	team,
	models: new Map(members.map(({ id, model }) => [id, model])),
	turns: new Map(),
	tools: new Map(),
	waiting: new Set(),
});

function wait(run: OpenRun | undefined, approval: Approval): void {
	if (isOpen(approval)) run?.waiting.add(approval.id);
	else run?.waiting.delete(approval.id);
}

function begin(run: OpenRun | undefined, { agent, tool, at }: EventOf<'tool_started'>): void {
	const key = `${agent} ${tool}`;
	const begun = run?.tools.get(key) ?? [];
	run?.tools.set(key, [...begun, at]);
}

const seconds = (ms: number): number => Math.max(0, ms) / 1_000;
