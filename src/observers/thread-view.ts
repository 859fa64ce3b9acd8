import type { Outcome, Shortfall } from '../core/coordination.ts';
import type { RowState, ThreadMessage } from '../core/gateway.ts';
import type { KeptFiles } from '../core/kept-files.ts';
import type { Recalled } from '../core/memory.ts';
import type { PlannedTask } from '../core/task-plan.ts';
import type { Spend } from '../core/usage.ts';

/** A text for a person that is looked up in the catalogue when it is shown. */
export interface Note {
	key: string;
	values: Readonly<Record<string, string | number>>;
}

export interface AgentView {
	readonly id: string;
	readonly name: string;
	readonly model: string;
	state: RowState;
	/** Its newest attempt; passing events of older ones are ignored. */
	attempt: number;
	version: number;
	versions: number;
	/** Its latest answer. */
	content: string | null;
	votes: number | null;
	note: Note | null;
	/** Its task plan; empty: none. */
	plan: readonly PlannedTask[];
	/** From passing events, and gone with the agent's next lasting one. */
	tool: string | null;
	hint: Note | null;
}

/** Messages that need no catalogue: kept as they will be shown. */
export type ThreadRecord = Extract<ThreadMessage, { type: 'tally' | 'review' | 'choice' | 'approval' }>;

export interface FinalView {
	winner: string | null;
	content: string;
	outcome: Outcome | null;
	answers: number;
	shortfalls: readonly Shortfall[];
	spend: Spend | null;
	files: KeptFiles | null;
	activeMs: number | null;
}

/** What is known of one run, as its thread shows it. */
export interface ThreadView {
	/** The newest lasting event that is in here; it and all before it are ignored when they come again. */
	readonly seq: number;
	/** Empty before `run_started`. */
	readonly run: string;
	readonly question: string;
	readonly retryOf: string | null;
	readonly askedBy: string | null;
	readonly memories: readonly Recalled[];
	readonly title: string;
	readonly team: string;
	readonly startedAt: number;
	readonly orchestration: number;
	readonly agents: readonly AgentView[];
	/** Keys of the messages in the order in which the lasting events brought them up. */
	readonly order: readonly ThreadMessage['key'][];
	readonly records: Readonly<Record<string, ThreadRecord>>;
	/** Who presents now. */
	readonly presenter: { agent: string; attempt: number } | null;
	/** What the presenter has written so far; empty once it has presented. */
	readonly draft: string;
	readonly final: FinalView | null;
	readonly finished: Outcome | null;
	readonly stoppedBy: string | null;
}

/** The thread of a run that has not begun. */
export function createThreadView(): ThreadView {
	return {
		seq: 0,
		run: '',
		question: '',
		retryOf: null,
		askedBy: null,
		memories: [],
		title: '',
		team: '',
		startedAt: 0,
		orchestration: 1,
		agents: [],
		order: [],
		records: {},
		presenter: null,
		draft: '',
		final: null,
		finished: null,
		stoppedBy: null,
	};
}
