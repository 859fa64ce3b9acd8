import { z } from 'zod';
import { approvalSchema } from './approval.ts';
import {
	closedBySchema,
	deadlineScopeSchema,
	outcomeSchema,
	refusalSchema,
	shortfallSchema,
	tallyRowSchema,
	verdictSchema,
	voteSchema,
} from './coordination.ts';
import { keptFilesSchema } from './kept-files.ts';
import { recalledSchema } from './memory.ts';
import { plannedTaskSchema } from './task-plan.ts';
import { memberSchema, rulesSchema } from './team.ts';
import { modelCallSchema, spendSchema } from './usage.ts';

const runId = z.string().describe('Id of the run.');
const at = z.number().int().describe('When it happened, in milliseconds since the epoch.');
const agent = z.string().describe("The agent's id in its team.");
const attempt = z.number().int().positive().describe('How often this agent has been started in this run, from 1.');
const label = z
	.string()
	.describe('An answer version: `agent2.3` is the third answer of the agent with the anonymous name agent2.');

/** A fact of the journal. `seq` counts them from 1 without gaps, the same after every resume. */
const lasting = {
	run: runId,
	seq: z.number().int().positive().describe('Position among the lasting events of the run, from 1.'),
	at,
};
/** Shown while it happens and not kept: it has no `seq` and does not come again after a resume. */
const passing = { run: runId, at };

const turnKind = z.enum(['answer', 'evaluate', 'present', 'review']);

/** Everything that happens in a run, once, in the past tense. Public interface: fields are added, not changed. */
export const runEventSchema = z.discriminatedUnion('type', [
	z.object({
		type: z.literal('run_started'),
		...lasting,
		session: z.string(),
		question: z.string(),
		retryOf: z.string().nullable().describe('The run whose question was put again.'),
		askedBy: z.string().nullable().describe('Who asked, as their platform knows them.'),
		team: z.string(),
		members: z.array(memberSchema.extend({ name: z.string().describe('Its anonymous name in this run.') })),
		rules: rulesSchema,
		memories: z.array(recalledSchema).optional().describe('What the agents were told is remembered of the place.'),
	}),
	z.object({
		type: z.literal('run_resumed'),
		...lasting,
		begins: z.literal(true).optional().describe('Nobody had worked on it before: a worker has begun it.'),
	}),
	z.object({
		type: z.literal('agent_started'),
		...lasting,
		agent,
		attempt,
		kind: turnKind,
		seen: z.array(label).describe('The answer versions in its prompt.'),
		orchestration: z.number().int().positive().describe('1, and one more after each restart by a review.'),
	}),
	z.object({ type: z.literal('text_delta'), ...passing, agent, attempt, kind: turnKind, text: z.string() }),
	z.object({ type: z.literal('tool_started'), ...passing, agent, attempt, tool: z.string(), label: z.string() }),
	z.object({
		type: z.literal('tool_finished'),
		...passing,
		agent,
		attempt,
		tool: z.string(),
		label: z.string(),
		isError: z.boolean(),
	}),
	z.object({ type: z.literal('tool_progressed'), ...passing, agent, attempt, tool: z.string(), text: z.string() }),
	z.object({ type: z.literal('call_retried'), ...passing, agent, attempt, message: z.string(), delayMs: z.number() }),
	z.object({ type: z.literal('model_called'), ...lasting, agent, call: modelCallSchema }),
	z.object({
		type: z.literal('answer_given'),
		...lasting,
		agent,
		attempt,
		label,
		version: z.number().int(),
		content: z.string(),
	}),
	z.object({ type: z.literal('answer_refused'), ...lasting, agent, attempt, refusal: refusalSchema }),
	z
		.object({ type: z.literal('vote_cast'), ...lasting, agent, attempt })
		.describe('For whom stays hidden until `vote_closed`.'),
	z.object({ type: z.literal('votes_voided'), ...lasting, by: label, voters: z.array(agent) }),
	z.object({
		type: z.literal('turn_aborted'),
		...lasting,
		agent,
		attempt,
		reason: z.enum(['new_answer', 'deadline', 'budget', 'vote_closed', 'cancelled']),
	}),
	z.object({
		type: z.literal('agent_failed'),
		...lasting,
		agent,
		attempt,
		code: z.string(),
		message: z.string(),
		out: z.boolean().describe('True: the agent has left the quorum. False: it tries again.'),
	}),
	z.object({ type: z.literal('stop_requested'), ...lasting, by: z.string().nullable() }),
	z.object({ type: z.literal('deadline_passed'), ...lasting, scope: deadlineScopeSchema, agent: agent.nullable() }),
	z.object({
		type: z.literal('vote_closed'),
		...lasting,
		by: closedBySchema,
		tally: z.array(tallyRowSchema).describe('One row per agent with an answer, most votes first.'),
		votes: z.array(voteSchema),
	}),
	z.object({
		type: z.literal('choice_requested'),
		...lasting,
		orchestration: z.number().int().positive(),
		candidates: z.array(agent),
	}),
	z.object({
		type: z.literal('winner_selected'),
		...lasting,
		agent,
		label: label.nullable().describe('Null when coordination was skipped.'),
		votes: z.number().int().nonnegative(),
		tie: z
			.object({ rule: z.enum(['order', 'earliest', 'requester']), tied: z.array(agent) })
			.nullable()
			.describe('Set when the winner was found by the tie rule.'),
	}),
	z.object({
		type: z.literal('presented'),
		...lasting,
		agent,
		content: z.string(),
		files: keptFilesSchema.optional().describe("What the agent's folder held then; left out: nothing."),
		source: z.enum(['model', 'stored']).describe('`stored`: the answer itself, because there was no presentation.'),
	}),
	z
		.object({ type: z.literal('approval_changed'), ...lasting, approval: approvalSchema })
		.describe('Calls wait for people, or one of them has changed; the newest state counts.'),
	z
		.object({ type: z.literal('plan_changed'), ...lasting, agent, attempt, tasks: z.array(plannedTaskSchema) })
		.describe("The agent's task plan, whole; it lasts over its turns."),
	z.object({ type: z.literal('reviewed'), ...lasting, agent, verdict: verdictSchema }),
	z.object({
		type: z.literal('run_finished'),
		...lasting,
		outcome: outcomeSchema,
		answer: z.string().nullable(),
		winner: agent.nullable(),
		answers: z.number().int().nonnegative().describe('Agents with an answer.'),
		agents: z.number().int().positive().describe('Agents in the team.'),
		shortfalls: z.array(shortfallSchema),
		spend: spendSchema,
		activeMs: z
			.number()
			.int()
			.nonnegative()
			.describe('Time from start to end, without the time in which no process held the run.'),
	}),
]);
export type RunEvent = z.infer<typeof runEventSchema>;
