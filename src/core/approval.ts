import { z } from 'zod';

/** How much harm a call can do, least first. */
export const riskSchema = z.enum(['low', 'medium', 'high', 'critical']);
export type Risk = z.infer<typeof riskSchema>;

/** Milliseconds since the epoch. */
const at = z.number().int();

/** A person, as their platform knows them; the same human on another platform is another one unless they are linked. */
export const personSchema = z.object({ platform: z.string(), tenant: z.string(), user: z.string() });
export type Person = z.infer<typeof personSchema>;

export const approvalVoteSchema = z.object({
	by: personSchema,
	decision: z.enum(['approve', 'deny']),
	at,
	/** Where it was given: `thread`, `page`, `terminal`, `command`. */
	via: z.string(),
	/** Whoever approved it did so for the whole run, as far as `grant` says. */
	forRun: z.boolean(),
});
export type ApprovalVote = z.infer<typeof approvalVoteSchema>;

/**
 * `superseded`: what would run is no longer what was asked about; another request has taken its place.
 * `cancelled`: the run was stopped or ended first.
 */
const itemStateSchema = z.enum(['pending', 'approved', 'denied', 'expired', 'superseded', 'cancelled']);

/** One tool call that waits for people. */
export const approvalItemSchema = z.object({
	/** The effect key of the call, which names it for good. */
	callId: z.string(),
	/**
	 * `run`: may it run? `outcome`: it was begun by a process that died, and nobody knows whether it happened: what now?
	 */
	question: z.enum(['run', 'outcome']),
	/** The name that models know. */
	tool: z.string(),
	/** The MCP server or the toolset it belongs to. */
	source: z.string(),
	effects: z.enum(['none', 'workspace', 'external', 'irreversible']),
	/** The tool's own fingerprint, and the key of what was known of the tool when it was asked about. */
	fingerprint: z.string(),
	definition: z.string(),
	/** The exact arguments as canonical JSON. Foreign text: anything may be in it. */
	arguments: z.string(),
	/** The arguments as the model called it, before any edit. */
	proposed: z.string(),
	/** The run had read what anyone may have written. */
	tainted: z.boolean(),
	/** SHA-256, in hex, over everything that makes the call what it is. */
	digest: z.string(),
	risk: riskSchema,
	/** Why it is held: the rule, and what the rule says for people. */
	reasons: z.array(z.object({ rule: z.string(), text: z.string() })),
	/** What the model said when it called, in its own words; empty when it said nothing. Foreign text. */
	said: z.string(),
	/** How many different people must approve. */
	needed: z.number().int().positive(),
	/**
	 * Roles of those who may decide, one list for each group that it goes to in turn; null: everybody who has the
	 * permission, a list without roles: nobody.
	 */
	approvers: z.array(z.array(z.string())).nullable(),
	/** How long it may wait, in milliseconds. */
	waitMs: z.number().int().positive(),
	votes: z.array(approvalVoteSchema),
	state: itemStateSchema,
	/** Why it was denied, in a person's words; null: no reason was given, or it was not denied. */
	denial: z.string().nullable(),
	/** 1, and one more after each edit. A decision names the revision it was made on. */
	revision: z.number().int().positive(),
	editedBy: personSchema.nullable(),
	/** The arguments before the last edit, or what was approved before it changed; null: nothing of the kind. */
	before: z.string().nullable(),
	/** What an approval "for this run" would cover, spelt out; null: the policy does not offer it. */
	grant: z.string().nullable(),
	/** The arguments that must be the same for such an approval to cover another call of the tool; null: no such offer. */
	width: z.array(z.string()).nullable(),
	/** The answer to `outcome`; null: not given. */
	outcome: z.enum(['happened', 'again', 'abandon']).nullable(),
	/** What has become of an approved call. `unknown`: begun, and its end was never seen. */
	effect: z.enum(['none', 'started', 'done', 'failed', 'unknown']),
});
export type ApprovalItem = z.infer<typeof approvalItemSchema>;

/** A saved question about the calls of one turn: one card, an item for each call. */
export const approvalSchema = z.object({
	v: z.literal(1),
	/** 128 random bits, 22 characters of base64url. */
	id: z.string(),
	run: z.string(),
	session: z.string(),
	agent: z.string(),
	/** Its anonymous name. */
	name: z.string(),
	attempt: z.number().int().positive(),
	/** Language of whoever asked the run's question; null: the process's own. */
	locale: z.string().nullable(),
	/** First characters of the run's question. */
	title: z.string(),
	/** Whose question the run answers; null: not known. */
	requester: personSchema.nullable(),
	/** Who may decide: names of roles, and of people who have them. */
	deciders: z.string(),
	items: z.array(approvalItemSchema).min(1),
	createdAt: at,
	/** After it every item that is pending is expired, whether somebody has noticed or not. */
	expiresAt: at,
	/** When a reminder was sent; null: not yet. */
	remindedAt: at.nullable(),
	/** 0, and one more each time it went to the next group of people, or to all again where there is no next one. */
	tier: z.number().int().nonnegative(),
	/** Version of the policy that judged it: a SHA-256 in hex. */
	policy: z.string(),
	/** Further calls in the channel that were refused unasked, because as many requests as the policy allows were open. */
	heldBack: z.number().int().nonnegative(),
});
export type Approval = z.infer<typeof approvalSchema>;

/** Whether an approval still waits for somebody. */
export const isOpen = ({ items }: Approval): boolean => items.some(({ state }) => state === 'pending');

/** What a person decides about one item, or about all that are pending (`callId` null). */
export interface ApprovalDecision {
	/** Id of the approval. */
	approval: string;
	callId: string | null;
	/** The revision that the person saw; null: of all items, as they were shown. */
	revision: number | null;
	verdict:
		| { type: 'approve'; forRun: boolean }
		| { type: 'deny'; reason: string | null }
		/** `arguments`: JSON text as the person wrote it. */
		| { type: 'edit'; arguments: string }
		| { type: 'outcome'; outcome: 'happened' | 'again' | 'abandon' };
}
