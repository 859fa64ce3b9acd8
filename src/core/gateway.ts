import type { ClosedBy, Outcome, Shortfall, TallyRow, Vote } from './coordination.ts';
import type { Spend } from './usage.ts';

/** Who asked. */
export interface Principal {
	platform: string;
	tenant: string;
	user: string;
	roles: readonly string[];
}

/** Something a person did, normalised. `id` is the platform's event id: a second delivery has the same. */
export type Inbound =
	| {
			type: 'command';
			id: string;
			principal: Principal;
			session: string;
			name: string;
			/** As typed; the command checks them. */
			options: Readonly<Record<string, unknown>>;
	  }
	/** The requester's choice among tied agents. `orchestration` is that of the `choice` message it answers. */
	| {
			type: 'choice';
			id: string;
			principal: Principal;
			session: string;
			run: string;
			orchestration: number;
			agent: string;
	  };

export interface GatewayCapabilities {
	/** Shortest time between two edits of one message, in milliseconds. */
	editIntervalMs: number;
	/** Whether a person can be asked while a run waits (a tie, later an approval). */
	canAsk: boolean;
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
}

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
			/** Who stopped it; null when nobody did. */
			stoppedBy: string | null;
			startedAt: number;
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
	  };

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
}

/** Where people talk to the bot. */
export interface Gateway {
	/** `terminal`, `web`, `discord`, `slack`. */
	readonly name: string;
	readonly capabilities: GatewayCapabilities;
	/** Begins to listen. Resolves when people can use it. */
	start(host: GatewayHost): Promise<void>;
	/** Shows a new message in a thread; the result is the platform's id for it. */
	post(place: Place, message: ThreadMessage): Promise<string>;
	/** Replaces a message that was posted. */
	edit(place: Place, id: string, message: ThreadMessage): Promise<void>;
	/** Says one sentence to the person who did `inbound`, privately where the platform can. */
	reply(inbound: Inbound, text: string): Promise<void>;
	stop(): Promise<void>;
}
