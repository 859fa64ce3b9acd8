import type { z } from 'zod';
import { crossCheck } from './cross-check.ts';
import { explainIssues } from './explain-issue.ts';
import { type Environment, isMap, prepare } from './prepare.ts';
import type { Problem } from './problem.ts';
import { readYaml, type YamlSource } from './yaml-source.ts';

export interface CheckedFile<T> {
	source: YamlSource;
	/** Null when the file has errors. */
	data: T | null;
	/** The file defines a team at its top level, well or badly. */
	definesTeam: boolean;
}

/** Reads one file and checks it. Everything that is wrong goes to `problems`; null: it could not even be read. */
export async function checkFile<T extends z.ZodType>(
	schema: T,
	file: string,
	kind: 'main' | 'team' | 'access',
	options: { env: Environment; cwd: string },
	problems: Problem[],
): Promise<CheckedFile<z.infer<T>> | null> {
	const { source, problems: unreadable } = await readYaml(file, options.cwd);
	problems.push(...unreadable);
	if (source === null) return null;
	const { value, problems: found } = prepare(schema, source, options.env);
	const parsed = schema.safeParse(value);
	if (!parsed.success) found.push(...explainIssues(schema, parsed.error.issues, value, source));
	const definesTeam = isMap(value) && (value.agents !== undefined || value.agent !== undefined);
	if (isMap(value)) {
		const retired = found.some((problem) => problem.path === 'models' || problem.path === 'model_configs');
		if (definesTeam || (kind === 'team' && !retired)) found.push(...crossCheck(value, [], source));
		for (const [name, team] of Object.entries(isMap(value.teams) ? value.teams : {})) {
			if (isMap(team)) found.push(...crossCheck(team, ['teams', name], source));
		}
	}
	found.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
	problems.push(...found);
	const sound = parsed.success && !found.some((problem) => problem.level === 'error');
	return { source, definesTeam, data: sound ? parsed.data : null };
}
