import { z } from 'zod';
import { runEventSchema } from '../core/run-event.ts';

/** Grows when a field of an event changes its meaning or goes; new events and new fields leave it as it is. */
const VERSION = 1;

/**
 * JSON Schema of one line of `--json` output, published as `config/schemas/run-event.schema.json`.
 * Objects admit fields they do not list, because later versions of the program add some.
 */
export function runEventJsonSchema(): Record<string, unknown> {
	const { $schema, ...schema } = z.toJSONSchema(runEventSchema, {
		override: ({ jsonSchema }) => {
			if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
		},
	});
	return {
		$schema,
		title: 'RunEvent',
		description:
			'Something that happened in a run of MassGen Chat, in the past tense. `type` says what. ' +
			'Readers skip types they do not know and ignore fields they do not know.',
		version: VERSION,
		...schema,
	};
}
