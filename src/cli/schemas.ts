import { mkdir, writeFile } from 'node:fs/promises';
import { configJsonSchema } from '../config/json-schema.ts';
import { policyJsonSchema } from '../config/policy-schema.ts';
import { runEventJsonSchema } from '../config/run-event-schema.ts';
import { exitCode } from './exit-code.ts';

/** `npm run schemas`: writes the JSON Schemas that editors and readers of `--json` use. Returns the exit code. */
export async function writeSchemas(): Promise<number> {
	const folder = new URL('../../config/schemas/', import.meta.url);
	await mkdir(folder, { recursive: true });
	const schemas = {
		'massgen.schema.json': configJsonSchema(),
		'risk-policy.schema.json': policyJsonSchema(),
		'run-event.schema.json': runEventJsonSchema(),
	};
	for (const [name, schema] of Object.entries(schemas)) {
		await writeFile(new URL(name, folder), `${JSON.stringify(schema, null, 2)}\n`);
		process.stdout.write(`config/schemas/${name}\n`);
	}
	return exitCode.done;
}
