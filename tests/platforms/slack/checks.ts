import { isObject, type JsonObject } from './json.ts';

/** Tells what is wrong with a value, as Slack does: a sentence and the JSON pointer. */
export type Check = (value: unknown, path: string, problems: string[]) => void;

export const problem = (sentence: string, path: string) => `${sentence} [json-pointer:${path}]`;

export const text =
	(max: number, min = 1): Check =>
	(value, path, problems) => {
		if (typeof value !== 'string') problems.push(problem('must provide a string', path));
		else if (value.length > max) problems.push(problem(`must be less than ${max + 1} characters`, path));
		else if (value.length < min) problems.push(problem(`must be more than ${min - 1} characters`, path));
	};

export const integer =
	(min: number, max: number): Check =>
	(value, path, problems) => {
		if (!Number.isInteger(value) || Number(value) < min || Number(value) > max)
			problems.push(problem(`must be an integer from ${min} to ${max}`, path));
	};

export const number: Check = (value, path, problems) => {
	if (typeof value !== 'number' || !Number.isFinite(value)) problems.push(problem('must be a valid number', path));
};

export const flag: Check = (value, path, problems) => {
	if (typeof value !== 'boolean') problems.push(problem('must be a boolean', path));
};

export const oneOf =
	(...allowed: readonly string[]): Check =>
	(value, path, problems) => {
		if (!allowed.includes(String(value))) problems.push(problem(`must be one of ${allowed.join(', ')}`, path));
	};

export const list =
	(item: Check, min: number, max: number): Check =>
	(value, path, problems) => {
		if (!Array.isArray(value)) return void problems.push(problem('must be an array', path));
		if (value.length > max) problems.push(problem(`no more than ${max} items allowed`, path));
		if (value.length < min) problems.push(problem(`no fewer than ${min} items allowed`, path));
		value.forEach((one, index) => {
			item(one, `${path}/${index}`, problems);
		});
	};

/** An object with these fields and no other: Slack refuses fields it does not know. */
export const shape =
	(required: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>> = {}): Check =>
	(value, path, problems) => {
		if (!isObject(value)) return void problems.push(problem('must be an object', path));
		for (const key of Object.keys(value)) {
			if (!(key in required) && !(key in optional)) problems.push(problem(`invalid additional property: ${key}`, path));
		}
		for (const [key, check] of Object.entries(required)) {
			if (value[key] === undefined) problems.push(problem(`missing required field: ${key}`, path));
			else check(value[key], `${path}/${key}`, problems);
		}
		for (const [key, check] of Object.entries(optional)) {
			if (value[key] !== undefined) check(value[key], `${path}/${key}`, problems);
		}
	};

/** The check of the value's `type`; a type that is not there is not allowed here. */
export const byType =
	(checks: Readonly<Record<string, Check>>): Check =>
	(value, path, problems) => {
		if (!isObject(value)) return void problems.push(problem('must be an object', path));
		const check = checks[String(value.type)];
		if (check === undefined) problems.push(problem(`unsupported type: ${String(value.type)}`, `${path}/type`));
		else check(value, path, problems);
	};

export const also =
	(check: Check, rule: (value: JsonObject, path: string, problems: string[]) => void): Check =>
	(value, path, problems) => {
		check(value, path, problems);
		if (isObject(value)) rule(value, path, problems);
	};

export const later =
	(check: () => Check): Check =>
	(value, path, problems) =>
		check()(value, path, problems);

export const plainText = (max: number): Check => shape({ type: oneOf('plain_text'), text: text(max) }, { emoji: flag });

export const markedText = (max: number): Check => shape({ type: oneOf('mrkdwn'), text: text(max) }, { verbatim: flag });

export const anyText = (max: number): Check => byType({ plain_text: plainText(max), mrkdwn: markedText(max) });

/** Literal `type` of a shape. */
export const typed = (
	type: string,
	required: Readonly<Record<string, Check>>,
	optional: Readonly<Record<string, Check>> = {},
): Check => shape({ type: oneOf(type), ...required }, optional);
