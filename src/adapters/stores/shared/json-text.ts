import { BotError, messageOf } from '../../../core/errors.ts';

/** What keeps a value from coming back from JSON as it went in, with its path; null: nothing. */
function flaw(value: unknown): string | null {
	switch (typeof value) {
		case 'string':
		case 'boolean':
			return null;
		case 'number':
			return Number.isFinite(value) ? null : ` is ${value}`;
		case 'object':
			return value === null ? null : flawInside(value);
		default:
			return value === undefined ? ' is undefined' : ` is a ${typeof value}`;
	}
}

function flawInside(value: object): string | null {
	if (Array.isArray(value)) {
		for (let index = 0; index < value.length; index += 1) {
			const found = flaw(value[index]);
			if (found !== null) return `[${index}]${found}`;
		}
		return null;
	}
	const prototype: unknown = Object.getPrototypeOf(value);
	const plain = prototype === null || Object.getPrototypeOf(prototype) === null;
	if (!plain) return ` is a ${value.constructor.name}, not plain data`;
	for (const [key, part] of Object.entries(value)) {
		const found = part === undefined ? null : flaw(part);
		if (found !== null) return `.${key}${found}`;
	}
	return null;
}

/**
 * The JSON text of a value. A property that is undefined counts as absent, as everywhere in JSON. Throws
 * `input_invalid` for all else that JSON would drop or change in silence: undefined as a value or in an array,
 * functions, symbols, BigInts, NaN and the infinities, class instances (Date, Map), cycles.
 */
export function jsonText(value: unknown): string {
	let found: string | null;
	try {
		found = flaw(value);
		if (found === null) return JSON.stringify(value);
	} catch (thrown) {
		found = ` refers to itself, or is nested too deep or too long (${messageOf(thrown)})`;
	}
	throw new BotError('input_invalid', `The store keeps JSON only: value${found}.`);
}
