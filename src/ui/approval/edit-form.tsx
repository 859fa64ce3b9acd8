import { useId, useState } from 'react';
import type { ApprovalItem } from '../../core/approval.ts';
import { say } from '../say.ts';
import { editableJson, jsonFault } from '../text/json-text.ts';
import { ItemForm } from './item-form.tsx';

/** The arguments as JSON, to be changed. What is sent is asked about anew, as the next revision. */
export function EditForm({
	item,
	isBusy,
	onSend,
	onClose,
}: {
	item: ApprovalItem;
	isBusy: boolean;
	onSend(text: string): void;
	onClose(): void;
}) {
	const [text, setText] = useState(() => editableJson(item.arguments));
	const [fault, setFault] = useState<string | null>(null);
	const id = useId();
	const send = () => {
		const found = jsonFault(text);
		setFault(found);
		if (found === null) onSend(text);
	};
	return (
		<ItemForm
			label={say('card.of', { act: say('card.edit_heading'), tool: item.tool })}
			send={say('card.edit_send')}
			isReady={!isBusy}
			onSend={send}
			onClose={onClose}
		>
			<label htmlFor={id}>{say('card.edit_label')}</label>
			<textarea
				id={id}
				className="json"
				rows={8}
				dir="ltr"
				spellCheck={false}
				autoCapitalize="off"
				value={text}
				onChange={(event) => setText(event.target.value)}
				aria-invalid={fault !== null}
				aria-describedby={`${id}-hint`}
			/>
			<p className="hint" id={`${id}-hint`}>
				{say('card.edit_hint', { revision: item.revision + 1 })}
			</p>
			{fault !== null && (
				<p className="problem" role="alert">
					{say('card.edit_fault', { reason: fault })}
				</p>
			)}
		</ItemForm>
	);
}
