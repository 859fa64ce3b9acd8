import { type Program, Visitor } from 'oxc-parser';
import { lineAt, parseSource } from './parse-source.ts';

export type StyleRule =
	| 'any'
	| 'default_export'
	| 'barrel'
	| 'blind_import'
	| 'file_name'
	| 'banned_word'
	| 'file_length'
	| 'unfinished'
	| 'non_null';

export interface StyleFault {
	rule: StyleRule;
	file: string;
	line: number;
	message: string;
}

/** Longest file of the house, in lines. */
export const MAX_LINES = 400;
/** Words that name no thing: what holds them could hold anything. */
const BANNED = new Set(['manager', 'helper', 'helpers', 'util', 'utils', 'impl']);
const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const UNFINISHED = /\b(?:TODO|FIXME|XXX)\b/;

/** What one file does against the house style in CONTRIBUTING.md, as far as a machine can tell. */
export function styleFaults(file: string, source: string): StyleFault[] {
	const faults: StyleFault[] = [];
	const fault = (rule: StyleRule, start: number, message: string) => {
		faults.push({ rule, file, line: lineAt(source, start), message });
	};
	for (const part of file.split('/')) {
		const name = part.replace(/(\.test|\.config)?\.tsx?$/, '');
		if (!KEBAB_CASE.test(name)) fault('file_name', 0, `${part} is not kebab-case`);
		const banned = name.split('-').find((word) => BANNED.has(word));
		if (banned !== undefined || name.endsWith('-base')) fault('banned_word', 0, `${part} names no thing`);
	}
	const lines = source.trimEnd().split('\n');
	if (lines.length > MAX_LINES)
		fault('file_length', 0, `${lines.length} lines; split it where it has become two things`);
	const { program, comments } = parseSource(file, source);
	for (const { start, value } of comments) {
		if (UNFINISHED.test(value)) fault('unfinished', start, value.trim());
	}
	if (isBarrel(program)) fault('barrel', 0, 'a file of re-exports: import from where it is written');
	// Tools load their configuration by its default export.
	inspect(program, (rule, ...where) => {
		if (rule !== 'default_export' || !file.endsWith('.config.ts')) fault(rule, ...where);
	});
	return faults;
}

function inspect(program: Program, fault: (rule: StyleRule, start: number, message: string) => void): void {
	const names = new Set<number>();
	const declared = (id: { name: string; start: number }, isType: boolean) => {
		const words = wordsOf(id.name);
		const empty = words.some((word) => BANNED.has(word)) || (isType && words.length > 1 && words.includes('base'));
		if (empty && !names.has(id.start)) fault('banned_word', id.start, `${id.name}: name what it is`);
		names.add(id.start);
	};
	new Visitor({
		TSAnyKeyword: (node) => fault('any', node.start, 'any'),
		MemberExpression: ({ object, start }) => {
			if (object.type !== 'AwaitExpression' || object.argument.type !== 'ImportExpression') return;
			fault('blind_import', start, 'knip takes every export for used here: write const { name } = await import()');
		},
		TSNonNullExpression: (node) => fault('non_null', node.start, 'a non-null assertion'),
		ExportDefaultDeclaration: (node) => fault('default_export', node.start, 'a default export'),
		ExportSpecifier: (node) => {
			const name = node.exported.type === 'Literal' ? node.exported.value : node.exported.name;
			if (name === 'default') fault('default_export', node.start, 'a default export');
		},
		VariableDeclarator: (node) => {
			if (node.id.type === 'Identifier') declared(node.id, false);
		},
		FunctionDeclaration: (node) => node.id && declared(node.id, false),
		ClassDeclaration: (node) => node.id && declared(node.id, true),
		TSInterfaceDeclaration: (node) => declared(node.id, true),
		TSTypeAliasDeclaration: (node) => declared(node.id, true),
	}).visit(program);
}

const wordsOf = (name: string): string[] =>
	name
		.replace(/([a-z0-9])([A-Z])/g, '$1 $2')
		.toLowerCase()
		.split(/[\s_]+/);

/** Whether a file has exports and all of them are somebody else's. */
function isBarrel({ body }: Program): boolean {
	const imported = new Set<string>();
	let exports = 0;
	for (const node of body) {
		if (node.type === 'ImportDeclaration') for (const { local } of node.specifiers) imported.add(local.name);
		else if (node.type === 'ExportAllDeclaration') exports += 1;
		else if (node.type === 'ExportNamedDeclaration' && node.declaration === null) {
			const own = node.specifiers.some(({ local }) => local.type !== 'Identifier' || !imported.has(local.name));
			if (node.source === null && own) return false;
			exports += 1;
		} else return false;
	}
	return exports > 0;
}
