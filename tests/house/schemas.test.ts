import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runEventJsonSchema } from '../../src/config/run-event-schema.ts';
import { runEventSchema } from '../../src/core/run-event.ts';
import { ROOT } from './source-files.ts';

const published: unknown = JSON.parse(readFileSync(join(ROOT, 'config/schemas/run-event.schema.json'), 'utf8'));

const eventSchema = z.object({
	description: z.string().optional(),
	properties: z.looseObject({ type: z.object({ const: z.string() }) }),
	required: z.array(z.string()),
});
const publishedSchema = z.object({
	$schema: z.literal('https://json-schema.org/draft/2020-12/schema'),
	title: z.literal('RunEvent'),
	description: z.string().min(40),
	version: z.literal(1),
	oneOf: z.array(eventSchema),
});

describe('config/schemas/run-event.schema.json', () => {
	it('is what the program generates (npm run schemas writes it)', () => {
		expect(published).toEqual(runEventJsonSchema());
	});

	it('lists every event of the source, with the fields that every event has', () => {
		const events = publishedSchema.parse(published).oneOf;
		expect(events.map((event) => event.properties.type.const)).toEqual(
			runEventSchema.options.map((option) => option.shape.type.value),
		);
		for (const event of events) expect(event.required).toEqual(expect.arrayContaining(['type', 'run', 'at']));
	});

	it('describes fields that their name does not explain', () => {
		const text = JSON.stringify(published);
		for (const part of ['milliseconds since the epoch', 'anonymous name', 'left the quorum'])
			expect(text).toContain(part);
	});

	it('closes no object, so that events can grow', () => {
		expect(JSON.stringify(published)).not.toContain('"additionalProperties":false');
	});
});
