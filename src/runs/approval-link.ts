import type { Turn } from '../core/agent.ts';
import { type Approval, approvalSchema } from '../core/approval.ts';
import type { Audit } from '../core/audit.ts';
import type { Clock } from '../core/clock.ts';
import type { Approvals, GatedRun } from '../core/gate.ts';
import type { JournalEntry } from '../core/run.ts';
import type { StoreChange } from '../core/store.ts';
import type { RunFold } from './fold.ts';
import type { Commit } from './journal.ts';
import type { Suspension } from './turn-runner.ts';

export interface ApprovalLinkOptions {
	fold: RunFold;
	approvals: Approvals;
	audit: Audit;
	gated: GatedRun;
	clock: Clock;
	/** Never rejects; does nothing once the run is over. */
	record(
		entry: Exclude<JournalEntry, { type: 'opened' }>,
		also?: readonly StoreChange[],
		commit?: Commit,
	): Promise<void>;
	isOver(): boolean;
}

/** What ties a run to the requests that it makes of people. None of it rejects. */
export interface ApprovalLink {
	/** Hears of what has been decided, also while nobody held the run. */
	begin(): void;
	end(): void;
	/** Asks people; the request and the turn's suspension are durable together. */
	suspended(turn: Turn, ending: Suspension): Promise<void>;
	/** Records a point of a turn, and with it what has become of the approved calls that it tells of. */
	saved(entry: JournalEntry & { type: 'saved' }): Promise<void>;
	/** A request that nobody needs any more. */
	drop(request: string): void;
}

type Entry = JournalEntry & { type: 'saved' };

export function createApprovalLink(options: ApprovalLinkOptions): ApprovalLink {
	const { fold, approvals, audit, gated, clock, record } = options;
	/** What was journaled last of each request, so that nothing is told twice. */
	const told = new Map<string, string>();
	let unwatch = () => {};
	let last: Promise<void> = Promise.resolve();

	/** One at a time, so that the journal tells the changes in their order. */
	const inTurn = (work: () => Promise<void>): Promise<void> => {
		last = last.then(work).catch(() => {});
		return last;
	};

	const tell = async (approval: Approval): Promise<void> => {
		const text = textOf(approval);
		if (options.isOver() || told.get(approval.id) === text) return;
		told.set(approval.id, text);
		await record({ v: 1, type: 'approval', at: clock.now(), approval });
	};

	const catchUp = () =>
		inTurn(async () => {
			for (const approval of await approvals.of(fold.run)) await tell(approval);
		});

	return {
		begin() {
			for (const approval of fold.approvals()) told.set(approval.id, textOf(approval));
			unwatch = approvals.watch(fold.run, (approval) => void inTurn(() => tell(approval)));
			if (told.size > 0) void catchUp();
		},
		end() {
			unwatch();
		},
		async suspended({ agent, name, attempt }, { items, calls, files }) {
			const { approval, changes, rows } = await approvals.request(gated, { agent, name, attempt }, items);
			told.set(approval.id, textOf(approval));
			const about = { v: 1, type: 'suspended', at: clock.now(), agent, attempt, approval } as const;
			const entry = { ...about, calls: [...calls], ...(files === undefined ? {} : { files }) };
			await record(entry, changes, (all) => audit.record(rows, all));
		},
		async saved(entry) {
			const calls = effectsIn(entry, fold.progress(entry.agent, entry.attempt)?.begun ?? new Map());
			const changes = calls.length === 0 || told.size === 0 ? [] : await approvals.progress(fold.run, calls);
			await record(entry, changes);
			if (changes.length > 0) await catchUp();
		},
		drop(request) {
			void approvals.cancel(fold.run, request).catch(() => {});
		},
	};
}

/** The same for requests that say the same, wherever they were read. */
const textOf = (approval: Approval) => JSON.stringify(approvalSchema.parse(approval));

/** Which calls a point of a turn tells the begin or the end of. */
function effectsIn({ messages, begins = [] }: Entry, begun: ReadonlyMap<string, string>) {
	const ended = messages.flatMap((message) => {
		const callId = message.role === 'tool' ? begun.get(message.callId) : undefined;
		if (message.role !== 'tool' || callId === undefined) return [];
		return [{ callId, effect: message.isError ? ('failed' as const) : ('done' as const) }];
	});
	return [...ended, ...begins.map(({ effectKey }) => ({ callId: effectKey, effect: 'started' as const }))];
}
