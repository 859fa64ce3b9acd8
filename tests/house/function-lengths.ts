import { Visitor } from 'oxc-parser';
import { lineAt, parseSource } from './parse-source.ts';

/** Lines from first to last of every function of a file, those inside others included. */
export function functionLengths(file: string, source: string): { file: string; line: number; lines: number }[] {
	const found: { file: string; line: number; lines: number }[] = [];
	const measure = ({ start, end }: { start: number; end: number }) => {
		const line = lineAt(source, start);
		found.push({ file, line, lines: lineAt(source, end) - line + 1 });
	};
	new Visitor({
		FunctionDeclaration: measure,
		FunctionExpression: measure,
		ArrowFunctionExpression: measure,
	}).visit(parseSource(file, source).program);
	return found;
}
