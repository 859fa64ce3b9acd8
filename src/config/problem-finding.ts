import type { Finding } from '../core/finding.ts';
import { formatProblem, type Problem } from './problem.ts';

export function problemFinding(problem: Problem): Finding {
	const place = problem.line === null ? problem.file : `line ${problem.line} of ${problem.file}`;
	const where = problem.file === 'environment' ? `the value of ${problem.path}` : place;
	const repair =
		problem.level === 'error'
			? `Correct ${where}, as said above.`
			: `Nothing stops working; to silence this, change ${where}.`;
	return { level: problem.level, what: formatProblem(problem), repair };
}
