import { labelOf, type Signal } from '../core/coordination.ts';
import type { JournalEntry } from '../core/run.ts';
import type { RunEvent } from '../core/run-event.ts';
import type { ModelCall, Spend } from '../core/usage.ts';
import type { Effect } from '../orchestrator/effects.ts';
import { quorum, resultOf } from '../orchestrator/ending.ts';
import { agentOf, type State } from '../orchestrator/state.ts';

/** An event before it is numbered and dated. */
export type Fact = RunEvent extends infer Event
	? Event extends { seq: number }
		? Omit<Event, 'run' | 'seq' | 'at'>
		: never
	: never;

export interface Transition {
	before: State;
	after: State;
	/** Null for the first transition of a run. */
	signal: Signal | null;
	effects: readonly Effect[];
	refused: Extract<Fact, { type: 'answer_refused' }>['refusal'] | null;
	spend: Spend;
	activeMs: number;
}

/** The lasting events of one transition, in the order in which people should read them. */
export function describe(transition: Transition): Fact[] {
	return [
		...signalFacts(transition),
		...outFacts(transition),
		...abortFacts(transition),
		...closingFacts(transition),
		...startFacts(transition),
		...finishFacts(transition),
	];
}

export function callFacts(agent: string, calls: readonly ModelCall[]): Fact[] {
	return calls.map((call): Fact => ({ type: 'model_called', agent, call }));
}

export function savedFacts({ agent, attempt, calls, plan }: JournalEntry & { type: 'saved' }): Fact[] {
	const facts = callFacts(agent, calls);
	return plan === undefined ? facts : [...facts, { type: 'plan_changed', agent, attempt, tasks: plan }];
}

function labelled(state: State, id: string): string {
	const agent = agentOf(state, id);
	return labelOf(agent?.name ?? id, agent?.answer?.version ?? 0);
}

function signalFacts({ before, after, signal, refused }: Transition): Fact[] {
	if (signal === null) return [];
	switch (signal.type) {
		case 'answered': {
			const { agent, attempt, content } = signal;
			if (refused !== null) return [{ type: 'answer_refused', agent, attempt, refusal: refused }];
			const label = labelled(after, agent);
			const version = agentOf(after, agent)?.answer?.version ?? 0;
			const voters = before.agents.filter((other) => other.vote !== null).map((other) => other.id);
			const given: Fact = { type: 'answer_given', agent, attempt, label, version, content };
			return voters.length === 0 ? [given] : [given, { type: 'votes_voided', by: label, voters }];
		}
		case 'voted': {
			const { agent, attempt } = signal;
			if (refused !== null) return [{ type: 'answer_refused', agent, attempt, refusal: refused }];
			return [{ type: 'vote_cast', agent, attempt }];
		}
		case 'agent_failed': {
			const { agent, attempt, code, message } = signal;
			const isOut = agentOf(after, agent)?.out !== null && agentOf(before, agent)?.out === null;
			return isOut ? [] : [{ type: 'agent_failed', agent, attempt, code, message, out: false }];
		}
		case 'reviewed':
			return [{ type: 'reviewed', agent: signal.agent, verdict: signal.verdict }];
		case 'deadline':
			return [{ type: 'deadline_passed', scope: signal.scope, agent: signal.agent ?? null }];
		case 'writing':
		case 'chosen':
		case 'presented':
		case 'given_up':
			return [];
		case 'cancel':
			return [{ type: 'stop_requested', by: signal.by }];
	}
}

function outFacts({ before, after }: Transition): Fact[] {
	return after.agents.flatMap((agent): Fact[] => {
		if (agent.out === null || agentOf(before, agent.id)?.out !== null) return [];
		return [{ type: 'agent_failed', agent: agent.id, attempt: Math.max(1, agent.attempts), ...agent.out, out: true }];
	});
}

function abortFacts({ effects }: Transition): Fact[] {
	return effects.flatMap((effect): Fact[] => {
		if (effect.type !== 'abort' || effect.work.type === 'choose') return [];
		const { agent, attempt } = effect.work;
		return [{ type: 'turn_aborted', agent, attempt, reason: effect.reason }];
	});
}

function closingFacts({ before, after }: Transition): Fact[] {
	const { closing, presented } = after;
	const old = before.orchestration === after.orchestration ? before.closing : null;
	const facts: Fact[] = [];
	if (closing !== null && old === null && closing.by !== 'skipped') {
		facts.push({
			type: 'vote_closed',
			by: closing.by,
			tally: closing.tally.map(({ agent, votes, voters }) => ({
				agent,
				label: labelled(after, agent),
				votes,
				voters: [...voters],
			})),
			votes: closing.votes.map(({ agent, target, reason }) => ({
				agent,
				target,
				label: labelled(after, target),
				reason,
			})),
		});
	}
	if (after.phase.type === 'choosing' && before.phase.type !== 'choosing') {
		const { orchestration } = after;
		facts.push({ type: 'choice_requested', orchestration, candidates: [...after.phase.candidates] });
	}
	if (closing?.winner != null && old?.winner !== closing.winner) {
		const row = closing.tally.find((candidate) => candidate.agent === closing.winner);
		facts.push({
			type: 'winner_selected',
			agent: closing.winner,
			label: row === undefined ? null : labelled(after, closing.winner),
			votes: row?.votes ?? 0,
			tie: closing.tie === null ? null : { rule: closing.tie.rule, tied: [...closing.tie.tied] },
		});
	}
	if (presented !== null && presented !== before.presented) facts.push({ type: 'presented', ...presented });
	return facts;
}

function startFacts({ after, effects }: Transition): Fact[] {
	return effects.flatMap((effect): Fact[] => {
		if (effect.type === 'abort' || effect.type === 'choose' || effect.type === 'finish') return [];
		const { agent, attempt } = effect;
		const kind = effect.type === 'start' ? effect.kind : effect.type;
		const seen =
			kind === 'answer'
				? []
				: after.agents.filter((other) => other.answer !== null).map((other) => labelled(after, other.id));
		return [{ type: 'agent_started', agent, attempt, kind, seen, orchestration: after.orchestration }];
	});
}

function finishFacts({ after, effects, spend, activeMs }: Transition): Fact[] {
	if (!effects.some((effect) => effect.type === 'finish')) return [];
	return [
		{
			type: 'run_finished',
			...resultOf(after),
			answers: quorum(after).given,
			agents: after.agents.length,
			shortfalls: [...after.shortfalls],
			spend,
			activeMs,
		},
	];
}
