import { BotError } from '../core/errors.ts';
import { formatProblem, type Problem } from './problem.ts';

/** Thrown when a configuration cannot be used. `userMessage` lists every problem, one a line. */
export class ConfigError extends BotError {
	readonly problems: readonly Problem[];

	constructor(
		headline: string,
		problems: readonly Problem[],
		code: 'config_invalid' | 'config_missing' = 'config_invalid',
	) {
		super(code, headline, { userMessage: [headline, ...problems.map((p) => `- ${formatProblem(p)}`)].join('\n') });
		this.name = 'ConfigError';
		this.problems = problems;
	}
}
