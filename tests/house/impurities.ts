import { Visitor } from 'oxc-parser';
import { lineAt, parseSource } from './parse-source.ts';

/** Globals that read the clock, chance or the world, or leave work behind. */
const IMPURE = new Set([
	'Date',
	'performance',
	'setTimeout',
	'setInterval',
	'setImmediate',
	'queueMicrotask',
	'crypto',
	'process',
	'Buffer',
	'console',
	'fetch',
	'WebSocket',
	'navigator',
	'global',
	'globalThis',
	'require',
	'eval',
	'Function',
]);

/** Uses of the clock, chance and the world in a file that must do without; each with its line. */
export function impurities(path: string, source: string): { name: string; line: number }[] {
	const names = new Map<number, string>();
	/** Offsets of identifiers that name a property, not a variable, or a use of Math that is fine. */
	const harmless = new Set<number>();
	const key = (node: { computed?: boolean; shorthand?: boolean; key: { start: number } }) => {
		if (!node.computed && !node.shorthand) harmless.add(node.key.start);
	};
	new Visitor({
		Identifier: (node) => {
			if (IMPURE.has(node.name) || node.name === 'Math') names.set(node.start, node.name);
		},
		MemberExpression: (node) => {
			if (node.computed || node.property.type !== 'Identifier') return;
			harmless.add(node.property.start);
			const { object, property } = node;
			if (object.type === 'Identifier' && object.name === 'Math' && property.name !== 'random')
				harmless.add(object.start);
		},
		Property: key,
		MethodDefinition: key,
		PropertyDefinition: key,
		TSPropertySignature: key,
		TSMethodSignature: key,
	}).visit(parseSource(path, source).program);
	return [...names]
		.filter(([start]) => !harmless.has(start))
		.map(([start, name]) => ({ name: name === 'Math' ? 'Math.random' : name, line: lineAt(source, start) }));
}
