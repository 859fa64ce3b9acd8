import { useId } from 'react';
import type { Approval, ApprovalItem } from '../../core/approval.ts';
import { say } from '../say.ts';
import { dateText } from '../text/date-text.ts';
import { ApprovalItemView } from './approval-item.tsx';
import { type CardPlace, useDeciding } from './deciding.ts';
import { TimeLeft, useIsPast } from './time-left.tsx';

/** Calls of one turn that wait for people, or waited: an item for each. */
export function ApprovalCard({ approval, place }: { approval: Approval; place: CardPlace }) {
	const { agent, name, items, deciders, heldBack, createdAt, expiresAt } = approval;
	const pending = items.filter(({ state }) => state === 'pending');
	const isLate = useIsPast(expiresAt, place.aheadMs);
	const isOpen = pending.length > 0 && !isLate;
	const id = useId();
	return (
		<section className="approval" data-open={isOpen} aria-labelledby={id}>
			<header>
				<h2 id={id}>{headingOf(pending, isOpen)}</h2>
				<p className="quiet">
					<bdi>{say('card.asked_by', { agent, name })}</bdi>
					{' · '}
					<time dateTime={new Date(createdAt).toISOString()}>{dateText(createdAt)}</time>
				</p>
			</header>
			{pending.length > 0 && (
				<dl className="facts">
					<div>
						<dt>{say('card.fact.deciders')}</dt>
						<dd>
							<bdi>{deciders === '' ? say('card.deciders_none') : deciders}</bdi>
						</dd>
					</div>
					<div>
						<dt>{say('card.fact.until')}</dt>
						<dd>
							<time dateTime={new Date(expiresAt).toISOString()}>{dateText(expiresAt)}</time>
							{' · '}
							{isOpen ? <TimeLeft until={expiresAt} aheadMs={place.aheadMs} /> : <b>{say('card.over')}</b>}
						</dd>
					</div>
				</dl>
			)}
			<ul>
				{items.map((item) => (
					<ApprovalItemView key={item.callId} approval={approval} item={item} place={place} isOpen={isOpen} />
				))}
			</ul>
			{heldBack > 0 && <p className="quiet">{say('card.held_back', { count: heldBack })}</p>}
			{isOpen && <Together approval={approval} pending={pending} place={place} />}
		</section>
	);
}

/** What is decided for all calls that wait. */
function Together({
	approval,
	pending,
	place,
}: {
	approval: Approval;
	pending: readonly ApprovalItem[];
	place: CardPlace;
}) {
	const { isBusy, said, send } = useDeciding(place);
	const isMild = pending.every(({ risk, question }) => question === 'run' && (risk === 'low' || risk === 'medium'));
	// One by one, each as it was shown: what somebody has edited meanwhile is not approved unseen.
	const approveAll = () =>
		send(
			pending.map(({ callId, revision }) => ({
				...{ approval: approval.id, callId, revision },
				verdict: { type: 'approve', forRun: false },
			})),
		);
	return (
		<footer className="row acts">
			{pending.length > 1 && isMild && (
				<button type="button" disabled={isBusy} onClick={approveAll}>
					{say('card.approve_all', { count: pending.length })}
				</button>
			)}
			<button type="button" className="stop" onClick={place.stop}>
				{say('card.act.stop_run')}
			</button>
			{said !== null && (
				<p className="said" role="alert">
					{said}
				</p>
			)}
		</footer>
	);
}

function headingOf(pending: readonly ApprovalItem[], isOpen: boolean): string {
	if (!isOpen) return say('card.heading.closed');
	const isOutcome = pending.every(({ question }) => question === 'outcome');
	return say(isOutcome ? 'card.heading.outcome' : 'card.heading.run', { count: pending.length });
}
