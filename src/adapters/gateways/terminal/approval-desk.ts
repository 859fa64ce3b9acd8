import type { ApprovalDecision } from '../../../core/approval.ts';
import type { HeldCall } from './approval-lines.ts';
import { askApproval } from './ask-approval.ts';
import type { LineReader } from './line-reader.ts';
import type { Painter } from './painter.ts';

/** Puts each call that waits to the person, one at a time, and takes the question back when it is settled otherwise. */
export interface ApprovalDesk {
	/** Looks whether a call has to be asked about, or an asked one does not wait any more. */
	look(): void;
	/** Takes an open question back. */
	end(): void;
	isBusy(): boolean;
}

export interface ApprovalDeskOptions {
	/** Null: nobody is asked, and everything that waits is denied. */
	reader: LineReader | null;
	/** Whether a person sits there, who may leave a question open; the end of a pipe denies. */
	isTTY: boolean;
	painter: Painter;
	/** False when the person was told why not. */
	decide(decision: ApprovalDecision): Promise<boolean>;
	stopRun(session: string): Promise<void>;
	complain(thrown: unknown): void;
}

export function createApprovalDesk(options: ApprovalDeskOptions): ApprovalDesk {
	const { reader, isTTY, painter, decide, stopRun, complain } = options;
	const asked = new Set<string>();
	let open: { name: string; end: AbortController } | null = null;

	/** Nobody is there who could answer. */
	const deny = (held: HeldCall) =>
		decide(decisionOf(held, { type: 'deny', reason: painter.page().say('terminal.held.nobody') }));

	/** True when the same call has to be asked about again. */
	async function ask(held: HeldCall, by: LineReader, { signal }: AbortController): Promise<boolean> {
		const page = painter.page();
		const answer = await askApproval({ ...held, page, reader: by, print: painter.print, signal });
		if (answer?.type === 'stop') await stopRun(held.approval.session);
		else if (answer !== null) return !(await decide(decisionOf(held, answer.verdict)));
		else if (signal.aborted) painter.print(['', ` ${page.say('terminal.held.over')}`]);
		else if (isTTY) painter.print(['', ` ${page.say('terminal.held.left')}`]);
		else await deny(held);
		return false;
	}

	async function settle(held: HeldCall, end: AbortController): Promise<void> {
		if (reader !== null) painter.hide(true);
		try {
			if (reader === null) await deny(held);
			else while (await ask(held, reader, end));
		} catch (thrown) {
			complain(thrown);
		} finally {
			open = null;
			if (reader !== null) painter.hide(false);
		}
	}

	return {
		look() {
			const waiting = painter.thread()?.openApprovals() ?? [];
			if (open !== null) {
				const { name, end } = open;
				if (!waiting.some((held) => nameOf(held) === name)) end.abort();
				return;
			}
			const next = waiting.find((held) => !asked.has(nameOf(held)));
			if (next === undefined) return;
			asked.add(nameOf(next));
			open = { name: nameOf(next), end: new AbortController() };
			void settle(next, open.end);
		},
		end: () => open?.end.abort(),
		isBusy: () => open !== null,
	};
}

const nameOf = ({ approval, item }: HeldCall) => JSON.stringify([approval.id, item.callId, item.revision]);

const decisionOf = ({ approval, item }: HeldCall, verdict: ApprovalDecision['verdict']): ApprovalDecision => ({
	approval: approval.id,
	callId: item.callId,
	revision: item.revision,
	verdict,
});
