import type { Clock } from '../../../core/clock.ts';
import type { ApprovalDesk } from './approval-desk.ts';
import { type ChoiceDeskOptions, createChoiceDesk } from './choice-desk.ts';
import { converse } from './converse.ts';
import type { FormDesk } from './form-desk.ts';
import { createSignalling } from './signalling.ts';

/** What a person types: questions when nothing runs, the answer to a tie, and what is to become of a call. */
export interface Keyboard {
	/** Reads questions until the person leaves. */
	converse(): Promise<void>;
	/** The prompt makes way for a run that begins. */
	interrupt(): void;
	/** Follows what is on the page now. To be called after each picture. */
	look(): void;
	/** Something was said to the person. */
	noticed(): void;
	stop(): void;
}

export interface KeyboardOptions extends ChoiceDeskOptions {
	approvals: ApprovalDesk;
	forms: FormDesk;
	clock: Clock;
	ask(question: string): Promise<void>;
}

export function createKeyboard(options: KeyboardOptions): Keyboard {
	const { reader, painter, clock, ask, complain, approvals, forms } = options;
	const desk = createChoiceDesk(options);
	const shown = createSignalling();
	const quiet = createSignalling();
	let typing = new AbortController();
	let stopped = false;

	return {
		converse: () =>
			converse({
				reader,
				clock,
				ask,
				complain,
				page: () => painter.page(),
				signal() {
					if (typing.signal.aborted) typing = new AbortController();
					return typing.signal;
				},
				async quiet() {
					while (painter.isLive()) await quiet.next();
				},
				shown: () => shown.next(),
				isStopped: () => stopped,
			}),
		interrupt() {
			typing.abort();
			desk.end();
			approvals.end();
			shown.now();
		},
		look() {
			if (!painter.isLive()) quiet.now();
			if (stopped) return;
			// One question at a time: all are typed at the same prompt.
			if (!approvals.isBusy() && !forms.isBusy()) desk.look();
			if (!desk.isBusy() && !forms.isBusy()) approvals.look();
			if (!desk.isBusy() && !approvals.isBusy()) forms.look();
		},
		noticed: () => shown.now(),
		stop() {
			stopped = true;
			typing.abort();
			desk.end();
			approvals.end();
			forms.end();
			shown.now();
			quiet.now();
			reader.close();
		},
	};
}
