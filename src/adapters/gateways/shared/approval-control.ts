import { z } from 'zod';
import type { Approval, ApprovalDecision, ApprovalItem } from '../../../core/approval.ts';
import type { GatewayHost, Place } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import { type ApprovalAct, actText } from './approval-text.ts';

const cardActSchema = z.enum([
	'approve',
	'for_run',
	'edit',
	'deny',
	'details',
	'happened',
	'again',
	'abandon',
	'approve_all',
	'stop_run',
]) satisfies z.ZodType<ApprovalAct | 'stop_run'>;
/** What a button of a card is for: an act, or to stop the run. */
export type CardAct = z.infer<typeof cardActSchema>;

export const approvalControlSchema = z.object({
	session: z.string(),
	run: z.string(),
	action: cardActSchema,
	/** Id of the approval. */
	approval: z.string(),
	/** Which call, and as it stood when the button was shown; null: none in particular. */
	callId: z.string().nullable(),
	revision: z.number().int().positive().nullable(),
});
/** What a button of a card does. */
export type ApprovalControl = z.infer<typeof approvalControlSchema>;

/** The button for an act; `item` null: about no call in particular. */
export function approvalControl(
	{ session }: Place,
	{ id, run }: Approval,
	action: CardAct,
	item: ApprovalItem | null,
): ApprovalControl {
	return { session, run, action, approval: id, callId: item?.callId ?? null, revision: item?.revision ?? null };
}

/** What a press comes to; null: nothing is decided by it. `typed`: what the person wrote into its form. */
export function decisionOf(control: ApprovalControl, typed: string): ApprovalDecision | null {
	const { approval, callId, revision } = control;
	const verdict = verdictOf(control.action, typed);
	return verdict === null ? null : { approval, callId, revision, verdict };
}

function verdictOf(act: CardAct, typed: string): ApprovalDecision['verdict'] | null {
	switch (act) {
		case 'approve':
		case 'approve_all':
			return { type: 'approve', forRun: false };
		case 'for_run':
			return { type: 'approve', forRun: true };
		case 'deny':
			return { type: 'deny', reason: typed.trim() === '' ? null : typed.trim() };
		case 'edit':
			return { type: 'edit', arguments: typed };
		case 'happened':
		case 'again':
		case 'abandon':
			return { type: 'outcome', outcome: act };
		case 'details':
		case 'stop_run':
			return null;
	}
}

/** An approval as its thread shows it now, and which of its calls a button is about; null: it is not there. */
export async function approvalAt(
	host: Pick<GatewayHost, 'thread'>,
	{ session, approval: id, callId }: ApprovalControl,
): Promise<{ approval: Approval; index: number } | null> {
	for (const { message } of await host.thread(session)) {
		if (message.type !== 'approval' || message.approval.id !== id) continue;
		const index = message.approval.items.findIndex((item) => item.callId === callId);
		if (index !== -1) return { approval: message.approval, index };
	}
	return null;
}

/** What stands on a button of a card. */
export const cardActText = (act: CardAct, say: Say): string =>
	act === 'stop_run' ? say('card.act.stop_run') : actText(act, say);
