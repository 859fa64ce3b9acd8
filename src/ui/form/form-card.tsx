import { type FormEvent, useId, useRef, useState } from 'react';
import { ApiError, api, type FormReply } from '../api/client.ts';
import { say } from '../say.ts';
import { escapeUnseen } from '../text/escape-unseen.ts';
import { partsOf } from '../text/exact-text.tsx';
import { emptyEntry, type FormEntry, type OpenForm } from './form-entry.ts';
import { FormInput } from './form-input.tsx';

/** What a tool server wants to know from the person at the page. Nothing in it is ours but the frame. */
export function FormCard({ thread, form, onDone }: { thread: string; form: OpenForm; onDone(said: string): void }) {
	const { fields, message } = form;
	const server = escapeUnseen(form.server);
	const [entries, setEntries] = useState<readonly FormEntry[]>(() => fields.map(emptyEntry));
	const [wrong, setWrong] = useState<readonly number[]>([]);
	const [problem, setProblem] = useState<string | null>(null);
	const [isBusy, setBusy] = useState(false);
	const card = useRef<HTMLFormElement>(null);
	const id = useId();

	const answer = async (reply: FormReply, said: string) => {
		if (isBusy) return;
		setBusy(true);
		setProblem(null);
		try {
			const answered = await api.answer(thread, form.id, reply);
			setWrong(answered.wrong);
			const [first] = answered.wrong;
			if (first === undefined) return onDone(said);
			setProblem(say('form.look', { count: answered.wrong.length }));
			const field = card.current?.querySelectorAll<HTMLElement>('[data-field]')[first];
			field?.querySelector<HTMLElement>('input, select')?.focus();
		} catch (thrown) {
			setProblem(thrown instanceof ApiError ? thrown.message : say('error.failed', { reason: String(thrown) }));
		}
		setBusy(false);
	};
	const send = (event: FormEvent) => {
		event.preventDefault();
		void answer({ type: 'accept', entries }, say('form.sent', { server }));
	};

	return (
		<form ref={card} className="foreign-form" aria-labelledby={id} noValidate autoComplete="off" onSubmit={send}>
			<h2 id={id}>
				<bdi>{say('form.heading', { server })}</bdi>
			</h2>
			<p>
				<bdi>{say('form.asks', { server })}</bdi>
			</p>
			<blockquote className="foreign">{partsOf(message)}</blockquote>
			<p className="warning">{say('form.warning')}</p>
			{fields.map((field, at) => (
				<div key={field.name} className="field-of-form" data-field={at}>
					<FormInput
						field={field}
						id={`${id}-${at}`}
						entry={entries[at] ?? null}
						isWrong={wrong.includes(at)}
						onChange={(entry) => setEntries((now) => now.with(at, entry))}
					/>
				</div>
			))}
			<div className="row acts">
				<button type="submit" className="primary" disabled={isBusy}>
					{say('form.send')}
				</button>
				<button
					type="button"
					disabled={isBusy}
					onClick={() => void answer({ type: 'decline' }, say('form.declined', { server }))}
				>
					{say('form.decline')}
				</button>
			</div>
			{problem !== null && (
				<p className="problem" role="alert">
					{problem}
				</p>
			)}
		</form>
	);
}
