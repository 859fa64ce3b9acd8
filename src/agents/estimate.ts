import { noAbilities } from '../core/abilities.ts';
import type { SeenAnswer, Turn } from '../core/agent.ts';
import type { Team } from '../core/team.ts';
import type { PriceTable } from '../core/usage.ts';
import { openingMessage } from './instructions/opening-message.ts';
import { systemPrompt } from './instructions/system-prompt.ts';
import { workflowTools } from './instructions/workflow-tools.ts';

/** What the estimate must know about one agent. */
export interface EstimatedAgent {
	id: string;
	systemMessage: string;
	provider: string;
	model: string;
	/** Null: `assumedOutputTokens`. */
	maxOutputTokens: number | null;
}

export interface Estimate {
	/** Tokens of the prompts, tools included, with every answer in them `assumedOutputTokens` long. */
	prompts: readonly { agent: string; answer: number; evaluate: number; present: number }[];
	ordinaryCalls: number;
	/** Null when the answer limit is off: then only deadlines and the budget bound a run. */
	worstCalls: number | null;
	/** Millionths of a US dollar; null when a price is unknown or the calls are unbounded. */
	worstCostMicroUsd: number | null;
	/** Agents whose price is unknown. */
	unpriced: readonly string[];
}

/** Length of an answer where the configuration sets no limit, in tokens. */
export const assumedOutputTokens = 4_096;

/**
 * Sizes and bounds of a run, without a call. The worst case has every agent use up its answer limit, one
 * answer at a time, in every orchestration, each call at its output limit; corrections and retries after
 * failures come on top.
 */
export function estimateRun(
	team: Team,
	agents: readonly EstimatedAgent[],
	question: string,
	count: (text: string) => number,
	prices: PriceTable,
): Estimate {
	const { rules } = team;
	const size = agents.length;
	const prompts = agents.map((agent) => ({ agent: agent.id, ...promptSizes(agent, size, question, rules, count) }));
	const orchestrations = rules.restarts + 1;
	const evaluations = rules.answerLimit === null ? null : size * (rules.answerLimit - 1) + 1;
	const closing = orchestrations + rules.restarts;
	if (rules.skipCoordination) {
		return {
			...priced(agents, prompts, { answers: 0, evaluations: 0, closing: 1 }, prices),
			prompts,
			ordinaryCalls: 1,
			worstCalls: 1,
		};
	}
	const ordinaryCalls = 2 * size + 1 + (rules.restarts > 0 ? 1 : 0);
	if (evaluations === null) {
		return { prompts, ordinaryCalls, worstCalls: null, worstCostMicroUsd: null, unpriced: unpricedOf(agents, prices) };
	}
	const calls = { answers: orchestrations, evaluations: evaluations * orchestrations, closing };
	const worstCalls = size * (calls.answers + calls.evaluations) + closing;
	return { ...priced(agents, prompts, calls, prices), prompts, ordinaryCalls, worstCalls };
}

function priced(
	agents: readonly EstimatedAgent[],
	prompts: Estimate['prompts'],
	calls: { answers: number; evaluations: number; closing: number },
	prices: PriceTable,
): Pick<Estimate, 'worstCostMicroUsd' | 'unpriced'> {
	const costs = agents.map((agent, index) => {
		const size = prompts[index];
		const once = (inputTokens: number) =>
			prices.cost(agent.provider, agent.model, {
				inputTokens,
				cachedInputTokens: 0,
				outputTokens: agent.maxOutputTokens ?? assumedOutputTokens,
				reasoningTokens: 0,
			});
		const answer = once(size?.answer ?? 0);
		const evaluate = once(size?.evaluate ?? 0);
		const present = once(size?.present ?? 0);
		if (answer === null || evaluate === null || present === null) return null;
		return { turns: calls.answers * answer + calls.evaluations * evaluate, closing: calls.closing * present };
	});
	const known = costs.filter((cost) => cost !== null);
	const unpriced = unpricedOf(agents, prices);
	if (known.length < costs.length) return { worstCostMicroUsd: null, unpriced };
	const turns = known.reduce((sum, cost) => sum + cost.turns, 0);
	const closing = Math.max(...known.map((cost) => cost.closing));
	return { worstCostMicroUsd: Math.ceil(turns + closing), unpriced };
}

function unpricedOf(agents: readonly EstimatedAgent[], prices: PriceTable): string[] {
	const one = { inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, reasoningTokens: 0 };
	return agents.filter(({ provider, model }) => prices.cost(provider, model, one) === null).map((agent) => agent.id);
}

function promptSizes(
	agent: EstimatedAgent,
	size: number,
	question: string,
	rules: Team['rules'],
	count: (text: string) => number,
): { answer: number; evaluate: number; present: number } {
	const names = Array.from({ length: size }, (_, index) => `agent${index + 1}`);
	const answers: SeenAnswer[] = names.map((name) => ({
		name,
		version: 1,
		content: '',
		mine: name === 'agent1',
	}));
	const common = {
		run: 'estimate',
		agent: agent.id,
		name: 'agent1',
		attempt: 1,
		origin: 1,
		question,
		attachments: [],
		history: [],
		digest: null,
		feedback: null,
		transcript: [],
		begun: new Map<string, string>(),
		tainted: false,
		files: null,
		plan: [],
		repliesUsed: 0,
		updated: false,
		now: 0,
		limits: { replies: rules.replyLimit, steps: rules.stepLimit, tools: rules.mostTools },
		planning: rules.planning,
	} as const;
	const { sensitivity, novelty } = rules;
	const check = () => null;
	const sizeOf = (turn: Turn) =>
		count(systemPrompt(agent.systemMessage, turn, { ...noAbilities, planning: false })) +
		count(openingMessage(turn)) +
		(turn.kind === 'present' ? 0 : count(JSON.stringify(workflowTools(turn)))) +
		turn.answers.length * assumedOutputTokens;
	return {
		answer: sizeOf({ ...common, kind: 'answer', answers: [], check }),
		evaluate: sizeOf({
			...common,
			kind: 'evaluate',
			answers,
			votable: names,
			mayAnswer: true,
			sensitivity,
			novelty,
			check,
		}),
		present: sizeOf({
			...common,
			kind: 'present',
			answers: rules.skipCoordination ? [] : answers,
			votes: size,
			voters: size,
			reasons: [],
			tieBreak: null,
		}),
	};
}
