import { type Comment, type Program, parseSync } from 'oxc-parser';

/** The syntax tree and the comments of one file. A file that does not parse is an error: an unread file would pass every rule. */
export function parseSource(path: string, source: string): { program: Program; comments: readonly Comment[] } {
	const { program, comments, errors } = parseSync(path, source, { sourceType: 'module', preserveParens: false });
	const [first] = errors;
	if (first) throw new Error(`${path} does not parse: ${first.message}`);
	return { program, comments };
}

/** The line, from 1, of an offset that the parser gave. */
export const lineAt = (source: string, offset: number): number => source.slice(0, offset).split('\n').length;
