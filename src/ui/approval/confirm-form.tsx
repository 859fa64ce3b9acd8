import { useId, useState } from 'react';
import type { ApprovalItem } from '../../core/approval.ts';
import { say } from '../say.ts';
import type { Proof, Verdict } from './deciding.ts';
import { ItemForm } from './item-form.tsx';

/** A second look before something wide or critical: what it covers, and for a critical call the tool's name, typed. */
export function ConfirmForm({
	item,
	verdict,
	isBusy,
	tokenNeeded,
	onSend,
	onClose,
}: {
	item: ApprovalItem;
	verdict: Verdict;
	isBusy: boolean;
	tokenNeeded: boolean;
	onSend(proof: Proof): void;
	onClose(): void;
}) {
	const [typed, setTyped] = useState('');
	const [token, setToken] = useState('');
	const id = useId();
	const isCritical = item.risk === 'critical';
	const isWide = verdict.type === 'approve' && verdict.forRun;
	const isReady = !isBusy && (!isCritical || (typed.trim() === item.tool && (!tokenNeeded || token !== '')));
	const send = () => onSend(isCritical ? { confirm: item.tool, ...(tokenNeeded ? { token } : {}) } : {});
	return (
		<ItemForm
			label={say('card.of', { act: say('card.confirm_heading'), tool: item.tool })}
			send={say(isWide ? 'card.confirm_wide' : verdict.type === 'outcome' ? 'card.confirm_again' : 'card.confirm_once')}
			isReady={isReady}
			onSend={send}
			onClose={onClose}
		>
			{isWide && (
				<p>
					{say('card.grant')} <bdi className="grant">{item.grant}</bdi>
				</p>
			)}
			{verdict.type === 'outcome' && <p>{say('card.again_about')}</p>}
			{isCritical && (
				<>
					<label htmlFor={id}>{say('card.confirm_tool', { tool: item.tool })}</label>
					<input
						id={id}
						autoComplete="off"
						autoCapitalize="off"
						spellCheck={false}
						value={typed}
						onChange={(event) => setTyped(event.target.value)}
					/>
				</>
			)}
			{isCritical && tokenNeeded && (
				<>
					<label htmlFor={`${id}-token`}>{say('card.confirm_token')}</label>
					<input
						id={`${id}-token`}
						type="password"
						autoComplete="off"
						value={token}
						onChange={(event) => setToken(event.target.value)}
					/>
				</>
			)}
		</ItemForm>
	);
}
