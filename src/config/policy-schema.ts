import { z } from 'zod';
import { riskSchema } from '../core/approval.ts';
import { field, required } from './field.ts';

const text = z.string().min(1).max(1_000);
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const share = z.number().min(0).max(1);
const people = z.number().int().min(1).max(20);
const minutes = z.number().positive().max(43_200);

const argumentSchema = z.strictObject({
	equals: field(scalar, 'The value it must have.'),
	in: field(z.array(scalar).min(1), 'One of these values.'),
	matches: field(text, 'A regular expression that the whole of it must match.', { opaque: true }),
	any: field(z.literal(true), 'Whatever it is.'),
});
export type ArgumentConfig = z.infer<typeof argumentSchema>;

const toolPatternSchema = z.strictObject({
	source: field(text, 'The MCP server or toolset; `*` stands for any characters.'),
	tool: field(text, 'The name of the tool, with or without the server in front; `*` stands for any characters.'),
});

const matchSchema = toolPatternSchema.extend({
	effects: field(
		z.array(z.enum(['none', 'workspace', 'external', 'irreversible'])).min(1),
		'What the tool does to the world. Default: anything.',
	),
	arguments: field(
		z.record(text, argumentSchema),
		'Arguments by their path, with dots. Of lists one member is enough; for `verdict: allow` every member counts, and every argument of the call must be named.',
	),
});

const tiers = z.array(z.array(text));

const ruleSchema = z.strictObject({
	rule: required(text.max(100), 'Its name, which cards, refusals and the audit show.'),
	match: required(matchSchema, 'Which calls it is about.'),
	verdict: required(z.enum(['deny', 'ask', 'allow']), 'What becomes of them.'),
	risk: field(riskSchema, 'How much harm they can do. Default medium.'),
	needed: field(people, 'How many different people must approve; at least as many as the risk demands.'),
	text: field(text, 'Why, for the people who read the card.', { prose: true }),
	for_run: field(
		z.array(text),
		'Lets people approve for the whole run; the arguments named here must then stay the same. Never for what cannot be undone, for the shell, or above medium risk.',
	),
	approvers: field(
		tiers,
		'Roles of those who may decide, a list for each group that it goes to in turn. Default: whoever has the permission. An empty list: nobody.',
	),
	expiry_minutes: field(minutes, 'How long it may wait; at most as long as the risk allows.'),
});
export type RuleConfig = z.infer<typeof ruleSchema>;

const byRisk = <T extends z.ZodType>(value: T, of: string) =>
	z.strictObject({
		low: field(value, `${of} of low risk.`),
		medium: field(value, `${of} of medium risk.`),
		high: field(value, `${of} of high risk.`),
		critical: field(value, `${of} of critical risk.`),
	});

/** A risk policy file: what runs, what waits for people, and what is refused. */
export const policyFileSchema = z.strictObject({
	rules: field(
		z.array(ruleSchema),
		'In any order: what denies goes before what asks, and that before what allows; of several that ask, the strictest of everything counts.',
	),
	external: field(riskSchema, 'Risk of a call that acts outside and that no rule knows. Default low.'),
	irreversible: field(riskSchema, 'Risk of a call that cannot be undone and that no rule knows. Default medium.'),
	taint: field(
		z.strictObject({
			risk: field(riskSchema, 'Risk of a call that changes something outside. Default high.'),
			reads: field(riskSchema, 'Risk of a call that only reads outside, or reads private data. Default medium.'),
			private: field(z.array(toolPatternSchema), 'Tools that touch private data.'),
		}),
		'Runs that have read what anyone may have written, such as a web page.',
	),
	people: field(byRisk(people, 'How many must approve a call'), 'Default 1, and 2 at critical risk.'),
	expiry_minutes: field(byRisk(minutes, 'How long a call may wait'), 'Default 30, and 10 at critical risk.'),
	remind_after: field(share, 'Share of that time after which people are reminded. Default 0.25.'),
	escalate_after: field(share, 'Share of that time after which the next group is asked. Default 0.5.'),
	open_cards: field(z.number().int().min(1).max(1_000), 'The most requests that wait in one channel. Default 10.'),
	requester_up_to: field(riskSchema, 'The highest risk at which whoever asked may approve. Default medium.'),
	alone: field(
		z.array(z.enum(['terminal', 'web', 'discord', 'slack'])),
		'Where one person is enough and may be the one who asked. Default terminal and web: whoever decides there has the machine, or the password of the page.',
	),
	judge: field(
		z.strictObject({
			team: required(text, 'The team whose first agent has the model.'),
			timeout_seconds: field(z.number().positive().max(600), 'Default 20.'),
		}),
		'A model that sees the tool and the arguments of a call that changes something outside, and may raise its risk. Default: none.',
	),
});
export type PolicyFile = z.infer<typeof policyFileSchema>;

/** JSON Schema of a risk policy, for completion in editors: `config/schemas/risk-policy.schema.json`. */
export function policyJsonSchema(): Record<string, unknown> {
	const { $schema, ...schema } = z.toJSONSchema(policyFileSchema, { io: 'input' });
	return {
		$schema,
		title: 'MassGen Chat risk policy',
		description: 'Which calls of tools run by themselves, which wait for people, and which are refused.',
		...schema,
	};
}
