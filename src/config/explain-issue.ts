import { z } from 'zod';
import { laterTypes } from './backend-types.ts';
import { anyOf, closest } from './closest.ts';
import { externalTypes } from './external-types.ts';
import { noteOf } from './field.ts';
import { maskSecrets } from './mask-secrets.ts';
import { childSchema, isMap, unwrap } from './prepare.ts';
import type { DataPath, Problem } from './problem.ts';
import { retiredKeys } from './retired-keys.ts';
import type { YamlSource } from './yaml-source.ts';

type Issue = z.core.$ZodIssue;

/** Turns zod's issues into problems that name the place, what was expected, what was found, and the likely repair. */
export function explainIssues(
	root: z.ZodType,
	issues: readonly Issue[],
	value: unknown,
	source: YamlSource,
): Problem[] {
	return issues.flatMap((issue) => explain(root, issue, value, source, []));
}

function explain(root: z.ZodType, issue: Issue, data: unknown, source: YamlSource, prefix: DataPath): Problem[] {
	const path = [...prefix, ...toPath(issue.path)];
	const found = valueAt(data, path);
	if (issue.code === 'unrecognized_keys') {
		return issue.keys.map((key) =>
			source.problem('error', path, unknownKey(root, schemaAt(root, path, data), key), key),
		);
	}
	if (issue.code === 'invalid_union') {
		const fitting = issue.errors.find((option) => option.every((nested) => nested.path.length > 0));
		if (fitting !== undefined) return fitting.flatMap((nested) => explain(root, nested, data, source, path));
		const kinds = issue.errors.flatMap((option) =>
			option.map((nested) => (nested.code === 'invalid_type' ? kind(nested.expected) : '')),
		);
		return [
			source.problem(
				'error',
				path,
				`expected ${anyOf(kinds.filter((k) => k !== ''))}, found ${show(found, isSecret(root, path, data))}`,
			),
		];
	}
	if ((issue.code === 'invalid_type' || issue.code === 'invalid_value') && found === undefined) {
		const key = String(path.at(-1) ?? '');
		return [source.problem('error', path.slice(0, -1), `the key ${key} is missing; ${missingAdvice(key)}`)];
	}
	return [source.problem('error', path, describe(root, issue, path, data, found))];
}

function describe(root: z.ZodType, issue: Issue, path: DataPath, data: unknown, found: unknown): string {
	const shown = show(found, isSecret(root, path, data));
	switch (issue.code) {
		case 'invalid_value':
			return describeChoice(issue.values.map(String), found, path, shown);
		case 'invalid_type':
			return `expected ${kind(issue.expected)}, found ${shown}${typeAdvice(issue.expected, found)}`;
		case 'too_small':
			if (issue.origin === 'string') return 'expected some text, found none';
			if (issue.origin === 'array') return `expected at least ${issue.minimum}, found none`;
			return `expected ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}, found ${shown}`;
		case 'too_big':
			if (issue.origin === 'array')
				return `expected at most ${issue.maximum}, found ${Array.isArray(found) ? found.length : shown}`;
			if (issue.origin === 'string') return `expected at most ${issue.maximum} characters`;
			return `expected at most ${issue.maximum}, found ${shown}`;
		case 'invalid_key':
			return 'the name must be text of 1 to 100 characters';
		case 'invalid_format':
			return `${issue.message}, found ${shown}`;
		default:
			return issue.message;
	}
}

function describeChoice(values: readonly string[], found: unknown, path: DataPath, shown: string): string {
	if (typeof found === 'string' && path.at(-1) === 'type' && path.at(-2) === 'backend') {
		if (Object.hasOwn(externalTypes, found)) {
			return `${found} is an agent of its own and no backend; write \`type: ${found}\` beside \`id\`, in the place of \`backend\``;
		}
		const advice = laterTypes.get(found.toLowerCase());
		if (advice !== undefined)
			return `${found} is a backend type of MassGen's that is not supported here yet; ${advice}`;
	}
	const guess = typeof found === 'string' ? closest(found, values) : null;
	return `expected ${anyOf(values)}, found ${shown}${guess === null ? '' : `; did you mean ${guess}?`}`;
}

const KINDS: Readonly<Record<string, string>> = {
	string: 'text',
	number: 'a number',
	int: 'a whole number',
	boolean: 'true or false',
	array: 'a list',
	object: 'a map of keys and values',
	record: 'a map of keys and values',
};
const kind = (expected: string) => KINDS[expected] ?? expected;

function typeAdvice(expected: string, found: unknown): string {
	if (expected === 'string' && (typeof found === 'number' || typeof found === 'boolean')) return '; put it in quotes';
	if ((expected === 'boolean' || expected === 'number') && typeof found === 'string')
		return '; write it without quotes';
	if (expected === 'array' && isMap(found)) return '; begin each entry with `- `';
	return '';
}

function missingAdvice(key: string): string {
	switch (key) {
		case 'id':
			return 'give the agent a name, such as `id: writer`';
		case 'type':
			return 'add for example `type: openai`';
		default:
			return 'add it';
	}
}

function unknownKey(root: z.ZodType, parent: z.ZodType, key: string): string {
	const retired = retiredKeys.get(key);
	if (retired !== undefined) return retired;
	const elsewhere = placesOf(root, key);
	if (elsewhere.length > 0) return `this key is not known here; it belongs to ${anyOf(elsewhere)}`;
	const known = parent instanceof z.ZodObject ? Object.keys(parent.shape) : [];
	const guess = closest(key, known);
	if (guess !== null) return `this key is not known; did you mean ${guess}?`;
	const short = known.filter((name) => noteOf(childSchema(parent, name)).ignored === undefined).slice(0, 12);
	return `this key is not known; known here are ${short.join(', ')}${known.length > short.length ? ' and others' : ''}`;
}

/** Where in the schema a key of this name stands: `agents[].backend`. */
function placesOf(schema: z.ZodType, key: string, place = '', depth = 0): string[] {
	if (depth > 4) return [];
	const inner = unwrap(schema, []);
	if (inner instanceof z.ZodArray) return placesOf(inner.element as z.ZodType, key, `${place}[]`, depth);
	if (!(inner instanceof z.ZodObject)) return [];
	const here = Object.hasOwn(inner.shape, key) ? [place === '' ? 'the top level' : place] : [];
	const below = Object.keys(inner.shape)
		.filter((name) => name !== 'agent' && noteOf(childSchema(inner, name)).ignored === undefined)
		.flatMap((name) => placesOf(childSchema(inner, name), key, place === '' ? name : `${place}.${name}`, depth + 1));
	return [...here, ...below];
}

function schemaAt(root: z.ZodType, path: DataPath, data: unknown): z.ZodType {
	let schema = unwrap(root, data);
	let value = data;
	for (const part of path) {
		value = valueAt(value, [part]);
		const child = schema instanceof z.ZodArray ? (schema.element as z.ZodType) : childSchema(schema, String(part));
		schema = unwrap(child, value);
	}
	return schema;
}

function isSecret(root: z.ZodType, path: DataPath, data: unknown): boolean {
	let schema = unwrap(root, data);
	let value = data;
	for (const part of path) {
		value = valueAt(value, [part]);
		const child = schema instanceof z.ZodArray ? (schema.element as z.ZodType) : childSchema(schema, String(part));
		if (noteOf(child).secret) return true;
		schema = unwrap(child, value);
	}
	return false;
}

/** A value as a message may show it. */
function show(value: unknown, secret: boolean): string {
	if (value === null || value === undefined) return 'nothing';
	if (Array.isArray(value)) return 'a list';
	if (isMap(value)) return 'a map';
	if (secret) return 'a value that is not shown';
	const text = typeof value === 'string' ? JSON.stringify(maskSecrets(value)) : String(value);
	return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function valueAt(value: unknown, path: DataPath): unknown {
	let current = value;
	for (const part of path) {
		if (Array.isArray(current)) current = current[Number(part)];
		else if (isMap(current) && Object.hasOwn(current, part)) current = current[String(part)];
		else return undefined;
	}
	return current;
}

const toPath = (path: readonly PropertyKey[]): DataPath =>
	path.map((part) => (typeof part === 'number' ? part : String(part)));
