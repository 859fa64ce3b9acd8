import { z } from 'zod';
import { GIVEN_TO } from '../core/access.ts';
import { BUDGET_SUBJECTS, BUDGET_WINDOWS } from '../core/spending.ts';
import { field, required } from './field.ts';

const text = z.string().min(1).max(200);
const patterns = z.array(text);
const usd = z.number().positive();

const roleSchema = z.strictObject({
	allow: field(patterns, 'Permissions, each with all that is below it; `*` is everything.'),
	deny: field(patterns, 'What no other role of the person allows either.'),
});

const grantSchema = z.strictObject({
	role: required(text, 'One of `roles`.'),
	platform: required(z.enum(['discord', 'slack', 'web', 'terminal', 'api']), 'Where.'),
	tenant: required(
		text,
		'Id of the server or workspace; `dm` for direct messages on Discord, `local` for clients (api).',
	),
	channel: field(text, 'Id of the one channel it holds in. Default: all of them.'),
	user: field(text, 'Id of the person; of a client, its name.'),
	group: field(text, 'Id of a role of Discord or a user group of Slack.'),
});

const budgetSchema = z.strictObject({
	of: required(z.enum(BUDGET_SUBJECTS), 'Whose spending is counted together.'),
	each: required(z.enum(BUDGET_WINDOWS), 'How long it is counted, UTC.'),
	soft: field(usd, 'US dollars above which it is told to whoever runs the bot.'),
	hard: field(usd, 'US dollars above which no model is called.'),
});

const priceSchema = z.strictObject({
	input_per_million: required(usd, 'US dollars for a million input tokens.'),
	output_per_million: required(usd, 'US dollars for a million output tokens.'),
});

const given = z.strictObject(
	Object.fromEntries(GIVEN_TO.map((who) => [who, field(z.array(text), `Roles that every ${who} has.`)])) as Record<
		(typeof GIVEN_TO)[number],
		z.ZodOptional<z.ZodArray<z.ZodString>>
	>,
);

/** What nobody guesses and a header can hold. */
export const CLIENT_TOKEN = /^\S{16,}$/;
export const CLIENT_TOKEN_SHAPE = 'expected at least 16 characters and no space, as `openssl rand -base64 32` prints';

const clientSchema = z.strictObject({
	name: required(
		z.string().regex(/^[a-z][a-z0-9-]{0,23}$/, 'expected up to 24 small letters, digits and hyphens, a letter first'),
		'What it is called in threads, grants and the audit.',
	),
	token: required(
		z.string().regex(CLIENT_TOKEN, CLIENT_TOKEN_SHAPE),
		`What it sends as \`Authorization: Bearer\`, best as \${NAME}.`,
		{ env: true, secret: true },
	),
});

/** `access.yaml`: who may do what, and how much may be spent. */
export const accessFileSchema = z.strictObject({
	roles: required(z.record(text.regex(/^[a-z][a-z0-9-]*$/), roleSchema), 'Roles by name.'),
	given: required(given, 'Roles that people have without their being granted.'),
	grants: field(z.array(grantSchema), 'Roles for people and groups, by id.'),
	people: field(
		z.array(z.array(text).min(2)),
		'Accounts that belong to one human, each as platform:tenant:user: they count once where several people must agree.',
	),
	clients: field(z.array(clientSchema), 'Other systems that may ask over HTTP. Default: none, and nobody may.'),
	budgets: field(
		z.strictObject({
			limits: field(z.array(budgetSchema), 'Limits of spending.'),
			assumed_output_tokens: field(z.number().int().positive(), 'For agents without `max_tokens`. Default 32000.'),
			assumed_price: field(priceSchema, 'For models without a price. Default 15 and 75 US dollars.'),
		}),
		'How much may be spent.',
	),
});
export type AccessFile = z.infer<typeof accessFileSchema>;
