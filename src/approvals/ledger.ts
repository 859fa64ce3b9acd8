import type { Approval } from '../core/approval.ts';
import type { Audit, AuditRow } from '../core/audit.ts';
import { BotError, isStoreConflict } from '../core/errors.ts';
import type { ApprovalRecords, Stored } from './records.ts';
import type { Watchers } from './watchers.ts';

/** How often a change that met another one is thought over again. More than the people who press at one moment. */
const TRIES = 50;

/** What is to become of a request: another state and the rows that say so, or an answer without any change. */
export type Step<Answer> =
	| { next: Approval; rows: readonly AuditRow[]; answer: Answer }
	| { next: null; rows: readonly AuditRow[]; answer: Answer };

/** Moves requests from one state to the next. */
export interface ApprovalLedger {
	/**
	 * Reads a request, thinks, and writes what came of it together with the audit's rows, if nobody was faster; else all
	 * of it again with what the other one wrote. Nothing is written when the audit cannot be.
	 */
	move<Answer>(id: string, think: (stored: Stored | null) => Promise<Step<Answer>>): Promise<Answer>;
}

export function createApprovalLedger(records: ApprovalRecords, audit: Audit, watchers: Watchers): ApprovalLedger {
	return {
		async move(id, think) {
			for (let tries = 1; tries <= TRIES; tries += 1) {
				const stored = await records.get(id);
				const { next, rows, answer } = await think(stored);
				if (next === null || stored === null) {
					if (rows.length > 0) await audit.record(rows);
					return answer;
				}
				try {
					const [version = 0] = await audit.record(rows, records.change(stored, next));
					watchers.tell({ approval: next, version });
					return answer;
				} catch (error) {
					if (!isStoreConflict(error)) throw error;
				}
			}
			throw new BotError('store_conflict', `The approval ${id} is changed by too many at once. Try again.`);
		},
	};
}
