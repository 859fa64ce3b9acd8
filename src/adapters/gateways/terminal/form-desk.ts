import type { ForeignForm, FormAnswer } from '../../../core/foreign-form.ts';
import { askForm } from './ask-form.ts';
import type { LineReader } from './line-reader.ts';
import type { Painter } from './painter.ts';

/** Puts forms of tool servers to the person, one at a time. */
export interface FormDesk {
	/** Resolves when the person has answered, or `signal` has aborted. */
	fill(form: ForeignForm, signal: AbortSignal): Promise<FormAnswer>;
	/** Begins with the next form that waits. */
	look(): void;
	/** Declines everything. */
	end(): void;
	isBusy(): boolean;
}

interface Waiting {
	form: ForeignForm;
	signal: AbortSignal;
	answer(answer: FormAnswer): void;
}

export function createFormDesk({ reader, painter }: { reader: LineReader; painter: Painter }): FormDesk {
	let waiting: Waiting[] = [];
	let open: AbortController | null = null;

	async function settle({ form, signal, answer }: Waiting, end: AbortController): Promise<void> {
		painter.hide(true);
		try {
			const until = AbortSignal.any([signal, end.signal]);
			answer(await askForm(form, { page: painter.page(), reader, print: painter.print, signal: until }));
		} finally {
			answer({ type: 'declined' });
			open = null;
			painter.hide(false);
		}
	}

	return {
		fill(form, signal) {
			const { promise, resolve } = Promise.withResolvers<FormAnswer>();
			const one: Waiting = { form, signal, answer: resolve };
			const withdraw = () => {
				waiting = waiting.filter((other) => other !== one);
				resolve({ type: 'declined' });
			};
			if (signal.aborted) withdraw();
			else waiting.push(one);
			signal.addEventListener('abort', withdraw, { once: true });
			return promise.finally(() => signal.removeEventListener('abort', withdraw));
		},
		look() {
			const next = open === null ? waiting.shift() : undefined;
			if (next === undefined) return;
			open = new AbortController();
			void settle(next, open);
		},
		end() {
			for (const { answer } of waiting.splice(0)) answer({ type: 'declined' });
			open?.abort();
		},
		isBusy: () => open !== null,
	};
}
