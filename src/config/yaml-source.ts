import { readFile, stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLError } from 'yaml';
import { messageOf } from '../core/errors.ts';
import { maskSecrets } from './mask-secrets.ts';
import { type DataPath, formatPath, type Problem } from './problem.ts';

/** Largest configuration file in bytes. */
const MAX_BYTES = 1_048_576;
/** Most values that aliases may expand to, so that a small file cannot fill the memory. */
const MAX_ALIASES = 100;

/** A YAML file that has been read: its data, and where each part of it stands. */
export interface YamlSource {
	/** As a person would name it. */
	name: string;
	file: string;
	value: unknown;
	/** A problem at a place of the data. `key`: at this key of the map at `path`, not at its value. */
	problem(level: Problem['level'], path: DataPath, message: string, key?: string): Problem;
	/** True for a scalar written without quotes. */
	isPlain(path: DataPath): boolean;
	/** Line of the value at `path`, from 1. */
	line(path: DataPath): number;
}

export type YamlResult = { source: YamlSource; problems: Problem[] } | { source: null; problems: Problem[] };

/** Reads and parses one file. Every failure is a problem that says what to do; nothing is thrown. */
export async function readYaml(file: string, cwd: string): Promise<YamlResult> {
	const name = displayName(file, cwd);
	const fail = (message: string): YamlResult => ({ source: null, problems: [wholeFile(name, message)] });
	let bytes: Buffer;
	try {
		const info = await stat(file);
		if (info.isDirectory()) return fail('this is a directory; name a YAML file in it');
		if (info.size > MAX_BYTES) {
			return fail(`the file has ${info.size} bytes; a configuration may have ${MAX_BYTES}. Is it the right file?`);
		}
		bytes = await readFile(file);
	} catch (thrown) {
		const code = thrown instanceof Error && 'code' in thrown ? thrown.code : '';
		if (code === 'ENOENT' || code === 'ENOTDIR') return fail('there is no such file; check the path');
		if (code === 'EACCES') return fail('no permission to read this file; check its owner and mode');
		return fail(`the file cannot be read: ${messageOf(thrown)}`);
	}
	try {
		return parseYaml(name, file, new TextDecoder('utf-8', { fatal: true }).decode(bytes));
	} catch {
		return fail('the file is not UTF-8 text; save it again with the encoding UTF-8');
	}
}

function displayName(file: string, cwd: string): string {
	const short = relative(cwd, file);
	return short === '' || short.startsWith('..') ? file : short;
}

function wholeFile(name: string, message: string): Problem {
	return { level: 'error', file: name, line: null, column: null, path: '', message, excerpt: null };
}

/** Parses text that has already been read; `name` stands in the messages. */
function parseYaml(name: string, file: string, text: string): YamlResult {
	const counter = new LineCounter();
	const lines = text.split(/\r?\n/);
	try {
		const document = parseDocument(text, { lineCounter: counter, merge: true, prettyErrors: false });
		if (document.errors.length > 0) {
			const problems = document.errors.slice(0, 20).map((error) => {
				const { line, col } = counter.linePos(error.pos[0]);
				const excerpt = maskSecrets(lines[line - 1] ?? '');
				return { ...wholeFile(name, syntaxMessage(error)), line, column: col, excerpt };
			});
			return { source: null, problems };
		}
		const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
		if (value === null || value === undefined) {
			return { source: null, problems: [wholeFile(name, 'the file is empty; it needs at least `agents:`')] };
		}
		return { source: sourceOf(name, file, value, document.contents, counter), problems: [] };
	} catch (thrown) {
		const message = messageOf(thrown);
		const advice = /alias count/i.test(message)
			? 'its aliases (`*name`) expand to too much data; write the values out'
			: thrown instanceof RangeError
				? 'it is nested too deeply'
				: `it cannot be read as YAML: ${message}`;
		return { source: null, problems: [wholeFile(name, advice)] };
	}
}

function syntaxMessage(error: YAMLError): string {
	switch (error.code) {
		case 'TAB_AS_INDENT':
			return 'a tab is used for indentation; YAML allows only spaces';
		case 'DUPLICATE_KEY':
			return 'this key is there twice in the same map; remove one of them';
		case 'MULTIPLE_DOCS':
			return 'the file holds several YAML documents (`---`); keep one';
		case 'BAD_INDENT':
			return 'the indentation does not fit the lines above';
		case 'MISSING_CHAR':
			return `something is not closed: ${lowerFirst(error.message)}`;
		default:
			return `not valid YAML: ${lowerFirst(error.message)}`;
	}
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

function sourceOf(name: string, file: string, value: unknown, root: Node | null, counter: LineCounter): YamlSource {
	const position = (path: DataPath, key?: string) => counter.linePos(offsetOf(root, path, key));
	return {
		name,
		file,
		value,
		problem(level, path, message, key) {
			const { line, col } = position(path, key);
			const full = key === undefined ? path : [...path, key];
			return { level, file: name, line, column: col, path: formatPath(full), message, excerpt: null };
		},
		isPlain(path) {
			const node = nodesTo(root, path).at(-1);
			return isScalar(node) && node.type === 'PLAIN';
		},
		line: (path) => position(path).line,
	};
}

/** Where the deepest part of `path` that exists begins. */
function offsetOf(root: Node | null, path: DataPath, key?: string): number {
	const nodes = nodesTo(root, path);
	const last = nodes.at(-1);
	if (key !== undefined && isMap(last) && nodes.length === path.length + 1) {
		const pair = last.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
		if (pair !== undefined && isScalar(pair.key)) return pair.key.range?.[0] ?? 0;
	}
	return last?.range?.[0] ?? 0;
}

/** The nodes along `path`, the root first, aliases kept where they stand; shorter when the path ends early. */
function nodesTo(root: Node | null, path: DataPath): Node[] {
	const nodes: Node[] = [];
	let node: unknown = root;
	for (let depth = 0; ; depth++) {
		if (!isNode(node)) return nodes;
		nodes.push(node);
		const part = path[depth];
		if (part === undefined || isAlias(node)) return nodes;
		node = childOf(node, part);
	}
}

function childOf(node: Node, part: string | number): unknown {
	if (isSeq(node)) return node.items[Number(part)];
	if (!isMap(node)) return undefined;
	return node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part))?.value;
}

const isNode = (node: unknown): node is Node => isScalar(node) || isMap(node) || isSeq(node) || isAlias(node);
