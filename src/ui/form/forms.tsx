import { useEffect, useRef, useState } from 'react';
import { say } from '../say.ts';
import { escapeUnseen } from '../text/escape-unseen.ts';
import { FormCard } from './form-card.tsx';
import type { OpenForm } from './form-entry.ts';

const hasId = (id: string) => (form: OpenForm) => form.id === id;

/** The forms of tool servers that wait for the person at the page, and what became of the last one. */
export function Forms({ thread, forms }: { thread: string; forms: readonly OpenForm[] }) {
	const [said, tell] = useState<string | null>(null);
	const [answered, setAnswered] = useState<readonly string[]>([]);
	// It takes the focus of a form that has gone, so it stays.
	const [hasAsked, setAsked] = useState(false);
	if (!hasAsked && forms.length > 0) setAsked(true);
	const place = useRef<HTMLElement>(null);
	const shown = useRef<readonly OpenForm[]>([]);
	/** The same as `answered`, for what has not been rendered yet: the server may say sooner that a form is gone. */
	const done = useRef(new Set<string>());
	const waiting = forms.filter(({ id }) => !answered.includes(id));
	useEffect(() => {
		const over = shown.current.find(({ id }) => !done.current.has(id) && !forms.some(hasId(id)));
		shown.current = forms;
		if (over !== undefined) tell(say('form.gone', { server: escapeUnseen(over.server) }));
	}, [forms]);
	const finish = (id: string, what: string) => {
		done.current.add(id);
		setAnswered((before) => [...before, id]);
		tell(what);
		place.current?.focus();
	};
	const [first] = waiting;
	const news = first === undefined ? '' : say('form.heading', { server: escapeUnseen(first.server) });
	return (
		<>
			{hasAsked && (
				<section className="forms" ref={place} tabIndex={-1} aria-label={say('form.section')}>
					{waiting.map((form) => (
						<FormCard key={form.id} thread={thread} form={form} onDone={(what) => finish(form.id, what)} />
					))}
					{said !== null && <p className="said">{said}</p>}
				</section>
			)}
			<p className="unseen" role="status">
				{[said ?? '', news].join(' ')}
			</p>
		</>
	);
}
