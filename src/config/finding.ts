import { formatProblem, type Problem } from './problem.ts';

/** One thing the doctor looked at. */
export interface Finding {
	level: 'ok' | 'warning' | 'error';
	/** In a sentence. Never holds a key. */
	what: string;
	/** The sentence that repairs it; null when there is nothing to repair. */
	repair: string | null;
}

export function problemFinding(problem: Problem): Finding {
	const place = problem.line === null ? problem.file : `line ${problem.line} of ${problem.file}`;
	const where = problem.file === 'environment' ? `the value of ${problem.path}` : place;
	const repair =
		problem.level === 'error'
			? `Correct ${where}, as said above.`
			: `Nothing stops working; to silence this, change ${where}.`;
	return { level: problem.level, what: formatProblem(problem), repair };
}
