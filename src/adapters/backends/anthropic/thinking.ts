import type { OutputConfig, ThinkingConfigParam } from '@anthropic-ai/sdk/resources/messages';
import { BotError } from '../../../core/errors.ts';

type Level = NonNullable<OutputConfig['effort']>;

const levels: Readonly<Record<string, Level>> = {
	minimal: 'low',
	low: 'low',
	medium: 'medium',
	high: 'high',
	xhigh: 'xhigh',
	max: 'max',
};

/** Thinking tokens for models that want a budget. With the usual answer above they stay below 32,000 output tokens. */
const budgets: Readonly<Record<Level, number>> = {
	low: 2_048,
	medium: 8_192,
	high: 16_384,
	xhigh: 20_480,
	max: 23_552,
};

/** Models before 4.6 take `enabled` with a budget; all later ones `adaptive` with an effort. */
const wantsBudget = (model: string) => /claude-(3-|(opus|sonnet|haiku)-4(-[0-5])?(-\d{8})?$)/.test(model);
/** From generation 5 on a model thinks unless it is told not to, and some even then. */
const thinksByItself = (model: string) => /claude-[a-z]+-([5-9]|\d\d)/.test(model);

const USUAL_OUTPUT = 8_192;
/** Thinking counts as output, so a model that thinks needs room for both. */
const THINKING_OUTPUT = 32_000;
/** The API's lower bound of a budget. */
const SMALLEST_BUDGET = 1_024;

export interface Thinking {
	max_tokens: number;
	thinking?: ThinkingConfigParam;
	output_config?: OutputConfig;
}

/** Throws `config_invalid` for an effort that Claude has no word for. */
export function checkEffort(effort: string | null): void {
	if (effort === null || effort === 'none' || levels[effort] !== undefined) return;
	throw new BotError(
		'config_invalid',
		`The reasoning effort "${effort}" is unknown to Anthropic. Use none, ${Object.keys(levels).join(', ')}.`,
	);
}

/** Room for the reply, and how much of it may be thought. */
export function thinkingFor(model: string, effort: string | null, maxOutputTokens: number | null): Thinking {
	const level = effort === null ? undefined : levels[effort];
	if (level === undefined) {
		const max_tokens = maxOutputTokens ?? (thinksByItself(model) ? THINKING_OUTPUT : USUAL_OUTPUT);
		return effort === 'none' ? { max_tokens, thinking: { type: 'disabled' } } : { max_tokens };
	}
	if (!wantsBudget(model)) {
		const thinking: ThinkingConfigParam = { type: 'adaptive', display: 'summarized' };
		return { max_tokens: maxOutputTokens ?? THINKING_OUTPUT, thinking, output_config: { effort: level } };
	}
	const max_tokens = maxOutputTokens ?? USUAL_OUTPUT + budgets[level];
	const budget_tokens = Math.min(budgets[level], max_tokens - SMALLEST_BUDGET);
	if (budget_tokens < SMALLEST_BUDGET) return { max_tokens };
	return { max_tokens, thinking: { type: 'enabled', budget_tokens } };
}
