import { type Expression, Visitor } from 'oxc-parser';
import { lineAt, parseSource } from './parse-source.ts';

/**
 * One module naming another. `static` is loaded at once, `dynamic` when it is reached, `type` never.
 * An `import { type X }` is static: with `verbatimModuleSyntax` the module is loaded all the same.
 */
export interface Import {
	/** Null: computed, so nobody can tell by reading. */
	specifier: string | null;
	form: 'static' | 'dynamic' | 'type';
	line: number;
}

/** Every import of a file: `import`, `import type`, `export … from`, `import()`, `import('…').Type`, `require()`. */
export function importsOf(path: string, source: string): Import[] {
	const found: Import[] = [];
	const add = (specifier: string | null, form: Import['form'], start: number) => {
		found.push({ specifier, form, line: lineAt(source, start) });
	};
	new Visitor({
		ImportDeclaration: (node) => add(node.source.value, node.importKind === 'type' ? 'type' : 'static', node.start),
		ExportAllDeclaration: (node) => add(node.source.value, node.exportKind === 'type' ? 'type' : 'static', node.start),
		ExportNamedDeclaration: (node) => {
			if (node.source) add(node.source.value, node.exportKind === 'type' ? 'type' : 'static', node.start);
		},
		ImportExpression: (node) => add(literal(node.source), 'dynamic', node.start),
		TSImportType: (node) => add(node.source.value, 'type', node.start),
		CallExpression: (node) => {
			const [first] = node.arguments;
			if (node.callee.type !== 'Identifier' || node.callee.name !== 'require' || !first) return;
			add(first.type === 'SpreadElement' ? null : literal(first), 'static', node.start);
		},
	}).visit(parseSource(path, source).program);
	return found;
}

function literal(node: Expression): string | null {
	if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
	if (node.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0]?.value.cooked ?? null;
	return null;
}
