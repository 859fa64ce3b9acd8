import { type FormEvent, type KeyboardEvent, useId, useRef, useState } from 'react';
import { ApiError, type Info, type Question } from '../api/client.ts';
import { newKey } from '../api/new-key.ts';
import { say } from '../say.ts';

/** From this many characters left, the rest is counted. */
const COUNT_FROM = 5_000;
const COMMAND_KEY = /^(Mac|iP)/.test(navigator.platform) ? '⌘' : 'Ctrl';

interface ComposerProps {
	info: Info;
	label: string;
	placeholder: string;
	send: string;
	isLarge?: boolean;
	/** The team to begin with, if it is one that can be named. */
	team?: string | null;
	/** Rejects with the sentence that is shown. `key` stays the same while the same question is sent again. */
	onSend(question: Question, key: string): Promise<void>;
}

/** Where a question is typed: text, team and the quick switch. */
export function Composer({
	info,
	label,
	placeholder,
	send,
	isLarge = false,
	team: usual = null,
	onSend,
}: ComposerProps) {
	const [text, setText] = useState('');
	const [chosen, setTeam] = useState<string | null>(null);
	const [isQuick, setQuick] = useState(false);
	const [problem, setProblem] = useState<string | null>(null);
	const [isBusy, setBusy] = useState(false);
	const sent = useRef({ question: '', key: '' });
	const id = useId();
	const left = info.limits.question - text.length;
	const team = chosen ?? info.teams.find(({ name }) => name === usual)?.name ?? info.teams[0]?.name ?? '';
	const members = info.teams.find(({ name }) => name === team)?.members ?? [];

	const keyOf = (question: Question): string => {
		const known = JSON.stringify(question);
		if (sent.current.question !== known) sent.current = { question: known, key: newKey() };
		return sent.current.key;
	};

	const submit = async (event?: FormEvent) => {
		event?.preventDefault();
		if (isBusy || text.trim() === '' || left < 0) return;
		setBusy(true);
		setProblem(null);
		try {
			const question = { question: text, quick: isQuick, ...(team === '' ? {} : { team }) };
			await onSend(question, keyOf(question));
			setText((now) => (now === text ? '' : now));
			sent.current = { question: '', key: '' };
		} catch (thrown) {
			setProblem(thrown instanceof ApiError ? thrown.message : say('error.failed', { reason: String(thrown) }));
		}
		setBusy(false);
	};
	const onKeyDown = (event: KeyboardEvent) => {
		if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void submit(event);
	};

	return (
		<form className={isLarge ? 'composer large' : 'composer'} onSubmit={submit}>
			<label htmlFor={id}>{label}</label>
			<textarea
				id={id}
				rows={isLarge ? 4 : 2}
				dir="auto"
				placeholder={placeholder}
				value={text}
				onChange={(event) => setText(event.target.value)}
				onKeyDown={onKeyDown}
				aria-invalid={left < 0}
				aria-describedby={`${id}-hint`}
			/>
			<div className="row">
				{info.teams.length > 0 && (
					<label className="field">
						<span>{say('ask.team')}</span>
						<select value={team} onChange={(event) => setTeam(event.target.value)}>
							{info.teams.map(({ name }) => (
								<option key={name}>{name}</option>
							))}
						</select>
					</label>
				)}
				<label className="check">
					<input type="checkbox" checked={isQuick} onChange={(event) => setQuick(event.target.checked)} />
					<span>{say('ask.quick')}</span>
				</label>
				<span className="quiet keys">{say('ask.keys', { key: COMMAND_KEY })}</span>
				<button type="submit" className="primary" disabled={isBusy || text.trim() === '' || left < 0}>
					{isQuick && isLarge ? say('ask.send_quick') : send}
				</button>
			</div>
			<p className="hint" id={`${id}-hint`}>
				{isQuick && members[0] !== undefined
					? say('ask.quick_about', { agent: members[0].id })
					: members.map((member) => `${member.id} (${member.model})`).join(' · ')}
			</p>
			{left < COUNT_FROM && (
				<p className={left < 0 ? 'problem' : 'hint'} role="status">
					{left < 0 ? say('ask.too_long', { count: -left }) : say('ask.left', { count: left })}
				</p>
			)}
			{problem !== null && (
				<p className="problem" role="alert">
					{problem}
				</p>
			)}
		</form>
	);
}
