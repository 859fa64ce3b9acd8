import type { z } from 'zod';
import type { Principal } from './gateway.ts';

/** What commands may do. `bot.ts` implements it. */
export interface Bot {
	/** Starts a run and returns its id. Throws `input_invalid` and `team_unknown` with a message for the person. */
	ask(request: AskRequest): Promise<string>;
	/**
	 * Takes up an interrupted run (null: the latest) and returns its id; its thread is shown in `session`.
	 * Throws `run_unknown` when there is none to take up.
	 */
	resume(run: string | null, session: string): Promise<string>;
	/** The requester's choice among tied agents; false when the run no longer waits for it. */
	choose(run: string, agent: string): Promise<boolean>;
	/** Stops a run for good; false when it is not running. */
	stop(run: string): Promise<boolean>;
}

export interface AskRequest {
	session: string;
	principal: Principal;
	question: string;
	/** A team's name; null: the default team. */
	team: string | null;
	/** Skip coordination: the team's first agent answers directly. */
	quick: boolean;
}

export interface CommandContext {
	session: string;
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
