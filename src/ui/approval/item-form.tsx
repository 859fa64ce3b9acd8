import { type ReactNode, useEffect, useRef } from 'react';
import { say } from '../say.ts';

/** A form that opens under the buttons: its first field takes the focus, Escape closes it. */
export function ItemForm({
	label,
	onSend,
	onClose,
	send,
	isReady,
	children,
}: {
	label: string;
	send: string;
	isReady: boolean;
	onSend(): void;
	onClose(): void;
	children: ReactNode;
}) {
	const form = useRef<HTMLFormElement>(null);
	useEffect(() => form.current?.querySelector<HTMLElement>('textarea, input, button')?.focus(), []);
	return (
		<form
			ref={form}
			className="item-form"
			aria-label={label}
			onSubmit={(event) => {
				event.preventDefault();
				if (isReady) onSend();
			}}
			onKeyDown={(event) => {
				if (event.key === 'Escape') onClose();
			}}
		>
			{children}
			<div className="row acts">
				<button type="submit" className="primary" disabled={!isReady}>
					{send}
				</button>
				<button type="button" onClick={onClose}>
					{say('card.back')}
				</button>
			</div>
		</form>
	);
}
