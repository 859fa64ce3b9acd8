import { randomBytes } from 'node:crypto';
import type { Person } from '../../../core/approval.ts';
import type { ForeignForm, FormAnswer } from '../../../core/foreign-form.ts';

/** A form of a tool server that waits for one person. */
export interface OpenForm {
	/** 22 characters of base64url that nobody guesses. */
	readonly id: string;
	readonly session: string;
	/** Who asked the run's question; null: not known. */
	readonly person: Person | null;
	readonly form: ForeignForm;
	/** Resolves once it is answered, or not waited for any more. */
	readonly answer: Promise<FormAnswer>;
	/** The first answer counts. */
	settle(answer: FormAnswer): void;
}

/** The forms that wait. They are nowhere but in memory: what a server asks of a person in passing ends with the process. */
export interface OpenForms {
	/** Declined once `signal` aborts. */
	open(to: Pick<OpenForm, 'session' | 'person'>, form: ForeignForm, signal: AbortSignal): OpenForm;
	/** Null: there is none with this id, or it is over. */
	find(id: string): OpenForm | null;
	/** Those that wait in a session, the oldest first. */
	within(session: string): readonly OpenForm[];
	/** Declines all of them, and every later one. */
	end(): void;
}

export function createOpenForms(): OpenForms {
	const forms = new Map<string, OpenForm>();
	const ending = new AbortController();
	return {
		open({ session, person }, form, signal) {
			const { promise: answer, resolve } = Promise.withResolvers<FormAnswer>();
			const until = AbortSignal.any([signal, ending.signal]);
			const id = randomBytes(16).toString('base64url');
			const decline = () => settle({ type: 'declined' });
			const settle = (given: FormAnswer) => {
				until.removeEventListener('abort', decline);
				forms.delete(id);
				resolve(given);
			};
			const open: OpenForm = { id, session, person, form, answer, settle };
			forms.set(id, open);
			until.addEventListener('abort', decline, { once: true });
			if (until.aborted) decline();
			return open;
		},
		find: (id) => forms.get(id) ?? null,
		within: (session) => [...forms.values()].filter((open) => open.session === session),
		end: () => ending.abort(),
	};
}
