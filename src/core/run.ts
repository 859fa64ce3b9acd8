import { z } from 'zod';
import { begunCallSchema } from './agent.ts';
import { approvalSchema, personSchema } from './approval.ts';
import { attachmentSchema } from './attachment.ts';
import { outcomeSchema, signalSchema } from './coordination.ts';
import { digestSchema, exchangeSchema } from './history.ts';
import { keptFilesSchema } from './kept-files.ts';
import { recalledSchema } from './memory.ts';
import { messageSchema } from './message.ts';
import { plannedTaskSchema } from './task-plan.ts';
import { memberSchema, teamSchema } from './team.ts';
import { modelCallSchema } from './usage.ts';

/** Longest question in characters (UTF-16 code units). Longer material belongs in a file. */
export const MAX_QUESTION = 100_000;

export const verbositySchema = z.enum(['quiet', 'normal', 'full']);
/** `quiet`: board and result. `normal`: all of the thread. `full`: nothing of it shortened. */
export type Verbosity = z.infer<typeof verbositySchema>;

/** How and to whom a run is shown. */
export const showingSchema = z.object({
	/** Who asked, as the platform knows them. */
	askedBy: z.string().nullable(),
	/** Their language, a BCP 47 tag; null: the process's own. */
	locale: z.string().nullable(),
	verbosity: verbositySchema,
});
export type Showing = z.infer<typeof showingSchema>;

/** Shown to nobody in particular. */
export const plainShowing: Showing = { askedBy: null, locale: null, verbosity: 'normal' };

/** What a run was asked, complete: nothing else is needed to resume it but the team's configuration. */
export const runInputSchema = z.object({
	session: z.string(),
	question: z.string().min(1).max(MAX_QUESTION),
	/** The run whose question was put again. */
	retryOf: z.string().nullable(),
	history: z.array(exchangeSchema),
	/** What a model has kept of the first of `history`; null: nothing. */
	digest: digestSchema.nullable().default(null),
	team: teamSchema,
	/** Anonymous name by member id, shuffled once per run. */
	names: z.record(memberSchema.shape.id, z.string()),
	showing: showingSchema.default(plainShowing),
	/** Whose question it is; null: not known. */
	requester: personSchema.nullable().default(null),
	/** Id of the files that the conversation's last winner left; every agent's folder begins with them. Null: none. */
	files: z.string().nullable().default(null),
	attachments: z.array(attachmentSchema).default([]),
	/** What is remembered of the place. None in the journal itself: what is forgotten must go. */
	memories: z.array(recalledSchema).default([]),
	/** Whether some of it is foreign, also when that was forgotten since. */
	hasForeignMemories: z.boolean().default(false),
});
export type RunInput = z.infer<typeof runInputSchema>;

/** Milliseconds since the epoch. */
const at = z.number().int();

/**
 * One line of a run's journal, version 1. The journal is the truth: state, events and the thread are
 * derived from it. `calls` are the model calls that nothing earlier in the journal has accounted for.
 */
export const journalEntrySchema = z.discriminatedUnion('type', [
	z.object({ v: z.literal(1), type: z.literal('opened'), at, run: z.string(), input: runInputSchema }),
	/** A process has taken the run up after another left it, or `begins` it: nobody had worked on it before. */
	z.object({ v: z.literal(1), type: z.literal('resumed'), at, begins: z.literal(true).optional() }),
	z.object({
		v: z.literal(1),
		type: z.literal('signalled'),
		at,
		signal: signalSchema,
		calls: z.array(modelCallSchema),
	}),
	/** A point in a turn to continue from. `messages` are the new ones since the turn's last `saved`. */
	z.object({
		v: z.literal(1),
		type: z.literal('saved'),
		at,
		agent: z.string(),
		attempt: z.number().int().positive(),
		messages: z.array(messageSchema),
		calls: z.array(modelCallSchema),
		repliesUsed: z.number().int().nonnegative(),
		/** Tool calls that were begun after this; those without a result in a later entry may have happened. */
		begins: z.array(begunCallSchema).optional(),
		/** The agent's task plan, where it has changed. */
		plan: z.array(plannedTaskSchema).optional(),
	}),
	/** A turn waits for people. */
	z.object({
		v: z.literal(1),
		type: z.literal('suspended'),
		at,
		agent: z.string(),
		attempt: z.number().int().positive(),
		approval: approvalSchema,
		files: keptFilesSchema.optional(),
		calls: z.array(modelCallSchema),
	}),
	/** A request has changed: a vote, a decision, a reminder. With the last decision the turn goes on. */
	z.object({ v: z.literal(1), type: z.literal('approval'), at, approval: approvalSchema }),
]);
export type JournalEntry = z.infer<typeof journalEntrySchema>;

/** The index record of a run, beside its journal. */
export const runRecordSchema = z.object({
	id: z.string(),
	session: z.string(),
	/** The first 200 characters. */
	question: z.string(),
	team: z.string(),
	status: z.enum(['running', 'finished']),
	/** Set with `finished`. */
	result: z
		.object({
			outcome: outcomeSchema,
			answer: z.string().nullable(),
			/** What the winner's folder held; left out: nothing. */
			files: keptFilesSchema.optional(),
			finishedAt: at,
		})
		.nullable(),
	startedAt: at,
});
export type RunRecord = z.infer<typeof runRecordSchema>;
