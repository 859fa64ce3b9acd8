import type { ThinkingConfig } from '@google/genai';
import { BotError } from '../../../core/errors.ts';

type Levels = typeof import('@google/genai').ThinkingLevel;

/** From generation 3 on models take a level; 2.5 takes a number of tokens, of which Flash allows the fewest. */
const efforts: Readonly<Record<string, { level: keyof Levels; budget: number }>> = {
	none: { level: 'MINIMAL', budget: 0 },
	minimal: { level: 'MINIMAL', budget: 512 },
	low: { level: 'LOW', budget: 2_048 },
	medium: { level: 'MEDIUM', budget: 8_192 },
	high: { level: 'HIGH', budget: 24_576 },
	xhigh: { level: 'HIGH', budget: 24_576 },
	max: { level: 'HIGH', budget: 24_576 },
};

/** Throws `config_invalid` for an effort that Gemini has no word for. */
export function checkEffort(effort: string | null): void {
	if (effort === null || efforts[effort] !== undefined) return;
	throw new BotError(
		'config_invalid',
		`The reasoning effort "${effort}" is unknown to Gemini. Use ${Object.keys(efforts).join(', ')}.`,
	);
}

export function thinkingFor(model: string, effort: string | null, levels: Levels): ThinkingConfig | null {
	const chosen = effort === null ? undefined : efforts[effort];
	if (chosen === undefined) return null;
	const amount = model.includes('gemini-2.5')
		? { thinkingBudget: chosen.budget }
		: { thinkingLevel: levels[chosen.level] };
	return { includeThoughts: true, ...amount };
}
