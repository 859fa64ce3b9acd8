import { useEffect, useId, useRef } from 'react';
import type { Approval, ApprovalItem } from '../../core/approval.ts';
import { say } from '../say.ts';
import { escapeUnseen } from '../text/escape-unseen.ts';
import { type CardPlace, type Proof, useDeciding, type Verdict } from './deciding.ts';
import { ItemControls } from './item-controls.tsx';
import { ItemFacts } from './item-facts.tsx';
import { ItemOutcome } from './item-outcome.tsx';

const SIGNS: Readonly<Record<ApprovalItem['risk'], string>> = { low: '○', medium: '◐', high: '●', critical: '▲' };

/** One call of a card: what it is, and what can be decided or was. */
export function ApprovalItemView({
	approval,
	item,
	place,
	isOpen,
}: {
	approval: Approval;
	item: ApprovalItem;
	place: CardPlace;
	isOpen: boolean;
}) {
	const deciding = useDeciding(place);
	const heading = useRef<HTMLHeadingElement>(null);
	const isMine = useRef(false);
	const id = useId();
	const { callId, revision, risk, state } = item;
	// The button that was pressed is gone then, and the focus with it.
	// biome-ignore lint/correctness/useExhaustiveDependencies: when the call is another one than was decided on
	useEffect(() => {
		if (isMine.current) heading.current?.focus();
		isMine.current = false;
	}, [state, revision]);
	const decide = async (verdict: Verdict, proof: Proof = {}) => {
		isMine.current = true;
		isMine.current = await deciding.send([{ approval: approval.id, callId, revision, verdict, ...proof }]);
	};
	const waits = isOpen && state === 'pending';
	const facts = <ItemFacts item={item} />;
	return (
		<li className="call" data-risk={risk} data-state={state} aria-labelledby={id}>
			<div className="row">
				<h3 id={id} ref={heading} tabIndex={-1}>
					<code>{escapeUnseen(item.tool)}</code>{' '}
					<bdi className="quiet">{say('card.source', { source: item.source })}</bdi>
				</h3>
				<span className="risk" data-risk={risk}>
					<span aria-hidden="true">{SIGNS[risk]}</span> {say(`card.risk.${risk}`)}
				</span>
			</div>
			{item.question === 'outcome' && <p>{say('card.cut_off')}</p>}
			{state === 'pending' ? (
				facts
			) : (
				<>
					<ItemOutcome item={item} />
					<details>
						<summary>{say('card.show_call')}</summary>
						{facts}
					</details>
				</>
			)}
			{waits && (
				<ItemControls
					key={revision}
					item={item}
					isBusy={deciding.isBusy}
					tokenNeeded={place.tokenNeeded}
					onDecide={decide}
				/>
			)}
			{deciding.said !== null && (
				<p className="said" role="alert">
					{deciding.said}
				</p>
			)}
		</li>
	);
}
