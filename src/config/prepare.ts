import { z } from 'zod';
import { type FieldNote, noteOf } from './field.ts';
import type { DataPath, Problem } from './problem.ts';
import type { YamlSource } from './yaml-source.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

interface Walk {
	source: YamlSource;
	env: Environment;
	problems: Problem[];
}

/** What holds below a key: the notes of the keys above, and whether all of it is without effect. */
interface Scope {
	env: boolean;
	prose: boolean;
	ignored: boolean;
}

const VARIABLE = /\$\{([^}]+)\}/g;
/** YAML 1.1, which MassGen reads, has these as true and false. */
const WORDS: ReadonlyMap<string, boolean> = new Map([
	['yes', true],
	['on', true],
	['no', false],
	['off', false],
]);

/**
 * Brings what was read into the form that `schema` expects, before it is checked: `${NAME}` is replaced where
 * the schema allows it, keys without a value are as if absent, `yes` and `no` are booleans where one is due.
 * Reports keys without effect, and variables that are unset or out of place. Never changes `source.value`.
 */
export function prepare(
	schema: z.ZodType,
	source: YamlSource,
	env: Environment,
): { value: unknown; problems: Problem[] } {
	const walk: Walk = { source, env, problems: [] };
	const value = visit(walk, schema, source.value, [], { env: false, prose: false, ignored: false });
	return { value, problems: walk.problems };
}

function visit(walk: Walk, schema: z.ZodType, value: unknown, path: DataPath, scope: Scope): unknown {
	const inner = unwrap(schema, value);
	if (typeof value === 'string')
		return inner instanceof z.ZodBoolean ? word(walk, value, path) : expand(walk, value, path, scope);
	if (Array.isArray(value)) {
		const element = inner instanceof z.ZodArray ? asType(inner.element) : z.unknown();
		return value.map((item, i) => visit(walk, element, item, [...path, i], scope));
	}
	if (isMap(value)) {
		const entries: [string, unknown][] = [];
		for (const [key, item] of Object.entries(value)) {
			const child = childSchema(inner, key);
			if (item === null && !acceptsNull(child)) continue;
			entries.push([key, member(walk, child, item, path, key, scope)]);
		}
		return Object.fromEntries(entries);
	}
	return value;
}

function member(walk: Walk, schema: z.ZodType, value: unknown, parent: DataPath, key: string, scope: Scope): unknown {
	const note = noteOf(schema);
	if (note.opaque) return value;
	const ignored = note.ignored !== undefined;
	const before = walk.problems.length;
	const visited = visit(walk, schema, value, [...parent, key], {
		env: scope.env || note.env === true,
		prose: note.prose === true,
		ignored: scope.ignored || ignored,
	});
	if (ignored && !scope.ignored && asksForSomething(visited)) {
		const warning = walk.source.problem('warning', parent, ignoredMessage(note, value), key);
		walk.problems.splice(before, 0, warning);
	}
	return visited;
}

function ignoredMessage(note: FieldNote, value: unknown): string {
	const inside = isMap(value) && note.secret === undefined ? Object.keys(value).slice(0, 12) : [];
	return `ignored${inside.length > 0 ? ` (${inside.join(', ')})` : ''}: ${note.ignored}`;
}

/** A feature that is switched off asks for nothing, so nothing is missing. */
const asksForSomething = (value: unknown) => value !== null && value !== false;

function expand(walk: Walk, text: string, path: DataPath, scope: Scope): string {
	return text.replace(VARIABLE, (whole, name: string) => {
		if (name === 'cwd') return whole;
		if (scope.env) {
			const value = walk.env[name];
			if (value !== undefined && value !== '') return value;
			const message = `the environment variable ${name} is not set; set it, or remove ${whole}`;
			walk.problems.push(walk.source.problem(scope.ignored ? 'warning' : 'error', path, message));
			return whole;
		}
		if (scope.ignored) return whole;
		const where =
			'only in api_key, base_url, the values of headers, the token of clients, and the command, args, env, url and oauth of MCP servers and of agents with a `type`';
		walk.problems.push(
			scope.prose
				? walk.source.problem('warning', path, `${whole} is left as it stands: variables are replaced ${where}`)
				: walk.source.problem(
						'error',
						path,
						`${whole} is not replaced here: variables work ${where}; write the value itself`,
					),
		);
		return whole;
	});
}

function word(walk: Walk, text: string, path: DataPath): unknown {
	return walk.source.isPlain(path) ? (WORDS.get(text.toLowerCase()) ?? text) : text;
}

/** The schema without its wrappers; of a union, the option that fits the kind of value. */
export function unwrap(schema: z.ZodType, value: unknown): z.ZodType {
	if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrap(asType(schema.unwrap()), value);
	if (schema instanceof z.ZodUnion) {
		const options = schema.options.map(asType);
		return unwrap(options.find((option) => fits(option, value)) ?? options[0] ?? schema, value);
	}
	return schema;
}

function fits(option: z.ZodType, value: unknown): boolean {
	if (Array.isArray(value)) return option instanceof z.ZodArray;
	if (isMap(value)) return option instanceof z.ZodObject || option instanceof z.ZodRecord;
	return typeof value === 'string' ? option instanceof z.ZodString : false;
}

/** The schema of one key; `unknown` where the schema has no opinion. */
export function childSchema(schema: z.ZodType, key: string): z.ZodType {
	if (schema instanceof z.ZodObject && Object.hasOwn(schema.shape, key)) return asType(schema.shape[key]);
	if (schema instanceof z.ZodRecord) return asType(schema.valueType);
	return z.unknown();
}

const acceptsNull = (schema: z.ZodType): boolean =>
	schema instanceof z.ZodOptional
		? acceptsNull(asType(schema.unwrap()))
		: schema instanceof z.ZodNullable || schema instanceof z.ZodUnknown;

/** Zod types the parts of a schema as its core type; all of ours are made by the same classic API. */
function asType(part: unknown): z.ZodType {
	return part instanceof z.ZodType ? part : z.unknown();
}

export const isMap = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
