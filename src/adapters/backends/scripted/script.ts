import { z } from 'zod';
import { BotError } from '../../../core/errors.ts';
import { placeholdersOf } from './template.ts';

const FAILURES = [
	'authentication',
	'permission',
	'model_unknown',
	'request_invalid',
	'context_too_long',
	'rate_limited',
	'quota_exhausted',
	'overloaded',
	'unreachable',
	'stream_broken',
	'response_invalid',
	'content_refused',
	'timeout',
] as const;

const PLACEHOLDERS = ['question', 'answers', 'date', 'own'];

const template = z.string().superRefine((text, context) => {
	const unknown = placeholdersOf(text).find((name) => !PLACEHOLDERS.includes(name));
	if (unknown === undefined) return;
	const known = PLACEHOLDERS.map((name) => `{{${name}}}`).join(', ');
	context.addIssue({ code: 'custom', message: `unknown placeholder {{${unknown}}}; there are ${known}` });
});

/** One value or a list of them: a list makes several calls in one reply. */
const oneOrMore = <Item extends z.ZodType>(item: Item) =>
	z.union([item.transform((value) => [value]), z.array(item).min(1)]);

const milliseconds = z.number().int().nonnegative().max(3_600_000);

/** All conditions must hold. Texts are compared without case. */
const whenSchema = z.strictObject({
	/** Number of answers in the prompt. */
	answers: z.number().int().nonnegative().optional(),
	/** Some answer in the prompt contains this. */
	contains: z.string().min(1).optional(),
	/** No answer in the prompt contains this. */
	lacks: z.string().min(1).optional(),
	/** The question contains this. */
	question: z.string().min(1).optional(),
});
export type When = z.infer<typeof whenSchema>;

/**
 * Whom to vote for: `first` (of the votable names), `best` (the longest answer), `own`, an anonymous name as
 * it stands, or the first answer that contains a phrase. What is not there falls back to `first`.
 */
const choiceSchema = z.union([z.string().min(1), z.strictObject({ contains: z.string().min(1) })]);
export type Choice = z.infer<typeof choiceSchema>;

const stepSchema = z
	.strictObject({
		when: whenSchema.optional(),
		/** Silence before the first output: a number, or [least, most] for a random one between. */
		delay_ms: z.union([milliseconds, z.tuple([milliseconds, milliseconds])]).optional(),
		/** How fast it writes; left out: at once. A token is a word here. */
		tokens_per_second: z.number().positive().max(100_000).optional(),
		provider_tool: oneOrMore(z.string().min(1)).optional(),
		text: template.optional(),
		call: oneOrMore(
			z.strictObject({ tool: z.string().min(1), arguments: z.record(z.string(), z.unknown()).default({}) }),
		),
		new_answer: oneOrMore(template),
		vote: oneOrMore(choiceSchema),
		/** Why it votes so. */
		reason: template.default('It serves the user best.'),
		submit: z.literal(true).optional(),
		restart: z.strictObject({ reason: template, instructions: template }).optional(),
		/** A call whose arguments are sent as they are, valid JSON or not. */
		raw: oneOrMore(z.strictObject({ tool: z.string().min(1), arguments: z.string() })),
		/** Ends at the output limit. */
		cut: z.literal(true).optional(),
		/** Ends with this failure after what else the step outputs. */
		fail: z
			.strictObject({
				failure: z.enum(FAILURES),
				retryable: z.boolean().default(false),
				message: z.string().min(1).default('The script says that this call fails.'),
			})
			.optional(),
		/** Never ends. */
		hang: z.literal(true).optional(),
		/** Tokens to report. Left out: none, because no model is called. */
		usage: z
			.strictObject({
				input: z.number().int().nonnegative().default(0),
				cached: z.number().int().nonnegative().default(0),
				output: z.number().int().nonnegative().default(0),
				reasoning: z.number().int().nonnegative().default(0),
			})
			.prefault({}),
	})
	.partial({ call: true, new_answer: true, vote: true, raw: true });
export type Step = z.infer<typeof stepSchema>;

const steps = z.array(stepSchema).min(1);

/**
 * What one agent says in each kind of turn. The n-th model reply of a turn is the n-th step whose `when`
 * holds (the last one, when there are fewer), so a repeated request gets the same reply, also after a crash.
 */
const scriptSchema = z.strictObject({
	answer: steps,
	evaluate: steps.default([stepSchema.parse({ vote: 'best' })]),
	present: steps.default([stepSchema.parse({ text: '{{own}}' })]),
	review: steps.default([stepSchema.parse({ submit: true })]),
	/** Left out: it sums up nothing. */
	digest: steps.optional(),
});
export type Script = z.infer<typeof scriptSchema>;

/** Throws `config_invalid`, naming each place that is wrong. */
export function parseScript(value: unknown): Script {
	const parsed = scriptSchema.safeParse(value ?? undefined);
	if (parsed.success) return parsed.data;
	const places = parsed.error.issues.map((issue) => `${pathOf(issue.path)}: ${issue.message}`);
	throw new BotError('config_invalid', `The script of the scripted backend is not valid. ${places.join('. ')}.`);
}

function pathOf(path: readonly PropertyKey[]): string {
	return path.reduce<string>(
		(text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}.${String(part)}`),
		'script',
	);
}
