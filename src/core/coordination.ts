import { z } from 'zod';
import { keptFilesSchema } from './kept-files.ts';

/** Why an outcome of a turn was not accepted. The agent is told so, in words of `agents/instructions`. */
export const refusalSchema = z.enum([
	'no_call',
	'several_votes',
	'several_answers',
	'vote_and_answer',
	'arguments_invalid',
	'empty_answer',
	'duplicate_answer',
	'not_novel',
	'answer_limit',
	'no_answers',
	'unknown_agent',
	'self_vote',
	'stale_vote',
]);
export type Refusal = z.infer<typeof refusalSchema>;

export const deadlineScopeSchema = z.enum(['first_answer', 'turn', 'presentation', 'choice', 'run', 'budget']);
export type DeadlineScope = z.infer<typeof deadlineScopeSchema>;

/** How often this agent has been started in this run, counted from 1; a signal of an older attempt is ignored. */
const attempt = z.number().int().positive();
const agent = z.string();
/** What the agent's folder held then; left out: nothing. */
const files = keptFilesSchema.optional();

export const verdictSchema = z.discriminatedUnion('type', [
	z.object({ type: z.literal('submit') }),
	z.object({ type: z.literal('restart'), reason: z.string(), instructions: z.string() }),
]);
export type Verdict = z.infer<typeof verdictSchema>;

/** What happened, for the coordination. Persisted in the run's journal. */
export const signalSchema = z.discriminatedUnion('type', [
	z.object({ type: z.literal('answered'), agent, attempt, content: z.string(), files }),
	/** `target` is the anonymous name; the version is the one that the turn was shown. */
	z.object({ type: z.literal('voted'), agent, attempt, target: z.string(), reason: z.string() }),
	/** An evaluating agent has begun to write a new answer, so its turn is not aborted by another's. */
	z.object({ type: z.literal('writing'), agent, attempt }),
	/** `fatal`: trying again cannot help. */
	z.object({
		type: z.literal('agent_failed'),
		agent,
		attempt,
		code: z.string(),
		message: z.string(),
		fatal: z.boolean(),
	}),
	/** The requester's choice among the agents tied in this orchestration (real id). */
	z.object({ type: z.literal('chosen'), agent, orchestration: z.number().int().positive() }),
	z.object({ type: z.literal('presented'), agent, attempt, content: z.string(), files }),
	z.object({ type: z.literal('reviewed'), agent, attempt, verdict: verdictSchema }),
	/**
	 * `agent` and `attempt` go with the scopes `turn` and `presentation`; `orchestration` (the number of the
	 * orchestration it belongs to, from 1) with `first_answer` and `choice`.
	 */
	z.object({
		type: z.literal('deadline'),
		scope: deadlineScopeSchema,
		agent: z.string().optional(),
		attempt: attempt.optional(),
		orchestration: z.number().int().positive().optional(),
	}),
	/** It was taken up again and again, and each time the process died over it or failed. */
	z.object({ type: z.literal('given_up') }),
	/** `by`: who stopped the run, as people know them. */
	z.object({ type: z.literal('cancel'), by: z.string().nullable() }),
]);
export type Signal = z.infer<typeof signalSchema>;

/** An answer's public label: `agent2.3` is the third answer of the agent whose anonymous name is `agent2`. */
export const labelOf = (name: string, version: number): string => `${name}.${version}`;

export const tallyRowSchema = z.object({
	agent: z.string(),
	label: z.string(),
	votes: z.number().int().nonnegative(),
	voters: z.array(z.string()),
});
export type TallyRow = z.infer<typeof tallyRowSchema>;

export const voteSchema = z.object({ agent: z.string(), target: z.string(), label: z.string(), reason: z.string() });
/** A counted vote: real ids of voter and target, label of the version it names. */
export type Vote = z.infer<typeof voteSchema>;

export const closedBySchema = z.enum(['all_voted', 'all_failed', 'run_deadline', 'budget', 'skipped']);
export type ClosedBy = z.infer<typeof closedBySchema>;

/** What is missing from a full result, so that it can be said. */
export const shortfallSchema = z.enum([
	'below_quorum',
	'agent_out',
	'first_answer_deadline',
	'turn_deadline',
	'presentation_deadline',
	'run_deadline',
	'budget_exhausted',
	'no_votes',
	'choice_deadline',
	'presentation_empty',
	'presentation_failed',
	'cancelled',
	'given_up',
]);
export type Shortfall = z.infer<typeof shortfallSchema>;

export const outcomeSchema = z.enum(['answered', 'partial', 'failed', 'stopped']);
/**
 * `answered`: a full result. `partial`: an answer with shortfalls that concern the result's standing.
 * `failed`: no answer. `stopped`: a person stopped the run.
 */
export type Outcome = z.infer<typeof outcomeSchema>;
