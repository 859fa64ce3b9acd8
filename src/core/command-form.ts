import { z } from 'zod';

/** One option of a command, as a platform offers it to people. */
export interface CommandField {
	name: string;
	type: 'text' | 'flag' | 'choice';
	required: boolean;
	/** Of a `choice`. */
	choices: readonly string[];
	/** Platforms that can offer values while a person types offer the names of teams. */
	suggests: 'team' | null;
}

/** A command, as a platform offers it to people. */
export interface CommandForm {
	name: string;
	fields: readonly CommandField[];
}

const propertySchema = z.object({ type: z.string().optional(), enum: z.array(z.string()).optional() });
const schemaSchema = z.object({
	properties: z.record(z.string(), propertySchema).default({}),
	required: z.array(z.string()).default([]),
});

/** What can be asked for anywhere, in the order of the help text. */
export const formsOf = (
	commands: readonly { name: string; reach: 'everywhere' | 'terminal'; options: z.ZodType }[],
): readonly CommandForm[] => commands.filter(({ reach }) => reach === 'everywhere').map(formOf);

/** What a platform must know of a command to offer it. */
export function formOf({ name, options }: { name: string; options: z.ZodType }): CommandForm {
	const { properties, required } = schemaSchema.parse(z.toJSONSchema(options, { io: 'input' }));
	const fields = Object.entries(properties).map(
		([field, property]): CommandField => ({
			name: field,
			type: property.enum !== undefined ? 'choice' : property.type === 'boolean' ? 'flag' : 'text',
			required: required.includes(field),
			choices: property.enum ?? [],
			suggests: field === 'team' ? 'team' : null,
		}),
	);
	return { name, fields };
}
