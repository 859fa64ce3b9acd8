import { useId, useState } from 'react';
import type { ApprovalItem } from '../../core/approval.ts';
import { say } from '../say.ts';
import { ItemForm } from './item-form.tsx';

/** As many characters of a reason as the server takes. */
const MAX_REASON = 2_000;

/** Why not: the agent reads it. */
export function DenyForm({
	item,
	isBusy,
	onSend,
	onClose,
}: {
	item: ApprovalItem;
	isBusy: boolean;
	onSend(reason: string | null): void;
	onClose(): void;
}) {
	const [reason, setReason] = useState('');
	const id = useId();
	return (
		<ItemForm
			label={say('card.of', { act: say('card.deny_heading'), tool: item.tool })}
			send={say('card.deny_send')}
			isReady={!isBusy}
			onSend={() => onSend(reason.trim() || null)}
			onClose={onClose}
		>
			<label htmlFor={id}>{say('card.deny_reason')}</label>
			<textarea
				id={id}
				rows={2}
				dir="auto"
				maxLength={MAX_REASON}
				value={reason}
				onChange={(event) => setReason(event.target.value)}
			/>
		</ItemForm>
	);
}
