import type { Attributes, Context, Span, Tracer } from '@opentelemetry/api';
import type { RunEvent } from '../../../core/run-event.ts';
import type { RunObserver } from '../../../core/run-observer.ts';
import { turnEndingOf } from '../../../core/turn-ending.ts';
import { callAttributes, type EventOf, messageText, usageAttributes } from './attributes.ts';

type Api = typeof import('@opentelemetry/api');

/** A span that goes on, and what its children hang on. */
interface OpenSpan {
	span: Span;
	within: Context;
}

interface OpenTurn {
	started: EventOf<'agent_started'>;
	/** Null: begun by an earlier process, and not yet taken up. */
	open: OpenSpan | null;
	/** Calls of tools that go on, by tool. */
	tools: Map<string, Span[]>;
}

interface OpenRun {
	started: EventOf<'run_started'>;
	open: OpenSpan | null;
	turns: Map<string, OpenTurn>;
}

export interface RunSpans extends RunObserver {
	/** Ends what is open: the process ends. */
	close(): void;
}

/**
 * A trace for each run: the run, in it the turns of its agents, in them model calls and calls of tools. A run that this
 * process has taken up begins a trace of its own, with the same `massgen.run.id`.
 */
export function createRunSpans(api: Api, tracer: Tracer, captureContent: boolean): RunSpans {
	const { SpanKind, SpanStatusCode } = api;
	const runs = new Map<string, OpenRun>();
	const content = (name: string, role: 'user' | 'assistant', text: string): Attributes =>
		captureContent ? { [name]: messageText(role, text) } : {};

	const begin = (name: string, attributes: Attributes, startTime: number, parent: Context): OpenSpan => {
		const span = tracer.startSpan(name, { kind: SpanKind.INTERNAL, attributes, startTime }, parent);
		return { span, within: api.trace.setSpan(parent, span) };
	};

	const fail = (span: Span, failure: string | null): void => {
		if (failure === null) return;
		span.setAttribute('error.type', failure);
		span.setStatus({ code: SpanStatusCode.ERROR });
	};

	const beginRun = ({ started }: OpenRun, at: number, isTakenUp: boolean): OpenSpan => {
		const { run, session, team, members, question } = started;
		const about = {
			'gen_ai.operation.name': 'invoke_workflow',
			'gen_ai.agent.name': team,
			'gen_ai.conversation.id': session,
			'massgen.run.id': run,
			'massgen.run.agents': members.length,
			'massgen.run.resumed': isTakenUp,
			...content('gen_ai.input.messages', 'user', question),
		};
		return begin(`invoke_workflow ${team}`, about, at, api.ROOT_CONTEXT);
	};

	const beginTurn = (run: OpenRun, { started }: OpenTurn, at: number): OpenSpan | null => {
		if (run.open === null) return null;
		const { agent, attempt, kind } = started;
		const model = run.started.members.find(({ id }) => id === agent)?.model;
		const about = {
			'gen_ai.operation.name': 'invoke_agent',
			'gen_ai.agent.name': agent,
			'gen_ai.conversation.id': run.started.session,
			...(model === undefined ? {} : { 'massgen.agent.model': model }),
			'massgen.turn.kind': kind,
			'massgen.turn.attempt': attempt,
		};
		return begin(`invoke_agent ${agent}`, about, at, run.open.within);
	};

	const takeUp = (run: OpenRun, at: number): void => {
		run.open = beginRun(run, at, true);
		for (const turn of run.turns.values()) turn.open = beginTurn(run, turn, at);
	};

	const callSpan = (run: OpenRun, { agent, call, at }: EventOf<'model_called'>): void => {
		const parent = run.turns.get(agent)?.open ?? run.open;
		if (parent === null) return;
		const { startedAt = at, durationMs = 0 } = call;
		const about = { ...callAttributes(call), ...usageAttributes(call), 'gen_ai.conversation.id': run.started.session };
		const attributes = { ...about, 'gen_ai.agent.name': agent, 'gen_ai.request.stream': true };
		const options = { kind: SpanKind.CLIENT, attributes, startTime: startedAt };
		const span = tracer.startSpan(`chat ${call.model}`, options, parent.within);
		fail(span, call.failure ?? null);
		span.end(startedAt + durationMs);
	};

	const beginTool = (run: OpenRun, { agent, tool, at }: EventOf<'tool_started'>): void => {
		const turn = run.turns.get(agent);
		if (turn === undefined || turn.open === null) return;
		const about = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': tool, 'gen_ai.agent.name': agent };
		const { span } = begin(`execute_tool ${tool}`, about, at, turn.open.within);
		turn.tools.set(tool, [...(turn.tools.get(tool) ?? []), span]);
	};

	const endTool = (run: OpenRun, { agent, tool, isError, at }: EventOf<'tool_finished'>): void => {
		const span = run.turns.get(agent)?.tools.get(tool)?.shift();
		if (span === undefined) return;
		fail(span, isError ? 'tool_error' : null);
		span.end(at);
	};

	const endTurn = (run: OpenRun, event: RunEvent): void => {
		const ending = turnEndingOf(event);
		const turn = ending === null ? undefined : run.turns.get(ending.agent);
		if (ending === null || turn === undefined) return;
		run.turns.delete(ending.agent);
		if (turn.open === null) return;
		const { span } = turn.open;
		span.setAttribute('massgen.turn.outcome', ending.outcome);
		if ('content' in event) span.setAttributes(content('gen_ai.output.messages', 'assistant', event.content));
		fail(span, ending.failure);
		closeTurn(turn, event.at);
	};

	const endRun = (run: OpenRun, event: EventOf<'run_finished'>): void => {
		runs.delete(event.run);
		if (run.open === null) return;
		for (const turn of run.turns.values()) closeTurn(turn, event.at);
		const { span } = run.open;
		const { outcome, answer, answers, spend } = event;
		span.setAttributes({ 'massgen.run.outcome': outcome, 'massgen.run.answers': answers });
		if (spend.costMicroUsd !== null) span.setAttribute('massgen.run.cost_usd', spend.costMicroUsd / 1_000_000);
		if (answer !== null) span.setAttributes(content('gen_ai.output.messages', 'assistant', answer));
		fail(span, outcome === 'failed' ? outcome : null);
		span.end(event.at);
	};

	const tell = (run: OpenRun, event: RunEvent): void => {
		if (event.type === 'model_called') callSpan(run, event);
		if (event.type === 'tool_started') beginTool(run, event);
		if (event.type === 'tool_finished') endTool(run, event);
		if (event.type === 'run_finished') endRun(run, event);
	};

	const left = (id: string): void => {
		const run = runs.get(id);
		runs.delete(id);
		for (const turn of run?.turns.values() ?? []) closeTurn(turn);
		run?.open?.span.end();
	};

	return {
		observe(event, isOld = false) {
			if (event.type === 'run_started') runs.set(event.run, { started: event, open: null, turns: new Map() });
			const run = runs.get(event.run);
			if (run === undefined) return;
			if (event.type === 'run_started' && !isOld) run.open = beginRun(run, event.at, false);
			// Where other processes do it, its span is open already.
			if (event.type === 'run_resumed' && !isOld && run.open === null) takeUp(run, event.at);
			if (event.type === 'agent_started') {
				const turn: OpenTurn = { started: event, open: null, tools: new Map() };
				run.turns.set(event.agent, turn);
				turn.open = beginTurn(run, turn, event.at);
			}
			endTurn(run, event);
			if (!isOld) tell(run, event);
		},
		left,
		close() {
			for (const id of [...runs.keys()]) left(id);
		},
	};
}

function closeTurn({ open, tools }: OpenTurn, at?: number): void {
	for (const span of [...tools.values()].flat()) span.end(at);
	open?.span.end(at);
}
