import type { ForeignForm, FormAnswer } from '../../../core/foreign-form.ts';
import { createOpenForms, type OpenForm } from '../shared/open-forms.ts';
import { person } from './person.ts';

/** A form as the page gets it. Bounds that are infinite arrive there as null. */
export interface PageForm extends ForeignForm {
	id: string;
}

/** The forms of tool servers that the person at the page is asked to fill in. They are no part of a thread. */
export interface PageForms {
	/** Declined when it is put to somebody else, when `signal` aborts and when the page ends. */
	put(to: Pick<OpenForm, 'session' | 'person'>, form: ForeignForm, signal: AbortSignal): Promise<FormAnswer>;
	/** What waits in a session; the same list until that changes. */
	within(session: string): readonly PageForm[];
	/** Null: it is over, or of another session. */
	find(session: string, id: string): OpenForm | null;
	/** Calls `tell` when what waits in a session has changed; the returned function ends that. */
	watch(session: string, tell: () => void): () => void;
	end(): void;
}

const NONE: readonly PageForm[] = [];

export function createPageForms(): PageForms {
	const forms = createOpenForms();
	const lists = new Map<string, readonly PageForm[]>();
	const watchers = new Map<string, Set<() => void>>();

	const changed = (session: string) => {
		const list = forms.within(session).map(({ id, form }) => ({ id, ...form }));
		if (list.length > 0) lists.set(session, list);
		else lists.delete(session);
		for (const tell of watchers.get(session) ?? []) tell();
	};

	return {
		async put(to, form, signal) {
			const { session, person: who } = to;
			if (who !== null && (who.platform !== person.platform || who.user !== person.user)) return { type: 'declined' };
			const open = forms.open(to, form, signal);
			changed(session);
			return open.answer.finally(() => changed(session));
		},
		within: (session) => lists.get(session) ?? NONE,
		find(session, id) {
			const open = forms.find(id);
			return open?.session === session ? open : null;
		},
		watch(session, tell) {
			const own = watchers.get(session) ?? new Set();
			watchers.set(session, own.add(tell));
			return () => {
				own.delete(tell);
				if (own.size === 0) watchers.delete(session);
			};
		},
		end: forms.end,
	};
}
