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
	| { type: 'choice'; id: string; principal: Principal; session: string; run: string; agent: string };

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

/** What a thread shows, one message each. Gateways render them; `key` names the slot within the thread. */
export type ThreadMessage =
	| {
			type: 'board';
			key: 'board';
			run: string;
			title: string;
			team: string;
			orchestration: number;
			rows: readonly BoardRow[];
			finished: Outcome | null;
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
	| { type: 'choice'; key: `choice:${number}`; run: string; candidates: readonly string[]; chosen: string | null }
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

/** Where people talk to the bot. */
export interface Gateway {
	/** `terminal`, `web`, `discord`, `slack`. */
	readonly name: string;
	readonly capabilities: GatewayCapabilities;
	/** Begins to listen; each inbound is handed over once. Resolves when it can be used. */
	start(receive: (inbound: Inbound) => Promise<void>): Promise<void>;
	/** Shows a new message in a session's thread; the result is the platform's id for it. */
	post(session: string, message: ThreadMessage): Promise<string>;
	/** Replaces a message that was posted. */
	edit(session: string, id: string, message: ThreadMessage): Promise<void>;
	/** Says one sentence to the person who did `inbound`, privately where the platform can. */
	reply(inbound: Inbound, text: string): Promise<void>;
	stop(): Promise<void>;
}
