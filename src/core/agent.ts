import { z } from 'zod';
import type { ApprovalItem } from './approval.ts';
import type { Attachment } from './attachment.ts';
import type { Refusal, Verdict } from './coordination.ts';
import type { Digest, Exchange } from './history.ts';
import type { KeptFiles } from './kept-files.ts';
import type { Recalled } from './memory.ts';
import type { Message } from './message.ts';
import type { PlannedTask } from './task-plan.ts';
import type { ModelCall } from './usage.ts';

/** An answer as an agent may see it: anonymous. */
export interface SeenAnswer {
	name: string;
	version: number;
	content: string;
	/** Id of what its author's folder held then; left out: nothing. */
	files?: string | undefined;
	/** Written by the agent whose turn this is. Only the presentation says so to the model. */
	mine: boolean;
}

/** Why the team was sent back to work, told in the first message of the next orchestration. */
export interface Feedback {
	/** Number of the orchestration that starts now, from 2. */
	orchestration: number;
	reason: string;
	instructions: string;
	previousAnswer: string;
}

interface TurnFacts {
	run: string;
	/** The agent's real id. For logs and the scripted backend; never put into a prompt. */
	agent: string;
	/** The agent's own anonymous name. */
	name: string;
	attempt: number;
	/** The attempt in which `transcript` was begun; of a new turn its own. */
	origin: number;
	question: string;
	/** Files of the conversation, this question's and earlier ones'. */
	attachments: readonly Attachment[];
	/** Oldest first. */
	history: readonly Exchange[];
	/** What is kept of the first of them; null: nothing. */
	digest: Digest | null;
	/** What is remembered of the place: data. Left out: nothing. */
	memories?: readonly Recalled[];
	feedback: Feedback | null;
	/** Where an interrupted turn of the same kind had got to; empty for a new turn. */
	transcript: readonly Message[];
	/**
	 * Calls of `transcript` without a result that an earlier process had begun: the effect key of each by call id.
	 * Whether they happened is not known.
	 */
	begun: ReadonlyMap<string, string>;
	/** The run has read what anyone may have written. */
	tainted: boolean;
	/** Id of the files its folder held at the last point that was kept; null: none. */
	files: string | null;
	/** Its task plan as it was kept last; empty: none. */
	plan: readonly PlannedTask[];
	/** Replies without a valid outcome that were already used up by `transcript`. */
	repliesUsed: number;
	/**
	 * Set when `transcript` is that of a turn that newer answers made moot: the agent is told what arrived
	 * and goes on with its work.
	 */
	updated: boolean;
	/** Milliseconds since the epoch at which the turn was prepared; prompts state the date. */
	now: number;
	/** `tools`: how many are offered at first. */
	limits: { replies: number; steps: number; tools: number };
	planning: boolean;
}

export interface AnswerTurn extends TurnFacts {
	kind: 'answer';
	answers: readonly [];
	check(outcome: ProposedOutcome): Refusal | null;
}

export interface EvaluateTurn extends TurnFacts {
	kind: 'evaluate';
	answers: readonly SeenAnswer[];
	/** Anonymous names that may be voted for. */
	votable: readonly string[];
	/** False at the answer limit: only a vote is offered. */
	mayAnswer: boolean;
	sensitivity: 'lenient' | 'balanced' | 'strict';
	novelty: 'lenient' | 'balanced' | 'strict';
	/**
	 * Judges an outcome by the state of the run at this moment. Null: nothing the agent could correct; a vote for a
	 * version that was replaced meanwhile is set aside without blame.
	 */
	check(outcome: ProposedOutcome): Refusal | null;
}

export interface PresentTurn extends TurnFacts {
	kind: 'present';
	/** Empty when coordination was skipped. */
	answers: readonly SeenAnswer[];
	votes: number;
	voters: number;
	reasons: readonly string[];
	tieBreak: 'order' | 'earliest' | 'requester' | null;
}

export interface ReviewTurn extends TurnFacts {
	kind: 'review';
	answers: readonly SeenAnswer[];
	presented: string;
}

/** One go of one agent. */
export type Turn = AnswerTurn | EvaluateTurn | PresentTurn | ReviewTurn;

export type ProposedOutcome = { type: 'answered'; content: string } | { type: 'voted'; target: string; reason: string };

/** Every ending says which model calls came after the last `saved`. */
interface Ending {
	calls: readonly ModelCall[];
}

/** A tool call at the moment before it runs. */
export const begunCallSchema = z.object({
	callId: z.string(),
	/** The same whenever this one call is made again. */
	effectKey: z.string(),
	/** What it gives back may be written by anyone. */
	taints: z.boolean(),
});
export type BegunCall = z.infer<typeof begunCallSchema>;

export type AgentEvent =
	| { type: 'text_delta'; text: string }
	| { type: 'tool_started'; tool: string; label: string }
	/** A short line for people on how far a running tool is. Foreign text. */
	| { type: 'tool_progressed'; tool: string; text: string }
	| { type: 'tool_finished'; tool: string; label: string; isError: boolean }
	/** A new answer is being written in an evaluation. At most once a turn. */
	| { type: 'writing' }
	/** A backend repeats a failed try. For boards and logs. */
	| { type: 'retried'; message: string; delayMs: number }
	/**
	 * A point to continue from. The turn goes on only when the consumer asks for the next event, so the
	 * consumer can make it durable first. `messages` are the new ones since the last `saved`.
	 */
	| {
			type: 'saved';
			messages: readonly Message[];
			calls: readonly ModelCall[];
			repliesUsed: number;
			/** Tool calls that begin once this is durable. */
			begins?: readonly BegunCall[] | undefined;
			/** The agent's task plan, when it has changed since the last `saved`. */
			plan?: readonly PlannedTask[] | undefined;
	  }
	/** `content` of a presentation, or of a new answer. `files`: what the agent's folder holds now; left out: nothing. */
	| ({ type: 'answered'; content: string; files?: KeptFiles | undefined } & Ending)
	| ({ type: 'voted'; target: string; reason: string } & Ending)
	| ({ type: 'reviewed'; verdict: Verdict } & Ending)
	/** Calls wait for people; everything before them is saved. The same turn goes on from there when they have decided. */
	| ({ type: 'suspended'; items: readonly ApprovalItem[]; files?: KeptFiles | undefined } & Ending)
	| ({ type: 'failed'; code: string; message: string; fatal: boolean } & Ending);

/**
 * One participant. `run` never throws once started and ends with exactly one of `answered`, `voted`,
 * `reviewed`, `suspended` and `failed`. An abort ends it within a second with `failed` and code `aborted`.
 */
export interface Agent {
	readonly id: string;
	run(turn: Turn, signal: AbortSignal): AsyncIterable<AgentEvent>;
	close(): Promise<void>;
}
