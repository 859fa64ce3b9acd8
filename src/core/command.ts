import type { z } from 'zod';
import type { Permission, RoleBook } from './access.ts';
import type { Approval, ApprovalDecision, Risk } from './approval.ts';
import type { OfferedFile } from './attachment.ts';
import type { CommandForm } from './command-form.ts';
import type { Outcome } from './coordination.ts';
import type { BoardRow, MessageOf, Principal, TeamSummary, ThreadSummary } from './gateway.ts';
import type { MemoryBook, Recalled } from './memory.ts';
import type { RiskPolicy } from './risk-policy.ts';
import type { Verbosity } from './run.ts';
import type { Say } from './say.ts';
import type { ToolServerView } from './tool-pins.ts';

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
	/**
	 * The requester's choice among the agents tied in an orchestration; false when the run no longer waits for it, or is
	 * none of the session's. Whoever sits at the machine is shown runs of any session.
	 */
	choose(session: string, run: string, orchestration: number, agent: string): Promise<boolean>;
	/**
	 * What a person decides about calls that wait. What they are to be told privately, in their language; null: the card
	 * says it all.
	 */
	decide(
		decision: ApprovalDecision,
		by: Principal,
		how: { via: string; locale: string | null; request: string },
	): Promise<string | null>;
	/**
	 * Stops the session's run for good, ahead of anything that waits; false when none is running, or not `run`
	 * (null: whichever). In a channel as a whole: its only one. Throws `input_invalid` when it has several.
	 */
	stop(request: StopRequest): Promise<boolean>;
	/**
	 * Puts a finished run's question again (null: the session's latest run). While a retry of it is running or
	 * waiting, that one is meant. Throws `run_unknown` when there is none, `input_invalid` while it still runs.
	 */
	retry(request: RetryRequest): Promise<Asked>;
	/** How the session's latest run stands; in a channel as a whole: those that are running. Notes are in `locale`. */
	status(session: string, locale: string | null): Promise<readonly RunStatus[]>;
	/**
	 * Threads of the session's channel, the newest first and at most 20; on the terminal those of every process. `more`:
	 * there are older ones.
	 */
	threads(session: string): Promise<{ threads: readonly SessionView[]; more: boolean }>;
	/** Who voted for whom and why in a run (null: the session's latest) of this session; null when there is none. */
	why(session: string, run: string | null): Promise<Why | null>;
	/** Keeps what a person thinks of a run of this session (null: the latest); false when there is none. */
	rate(request: RateRequest): Promise<boolean>;
	/** The teams that can be named, the default one first, and what people should know about it. */
	teams(): Promise<{ teams: readonly TeamSummary[]; notes: readonly string[] }>;
	/** The MCP servers of the configuration and how their tools stand to what was accepted. */
	toolServers(): Promise<readonly ToolServerView[]>;
	/**
	 * Accepts what a server shows now of a tool (null: of all its tools); the names of those that were waiting for it.
	 * It is in the audit first. Throws `input_invalid` when there is no such server.
	 */
	acceptTools(server: string, tool: string | null, by: Principal): Promise<readonly string[]>;
	/** Who has which role, and the changes of that. */
	readonly roles: RoleBook;
	/** What is remembered of channels and people; left out or null: nothing is. */
	readonly memory?: MemoryBook | null;
	/** The requests that wait for people in a session, or in a channel as a whole; oldest first. */
	approvals(session: string): Promise<readonly Approval[]>;
	/** A request of the session's server or workspace; null: there is none of that id. */
	approval(session: string, id: string): Promise<Approval | null>;
	/** What decides whether a call runs, waits for people or is refused. */
	policy(): RiskPolicy;
	/** What would become of a call, and by which rule. Nothing is called. */
	tryPolicy(trial: PolicyQuestion): Promise<PolicyTrial>;
}

export interface SessionView extends ThreadSummary {
	/** Questions behind what runs. */
	waiting: number;
	/** What opens the thread; null: the platform has no such thing, or it is not there any more. */
	link: string | null;
}

export interface PolicyQuestion {
	/** The name that models know, or the one of its server. */
	tool: string;
	input: unknown;
	/** Language of who asks; null: the process's own. */
	locale: string | null;
}

/** What would become of a call. */
interface TriedRuling {
	verdict: 'run' | 'ask' | 'deny';
	risk: Risk;
	/** How many people must approve. */
	needed: number;
	reasons: readonly { rule: string; text: string }[];
}

export interface PolicyTrial {
	tool: string;
	/** False: there is no such tool, so the worst is assumed of it. */
	isKnown: boolean;
	clean: TriedRuling;
	/** In a run that has read what anyone may have written. */
	tainted: TriedRuling;
}

export interface StopRequest {
	session: string;
	/** Who stops it, as the platform knows them. */
	by: string;
	/** Throws when they may not stop a run of that person's (null: of nobody's in particular). */
	allow(askedBy: string | null): Promise<void>;
	run: string | null;
	locale: string | null;
}

export interface RunStatus {
	session: string;
	run: string;
	title: string;
	team: string;
	/** Milliseconds since the epoch. */
	startedAt: number;
	/** Null: it is running. */
	finished: Outcome | null;
	rows: readonly BoardRow[];
	/** Questions behind it. */
	waiting: number;
}

/** The votes of a run, none until the first has closed, and what it was given of the memory. */
export interface Why {
	/** Agent id to its name in the run and its model. */
	agents: readonly Pick<BoardRow, 'agent' | 'name' | 'model'>[];
	/** One for each orchestration, in order. */
	tallies: readonly MessageOf<'tally'>[];
	memories: readonly Recalled[];
}

export interface RateRequest {
	session: string;
	run: string | null;
	principal: Principal;
	verdict: 'good' | 'bad';
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
	verbosity: Verbosity;
	/** Language of who asked; null: the process's own. */
	locale: string | null;
	files: readonly OfferedFile[];
}

export interface RetryRequest {
	/** Names the question while it waits. */
	id: string;
	session: string;
	principal: Principal;
	/** Null: the session's latest run. */
	run: string | null;
	/** Language of who asks; null: the process's own. */
	locale: string | null;
}

export interface CommandContext {
	/** The inbound's id: the same for a second delivery. */
	id: string;
	session: string;
	/** In the language of the person. */
	say: Say;
	locale: string | null;
	principal: Principal;
	files: readonly OfferedFile[];
	/** What can be asked for here, in the order of the help text. */
	commands: readonly CommandForm[];
	/** Throws when the person lacks a further permission: they are told, and it is in the audit. */
	demand(permission: Permission): Promise<void>;
	/** Markdown, at most a few thousand characters. */
	reply(text: string): Promise<void>;
}

/**
 * One slash command, the same on every platform. What it is for is the text `command.<name>` of the catalogue, at
 * most 100 characters, and that of each option `command.<name>.<option>`.
 */
export interface Command<Options extends z.ZodType = z.ZodType> {
	readonly name: string;
	/** What a role must allow to use it at all. */
	readonly permission: Permission;
	/** Where people may use it: anywhere, or only who sits at the machine. */
	readonly reach: 'everywhere' | 'terminal';
	readonly options: Options;
	run(options: z.output<Options>, bot: Bot, context: CommandContext): Promise<void>;
}
