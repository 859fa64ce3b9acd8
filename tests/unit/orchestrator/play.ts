import type { z } from 'zod';
import type { DeadlineScope, Signal, Verdict } from '../../../src/core/coordination.ts';
import { rulesSchema } from '../../../src/core/team.ts';
import type { Effect } from '../../../src/orchestrator/effects.ts';
import { keyOf, pending } from '../../../src/orchestrator/pending.ts';
import { begin, reduce, type Step } from '../../../src/orchestrator/reduce.ts';
import { type AgentState, agentOf, type State } from '../../../src/orchestrator/state.ts';

/** One run, played signal by signal. Agents are single letters in registration order. */
export interface Play {
	/** State and effects of the last signal. */
	now(): Step;
	state(): State;
	agent(id: string): AgentState;
	/** The last effects in words: `start a:2 evaluate`, `abort b:1 new_answer`, `finish`. */
	effects(): string[];
	/** What is in flight, in the words of `effects`. */
	pending(): string[];
	send(signal: Signal): Step;
	/** The agents' current turns end so; an answer is a text of its own unless one is given. */
	answers(id: string, content?: string): Step;
	votes(id: string, target: string, reason?: string): Step;
	fails(id: string, fatal?: boolean): Step;
	writes(id: string): Step;
	presents(content: string): Step;
	reviews(verdict: Verdict): Step;
	/** A deadline of what is in flight now. `id` for the scopes `turn` and `presentation`. */
	passes(scope: DeadlineScope, id?: string): Step;
}

export const RESTART: Verdict = { type: 'restart', reason: 'it misses the point', instructions: 'answer the question' };

/** Anonymous names run against registration order, so that no test passes by mixing the two up. */
export function nameOf(ids: string, id: string): string {
	return `agent${ids.length - ids.indexOf(id)}`;
}

export function rulesOf(rules: z.input<typeof rulesSchema> = {}) {
	return rulesSchema.parse(rules);
}

export function play(ids: string, rules: z.input<typeof rulesSchema> = {}): Play {
	let step = begin(
		rulesOf(rules),
		[...ids].map((id) => ({ id, name: nameOf(ids, id) })),
	);
	let texts = 0;

	const agent = (id: string): AgentState => {
		const found = agentOf(step.state, id);
		if (found === null) throw new Error(`no agent ${id}`);
		return found;
	};
	const attemptOf = (id: string): number => {
		const work = pending(step.state).find((item) => item.type !== 'choose' && item.agent === id);
		if (work === undefined || work.type === 'choose') throw new Error(`${id} has nothing in flight`);
		return work.attempt;
	};
	const presenter = (): string => {
		const { phase } = step.state;
		if (phase.type !== 'presenting' && phase.type !== 'reviewing') throw new Error(`the run is ${phase.type}`);
		return phase.agent;
	};
	const send = (signal: Signal): Step => {
		step = reduce(step.state, signal);
		return step;
	};

	return {
		now: () => step,
		state: () => step.state,
		agent,
		effects: () => step.effects.map(wordsOf),
		pending: () => pending(step.state).map(wordsOf),
		send,
		answers(id, content) {
			texts += 1;
			return send({ type: 'answered', agent: id, attempt: attemptOf(id), content: content ?? `${id} text${texts}` });
		},
		votes: (id, target, reason = 'it is better') =>
			send({ type: 'voted', agent: id, attempt: attemptOf(id), target: nameOf(ids, target), reason }),
		fails: (id, fatal = false) =>
			send({
				type: 'agent_failed',
				agent: id,
				attempt: attemptOf(id),
				code: 'overloaded',
				message: 'try later',
				fatal,
			}),
		writes: (id) => send({ type: 'writing', agent: id, attempt: attemptOf(id) }),
		presents: (content) => send({ type: 'presented', agent: presenter(), attempt: attemptOf(presenter()), content }),
		reviews: (verdict) => send({ type: 'reviewed', agent: presenter(), attempt: attemptOf(presenter()), verdict }),
		passes(scope, id) {
			const { orchestration } = step.state;
			if (id === undefined) return send({ type: 'deadline', scope, orchestration });
			return send({ type: 'deadline', scope, agent: id, attempt: attemptOf(id) });
		},
	};
}

/** Gives everybody a first answer and then everybody's vote to `target`. */
export function agreeOn(game: Play, target: string): void {
	for (const { id } of game.state().agents) game.answers(id);
	for (const { id } of game.state().agents) game.votes(id, target);
}

function wordsOf(effect: Effect): string {
	switch (effect.type) {
		case 'start':
			return `start ${effect.agent}:${effect.attempt} ${effect.kind}`;
		case 'present':
		case 'review':
			return `${effect.type} ${effect.agent}:${effect.attempt}`;
		case 'choose':
			return `choose ${effect.candidates.join(',')}`;
		case 'finish':
			return 'finish';
		case 'abort':
			return `abort ${keyOf(effect.work).replace(/^start:/, '')} ${effect.reason}`;
	}
}
