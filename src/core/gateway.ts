import type { Approval, ApprovalDecision, Person } from './approval.ts';
import type { OfferedFile } from './attachment.ts';
import type { CommandForm } from './command-form.ts';
import type { ClosedBy, Outcome, Shortfall, TallyRow, Vote } from './coordination.ts';
import type { ForeignForm, FormAnswer } from './foreign-form.ts';
import type { KeptFiles } from './kept-files.ts';
import type { Recalled } from './memory.ts';
import type { Verbosity } from './run.ts';
import type { Say } from './say.ts';
import type { PlannedTask } from './task-plan.ts';
import type { Spend } from './usage.ts';

/**
 * What somebody is in a server or workspace. `guest`: invited to a part of it. `stranger`: of another one, or of none.
 * `platform`: nobody, the platform itself has said so.
 */
export type PrincipalKind = 'member' | 'guest' | 'stranger' | 'bot' | 'platform';

/** Who asked. */
export interface Principal {
	platform: string;
	tenant: string;
	user: string;
	/** Ids of the roles or user groups that the platform says they are in; null: it did not say. Never names. */
	roles: readonly string[] | null;
	/** Left out: not known; it is asked for before it matters. */
	kind?: PrincipalKind;
	/** As people write it; left out or null: not known. Foreign text, and no proof of anything. */
	name?: string | null;
}

/** What a platform says of a person in a place now. */
export type Standing = Pick<Principal, 'roles'> & { kind: PrincipalKind; name: string | null };

interface InboundCommon {
	/** The platform's event id: a second delivery has the same. */
	id: string;
	principal: Principal;
	session: string;
	/** Language of the person, a BCP 47 tag; left out: the process's own. */
	locale?: string | undefined;
}

/** Something a person did, normalised. */
export type Inbound =
	| (InboundCommon & {
			type: 'command';
			name: string;
			/** As typed; the command checks them. */
			options: Readonly<Record<string, unknown>>;
			/** Read only once they are found acceptable. */
			files?: readonly OfferedFile[] | undefined;
	  })
	/** The requester's choice among tied agents. `orchestration` is that of the `choice` message it answers. */
	| (InboundCommon & { type: 'choice'; run: string; orchestration: number; agent: string })
	/** What a person decided about calls that wait. `via`: `thread`, `page`, `terminal`. */
	| (InboundCommon & { type: 'decision'; decision: ApprovalDecision; via: string });

export interface GatewayCapabilities {
	/** Shortest time between two edits of one message, in milliseconds. May change with the load. */
	readonly editIntervalMs: number;
	/** Whether a person can be asked while a run waits (a tie, later an approval). */
	readonly canAsk: boolean;
	/**
	 * Whether its messages outlive the process. Which of them shows what is then kept in the store, so that a later
	 * process edits them and posts none twice.
	 */
	readonly keepsMessages: boolean;
	/** Most platform messages that one run may post by itself; what is left over goes to the result. */
	readonly maxMessages: number;
}

export type RowState = 'waiting' | 'thinking' | 'answered' | 'voted' | 'presenting' | 'reviewing' | 'done' | 'out';

export interface BoardRow {
	agent: string;
	/** Anonymous name in this run. */
	name: string;
	model: string;
	state: RowState;
	/** Label of the running tool, never its arguments; null when none runs. */
	tool: string | null;
	/** Latest answer version, 0 before the first. */
	version: number;
	/** Null until the vote is closed. */
	votes: number | null;
	/** Why it is out, or what it is waiting for. */
	note: string | null;
	/** Its task plan, for those who look for details; left out: none. A model wrote it. */
	plan?: readonly PlannedTask[];
}

/** The outcome of a run in short, for those who do not read its thread. */
export interface BoardResult {
	winner: string | null;
	/** Answers given, of as many agents as there are rows. */
	answers: number;
	/** The result's first characters, at most `EXCERPT`; empty when there is none. */
	excerpt: string;
	/** Whether `excerpt` is all of it. */
	isWhole: boolean;
}

/** Longest excerpt of a result on a board, in characters (UTF-16 code units). */
export const EXCERPT = 600;

/** A question that waits for the session's run to end. `position` counts from 1. */
export interface QueuedQuestion {
	id: string;
	position: number;
	question: string;
}

/**
 * What a thread shows, one message each. Gateways render them; `key` names the slot within the run (for `queue`,
 * within the session).
 */
export type ThreadMessage =
	| {
			type: 'question';
			key: 'question';
			text: string;
			askedAt: number;
			/** The run whose question was put again. */
			retryOf: string | null;
	  }
	/** Empty `waiting`: the queue has been worked off. */
	| { type: 'queue'; key: 'queue'; waiting: readonly QueuedQuestion[] }
	| {
			type: 'board';
			key: 'board';
			run: string;
			title: string;
			team: string;
			orchestration: number;
			rows: readonly BoardRow[];
			finished: Outcome | null;
			/** Who asked, as the platform knows them; null: not known. */
			askedBy: string | null;
			/** Who stopped it, as the platform knows them; null when nobody did. */
			stoppedBy: string | null;
			startedAt: number;
			/** What the agents were told is remembered, for those who look for details; left out: nothing. */
			memories?: readonly Recalled[];
			/** What came out, once it has finished. */
			result: BoardResult | null;
	  }
	| {
			type: 'slot';
			key: `slot:${string}`;
			agent: string;
			name: string;
			version: number;
			/** How many versions there have been, this one included. */
			versions: number;
			content: string;
	  }
	| {
			type: 'tally';
			key: `tally:${number}`;
			by: ClosedBy;
			rows: readonly TallyRow[];
			votes: readonly Vote[];
			winner: string | null;
			tie: { rule: string; tied: readonly string[] } | null;
	  }
	| { type: 'review'; key: `review:${number}`; verdict: 'submit' | 'restart'; reason: string; instructions: string }
	| {
			type: 'choice';
			key: `choice:${number}`;
			run: string;
			orchestration: number;
			candidates: readonly string[];
			chosen: string | null;
	  }
	/** Calls that wait for people, or waited; one card, an item for each call. */
	| { type: 'approval'; key: `approval:${string}`; approval: Approval }
	| {
			type: 'final';
			key: 'final';
			winner: string | null;
			content: string;
			/** Still being written. */
			streaming: boolean;
			outcome: Outcome | null;
			answers: number;
			agents: number;
			shortfalls: readonly Shortfall[];
			spend: Spend | null;
			activeMs: number | null;
			/** What the winner's folder held when it had presented; null: it has none, or it is empty. */
			files: KeptFiles | null;
	  };

/** The messages of a thread of one type. */
export type MessageOf<Type extends ThreadMessage['type']> = Extract<ThreadMessage, { type: Type }>;

/** Where in a platform a message belongs: a session's thread, and the run in it (null: the session itself). */
export interface Place {
	session: string;
	run: string | null;
}

/** A thread in a list. */
export interface ThreadSummary {
	session: string;
	/** The first question, at most 200 characters. */
	title: string;
	/** Milliseconds since the epoch. */
	startedAt: number;
	state: 'running' | 'finished';
	/** Of the latest finished run. */
	outcome: Outcome | null;
	/** Runs so far. */
	runs: number;
}

/** One message of a thread with its place. */
export interface PlacedMessage {
	run: string | null;
	message: ThreadMessage;
}

export interface TeamSummary {
	name: string;
	description: string;
	members: readonly { id: string; model: string }[];
}

/** What a gateway may ask of the bot. */
export interface GatewayHost {
	/** Handles what a person did; resolves when it has begun. What the person must be told comes through `reply`. */
	receive(inbound: Inbound): Promise<void>;
	/** Threads of one platform and tenant, newest first, at most `limit` (1 to 100); `before`: the last one had. */
	threads(
		platform: string,
		tenant: string,
		options: { limit: number; before?: string },
	): Promise<readonly ThreadSummary[]>;
	/** A thread as the journals tell it; empty when there is none. */
	thread(session: string): Promise<readonly PlacedMessage[]>;
	/** The teams that can be named, the default one first, and what people should know about it. */
	teams(): Promise<{ teams: readonly TeamSummary[]; notes: readonly string[] }>;
	/** What people can ask for, in the order of the help text. */
	commands(): readonly CommandForm[];
	/** The bytes of a file of `KeptFiles`, by its id; null: it is not kept any more. */
	keptFile(id: string): Promise<Uint8Array | null>;
}

/** How a thread's messages are put into a platform's own form. */
export interface RenderContext {
	place: Place;
	/** In the language of who asked. */
	say: Say;
	verbosity: Verbosity;
}

/** One platform message of a thread: what it is called, and whether it may be there already. */
export interface Slot {
	/** The key of its thread message, with `#1`, `#2` ... for what did not fit into the first. */
	key: string;
	/** The same for every attempt to post it: 22 characters of base64url. */
	nonce: string;
	/** An attempt was begun whose outcome is not known: look for it first. */
	mayExist: boolean;
}

/**
 * Where people talk to the bot. `Body` is one message in the platform's form; it is compared by value.
 * `post`, `edit` and `remove` throw when the platform does not take it; they are called again then, unless it is a
 * `BotError` with `place_gone` (nothing can be shown there any more) or `message_gone` (it is posted anew once).
 */
export interface Gateway<Body = unknown> {
	/** `terminal`, `web`, `discord`, `slack`. */
	readonly name: string;
	readonly capabilities: GatewayCapabilities;
	/** Begins to listen. Resolves when people can use it. */
	start(host: GatewayHost): Promise<void>;
	/** The platform messages that show a message of a thread, in order; none: it is not shown here. Pure. */
	render(message: ThreadMessage, context: RenderContext): readonly Body[];
	/** Shows a new message in a thread; the result is the platform's id for it. */
	post(place: Place, slot: Slot, body: Body): Promise<string>;
	/** Replaces a message that was posted; the result is its id from now on. */
	edit(place: Place, slot: Slot, id: string, body: Body): Promise<string>;
	/** Takes a message away that the thread does not need any more. */
	remove(place: Place, slot: Slot, id: string): Promise<void>;
	/**
	 * What the platform says now of a person in the session's server or workspace; somebody who is not there is a
	 * stranger. `groups`: which roles or user groups they are in is wanted, too. Throws when it does not say who they are.
	 */
	standing(user: string, session: string, wanted: { groups: boolean }): Promise<Standing>;
	/**
	 * Puts a form of a tool server to whoever asked a run's question, where nobody else reads it. Left out: there is no way
	 * to. `declined` once `signal` aborts.
	 */
	elicit?(to: { session: string; person: Person | null }, form: ForeignForm, signal: AbortSignal): Promise<FormAnswer>;
	/** Whether people can reach the bot there at this moment. Left out: from `start` to `stop`. */
	isConnected?(): boolean;
	/** The address that opens a session's thread; null: it is not shown. Left out: threads have none. */
	linkTo?(session: string): Promise<string | null>;
	/** Says something short to the person who did `inbound`, privately where the platform can. Markdown. */
	reply(inbound: Inbound, text: string): Promise<void>;
	stop(): Promise<void>;
}
