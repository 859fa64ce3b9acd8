/** One thing that is wrong with, or worth knowing about, a configuration. */
export interface Problem {
	level: 'error' | 'warning';
	/** The file as a person would name it; `environment` for a variable. */
	file: string;
	/** Counted from 1; null when the problem has no place in a file. */
	line: number | null;
	column: number | null;
	/** Where in the data: `agents[0].backend.type`. Empty for the whole file. */
	path: string;
	/** What was found, what was expected, what to do. Never holds a secret. */
	message: string;
	/** The offending line, secrets masked. */
	excerpt: string | null;
}

export type DataPath = readonly (string | number)[];

export function formatPath(path: DataPath): string {
	return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
}

/** `config/massgen.yaml:7:5 orchestrator.quorum: ...`, followed by the offending line where there is one. */
export function formatProblem(problem: Problem): string {
	const place = [problem.file, problem.line, problem.column].filter((part) => part !== null).join(':');
	const text = `${place} ${problem.path === '' ? '' : `${problem.path}: `}${problem.message}`;
	return problem.excerpt === null ? text : `${text}\n    ${problem.excerpt}`;
}

export function environmentProblem(variable: string, message: string): Problem {
	return {
		level: 'error',
		file: 'environment',
		line: null,
		column: null,
		path: variable,
		message,
		excerpt: null,
	};
}
