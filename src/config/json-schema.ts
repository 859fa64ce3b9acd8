import { z } from 'zod';
import { mainFileSchema } from './file-schema.ts';

/** JSON Schema of a configuration file, for completion in editors: `config/schemas/massgen.schema.json`. */
export function configJsonSchema(): Record<string, unknown> {
	const { $schema, ...schema } = z.toJSONSchema(mainFileSchema, { io: 'input' });
	return {
		$schema,
		title: 'MassGen Chat configuration',
		description: 'A team of AI agents and the settings round it. Files of MassGen, the Python program, are valid too.',
		...schema,
	};
}
