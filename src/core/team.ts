import { z } from 'zod';

const level = z.enum(['lenient', 'balanced', 'strict']);
const milliseconds = z.number().int().positive().nullable();

/** The rules of one team's coordination. Every limit that may be null is then without limit. */
export const rulesSchema = z.object({
	/**
	 * `gathered`: nobody evaluates until everybody has answered (2N + 1 model calls in the ordinary run).
	 * `eager`: evaluation starts with the first answer, as in the original MassGen.
	 */
	schedule: z.enum(['gathered', 'eager']).default('gathered'),
	/** How good an answer must be before agents are told to vote for it. */
	sensitivity: level.default('lenient'),
	/** How different a new answer must be from those that stand when it is given: `balanced` at most 70 % shared words, `strict` 50 %. */
	novelty: level.default('lenient'),
	/** Accepted answers per agent, counted anew after a restart of the orchestration. */
	answerLimit: z.number().int().positive().nullable().default(2),
	selfVotes: z.boolean().default(true),
	tieBreak: z.enum(['order', 'earliest', 'requester']).default('order'),
	/** Answers needed for a full result; null: one from every agent. Fewer is disclosed as partial. */
	quorum: z.number().int().positive().nullable().default(null),
	/** How often the review may send the team back to work. 0 switches the review off. */
	restarts: z.number().int().nonnegative().default(0),
	/** The first agent answers directly: no other answers, no votes. */
	skipCoordination: z.boolean().default(false),
	/** Replies without a valid outcome that one turn may use up before its agent is out. */
	replyLimit: z.number().int().positive().default(3),
	/** Failed turns in a row before an agent is out. */
	failureLimit: z.number().int().positive().default(3),
	/** Model replies one turn may take, tool rounds included. */
	stepLimit: z.number().int().positive().default(60),
	/** Most tools that a turn is offered at first; the others are looked up. What is built in always stays. */
	mostTools: z.number().int().positive().default(30),
	/** Most tasks of the plan that each agent may keep for itself; null: agents have no such plan. */
	maxTasks: z.number().int().positive().max(100).nullable().default(null),
	/** While the team coordinates, agents describe irreversible actions and do not perform them. */
	planning: z.boolean().default(true),
	deadlines: z
		.object({
			firstAnswerMs: milliseconds.default(600_000),
			turnMs: milliseconds.default(900_000),
			presentationMs: milliseconds.default(600_000),
			/** How long the requester may take to break a tie. */
			choiceMs: milliseconds.default(120_000),
			runMs: milliseconds.default(1_800_000),
		})
		.prefault({}),
	budget: z
		.object({
			/** Millionths of a US dollar. Calls of unknown price cannot count towards it. */
			costMicroUsd: z.number().int().positive().nullable().default(null),
			/** Input and output tokens together. */
			tokens: z.number().int().positive().nullable().default(null),
			modelCalls: z.number().int().positive().nullable().default(null),
		})
		.prefault({}),
});
export type Rules = z.infer<typeof rulesSchema>;

/** Who sits at the table. How its backend is reached stays in the configuration, out of journals and events. */
export const memberSchema = z.object({
	/** Unique in its team; people see it, other agents never do. */
	id: z.string().min(1).max(100),
	/** For people: `openai gpt-5`. Never a key or an address. */
	model: z.string(),
});

export const teamSchema = z.object({
	name: z.string().min(1).max(100),
	/** Shown in lists. */
	description: z.string().default(''),
	/** At least one, with unique ids; their order is the registration order that tie rules speak of. */
	members: z.array(memberSchema).min(1).max(32),
	rules: rulesSchema,
});
/** A named list of agents and the rules of their coordination. */
export type Team = z.infer<typeof teamSchema>;
