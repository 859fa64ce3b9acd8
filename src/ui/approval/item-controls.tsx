import { useRef, useState } from 'react';
import type { ApprovalItem } from '../../core/approval.ts';
import { say } from '../say.ts';
import { ConfirmForm } from './confirm-form.tsx';
import type { Proof, Verdict } from './deciding.ts';
import { DenyForm } from './deny-form.tsx';
import { EditForm } from './edit-form.tsx';

type Open = { type: 'edit' } | { type: 'deny' } | { type: 'confirm'; verdict: Verdict };

interface ItemControlsProps {
	item: ApprovalItem;
	isBusy: boolean;
	tokenNeeded: boolean;
	onDecide(verdict: Verdict, proof?: Proof): void;
}

/** The buttons of one call, and under them the one form that is open. */
export function ItemControls({ item, isBusy, tokenNeeded, onDecide }: ItemControlsProps) {
	const [open, setOpen] = useState<Open | null>(null);
	const buttons = useRef<HTMLDivElement>(null);
	const isCritical = item.risk === 'critical';
	const close = () => {
		setOpen(null);
		buttons.current?.querySelector('button')?.focus();
	};
	const letRun = (verdict: Verdict, confirms = false) =>
		isCritical || confirms ? setOpen({ type: 'confirm', verdict }) : onDecide(verdict);
	const press = (key: 'approve' | 'edit' | 'deny' | 'for_run' | 'happened' | 'again' | 'abandon', act: () => void) => (
		<button
			type="button"
			className={key === 'approve' ? 'primary' : key === 'deny' ? 'stop' : undefined}
			disabled={isBusy}
			aria-label={say('card.of', { act: say(`card.act.${key}`), tool: item.tool })}
			onClick={act}
		>
			{say(`card.act.${key}`)}
		</button>
	);
	return (
		<div className="controls">
			<div className="row acts" ref={buttons}>
				{item.question === 'run' ? (
					<>
						{press('approve', () => letRun({ type: 'approve', forRun: false }))}
						{item.grant !== null && press('for_run', () => letRun({ type: 'approve', forRun: true }, true))}
						{press('edit', () => setOpen({ type: 'edit' }))}
						{press('deny', () => setOpen({ type: 'deny' }))}
					</>
				) : (
					<>
						{press('happened', () => onDecide({ type: 'outcome', outcome: 'happened' }))}
						{press('again', () => letRun({ type: 'outcome', outcome: 'again' }, true))}
						{press('abandon', () => onDecide({ type: 'outcome', outcome: 'abandon' }))}
					</>
				)}
			</div>
			{open?.type === 'edit' && (
				<EditForm
					item={item}
					isBusy={isBusy}
					onSend={(text) => onDecide({ type: 'edit', arguments: text })}
					onClose={close}
				/>
			)}
			{open?.type === 'deny' && (
				<DenyForm item={item} isBusy={isBusy} onSend={(reason) => onDecide({ type: 'deny', reason })} onClose={close} />
			)}
			{open?.type === 'confirm' && (
				<ConfirmForm
					item={item}
					verdict={open.verdict}
					isBusy={isBusy}
					tokenNeeded={isCritical && tokenNeeded}
					onSend={(proof) => onDecide(open.verdict, proof)}
					onClose={close}
				/>
			)}
		</div>
	);
}
