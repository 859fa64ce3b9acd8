import type { Say } from '../../../core/say.ts';
import type { Page } from './page.ts';
import type { TerminalOutput } from './screen.ts';
import { createStyle } from './style.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Longer lines are hard to read. */
const MAX_WIDTH = 100;
const MIN_WIDTH = 20;

/** Whether lines can be drawn again here: a terminal, and not one without cursor control. */
export function isRich(output: TerminalOutput, env: Environment): boolean {
	return output.isTTY === true && env.TERM !== 'dumb';
}

/** The page as the output is now. The last column stays free, because terminals differ in what follows it. */
export function pageOf(output: TerminalOutput, env: Environment, say: Say): Page {
	const rich = isRich(output, env);
	const columns = output.columns !== undefined && output.columns > 0 ? output.columns : 80;
	return {
		width: rich ? Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, columns - 1)) : Number.POSITIVE_INFINITY,
		say,
		style: createStyle({ colours: rich && !env.NO_COLOR, plainSigns: env.TERM === 'linux' }),
	};
}
