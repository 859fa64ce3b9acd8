import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Say } from '../../../core/say.ts';
import { readEntries } from '../shared/form-entries.ts';
import { parseInput } from '../shared/parse-input.ts';
import { Refusal } from '../shared/refusal.ts';
import type { PageForms } from './page-forms.ts';
import { sessionOf } from './page-session.ts';

export interface FormRouteOptions {
	forms: PageForms;
	say: Say;
}

/** More than the longest text that any field takes, and than a choice has options. */
const MAX_TEXT = 10_000;
const MAX_OPTIONS = 100;

const entrySchema = z.union([z.string().max(MAX_TEXT), z.array(z.string().max(MAX_TEXT)).max(MAX_OPTIONS), z.null()]);
const answerSchema = z.discriminatedUnion('type', [
	/** In the order of the fields. */
	z.object({ type: z.literal('accept'), entries: z.array(entrySchema).max(MAX_OPTIONS) }),
	z.object({ type: z.literal('decline') }),
]);
const pathSchema = z.object({ id: z.string(), form: z.string() });

/**
 * What a person answers to a form of a tool server: `wrong` are the positions of the fields whose entries do not fit; the
 * form is answered when there are none. The path is below `/api`.
 */
export function addFormRoute(api: FastifyInstance, { forms, say }: FormRouteOptions): void {
	api.post('/threads/:id/forms/:form', async (request) => {
		const path = parseInput(pathSchema, request.params, say);
		const given = parseInput(answerSchema, request.body, say);
		const session = sessionOf(path.id);
		const open = session === null ? null : forms.find(session, path.form);
		if (open === null) throw new Refusal(404, 'form_over', say('form.over'));
		const reading = given.type === 'accept' ? readEntries(open.form.fields, given.entries) : null;
		if (reading?.type === 'wrong') return { wrong: reading.fields };
		open.settle(reading === null ? { type: 'declined' } : { type: 'accepted', values: reading.values });
		return { wrong: [] };
	});
}
