import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { messageOf } from '../core/errors.ts';
import { holdsMatch } from './bounded-pattern.ts';

/** The most faults that are told of one call. */
const MOST = 5;

/** A pattern of a foreign schema, which may be made to take for ever. */
const boundedPattern = Object.assign((pattern: string) => ({ test: (text: string) => holdsMatch(pattern, text) }), {
	code: 'boundedPattern',
});

/**
 * What is wrong with arguments by the schema of their tool; empty: nothing. A schema that cannot be used has the one
 * fault that says so.
 */
export function schemaFaults({ $schema, ...schema }: Readonly<Record<string, unknown>>, input: unknown): string[] {
	try {
		const ajv = new Ajv2020({
			...{ strict: false, validateFormats: false, allErrors: true, logger: false, addUsedSchema: false },
			code: { regExp: boundedPattern },
		});
		const validate = ajv.compile(schema);
		return validate(input) ? [] : (validate.errors ?? []).slice(0, MOST).map(faultOf);
	} catch (error) {
		return [`the schema of the tool cannot be used (${messageOf(error)})`];
	}
}

function faultOf({ instancePath, message = 'is not valid', params }: ErrorObject): string {
	const place = instancePath === '' ? 'the arguments' : instancePath.slice(1).replaceAll('/', '.');
	const extra = typeof params.additionalProperty === 'string' ? `: ${params.additionalProperty}` : '';
	return `${place} ${message}${extra}`;
}
