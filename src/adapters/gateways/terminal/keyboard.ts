import type { Clock } from '../../../core/clock.ts';
import { type ChoiceDeskOptions, createChoiceDesk } from './choice-desk.ts';
import { converse } from './converse.ts';
import { createSignalling } from './signalling.ts';

/** What a person types: questions when nothing runs, and the answer to a tie. */
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
	clock: Clock;
	ask(question: string): Promise<void>;
}

export function createKeyboard(options: KeyboardOptions): Keyboard {
	const { reader, painter, clock, ask, complain } = options;
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
			shown.now();
		},
		look() {
			if (!painter.isLive()) quiet.now();
			if (!stopped) desk.look();
		},
		noticed: () => shown.now(),
		stop() {
			stopped = true;
			typing.abort();
			desk.end();
			shown.now();
			quiet.now();
			reader.close();
		},
	};
}
