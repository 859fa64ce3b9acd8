import type { z } from 'zod';
import type { Principal } from './gateway.ts';
import type { Say } from './say.ts';

/** What commands may do. `bot.ts` implements it. */
export interface Bot {
	/**
	 * Starts a run, or puts the question in line behind the session's run.
	 * Throws `input_invalid` and `team_unknown` with a message for the person.
	 */
	ask(request: AskRequest): Promise<Asked>;
	/**
	 * Takes up an interrupted run (null: the latest) and returns its id; its thread is shown in `session`.
	 * Throws `run_unknown` when there is none to take up.
	 */
	resume(run: string | null, session: string): Promise<string>;
	/** The requester's choice among the agents tied in an orchestration; false when the run no longer waits for it. */
	choose(run: string, orchestration: number, agent: string): Promise<boolean>;
	/** Stops the session's run for good, ahead of anything that waits; false when none is running. */
	stop(session: string, by: string): Promise<boolean>;
	/**
	 * Puts a finished run's question again (null: the session's latest run). While a retry of it is running or
	 * waiting, that one is meant. Throws `run_unknown` when there is none, `input_invalid` while it still runs.
	 */
	retry(request: RetryRequest): Promise<Asked>;
}

/** Where a question got to. `position` counts from 1. */
export type Asked = { type: 'started'; run: string } | { type: 'queued'; position: number };

export interface AskRequest {
	/** Names the question while it waits. */
	id: string;
	session: string;
	principal: Principal;
	question: string;
	/** A team's name; null: the default team. */
	team: string | null;
	/** Skip coordination: the team's first agent answers directly. */
	quick: boolean;
}

export interface RetryRequest {
	/** Names the question while it waits. */
	id: string;
	session: string;
	principal: Principal;
	/** Null: the session's latest run. */
	run: string | null;
}

export interface CommandContext {
	/** The inbound's id: the same for a second delivery. */
	id: string;
	session: string;
	say: Say;
	principal: Principal;
	reply(text: string): Promise<void>;
}

/** One slash command, the same on every platform. */
export interface Command<Options extends z.ZodType = z.ZodType> {
	readonly name: string;
	readonly description: string;
	/** What a role must hold to use it. */
	readonly permission: string;
	readonly options: Options;
	run(options: z.output<Options>, bot: Bot, context: CommandContext): Promise<void>;
}
