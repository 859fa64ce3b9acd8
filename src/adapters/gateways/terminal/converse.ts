import type { Clock } from '../../../core/clock.ts';
import type { LineReader } from './line-reader.ts';
import type { Page } from './page.ts';

/** How long (ms) a question may show no sign of life before the next one may be typed. */
const GRACE_MS = 1000;

export interface Conversation {
	reader: LineReader;
	clock: Clock;
	page(): Page;
	/** Hands a question over. Rejects with what a person may read. */
	ask(question: string): Promise<void>;
	complain(thrown: unknown): void;
	/** The signal for the next read: it aborts when something must be shown instead. */
	signal(): AbortSignal;
	/** Resolves when no run is being shown. */
	quiet(): Promise<void>;
	/** Resolves with the next run or reply that is shown. */
	shown(): Promise<void>;
	isStopped(): boolean;
}

/** Question after question, each shown to its end before the next, until `exit` or the end of the input. */
export async function converse(conversation: Conversation): Promise<void> {
	const { reader, page, clock } = conversation;
	while (!conversation.isStopped()) {
		await conversation.quiet();
		const signal = conversation.signal();
		const line = await reader.read(promptOf(page()), signal);
		if (signal.aborted) continue;
		const question = line?.trim();
		if (question === undefined || /^(exit|quit)$/i.test(question)) return;
		if (question === '') continue;
		const sign = conversation.shown();
		try {
			await conversation.ask(question);
		} catch (thrown) {
			conversation.complain(thrown);
			continue;
		}
		await orAfter(clock, GRACE_MS, sign);
	}
}

async function orAfter(clock: Clock, ms: number, sign: Promise<void>): Promise<void> {
	let cancel = () => {};
	const late = new Promise<void>((resolve) => {
		cancel = clock.after(ms, resolve);
	});
	await Promise.race([sign, late]);
	cancel();
}

/** On a pipe nobody waits for a prompt. */
function promptOf({ width, style, say }: Page): string {
	return width === Number.POSITIVE_INFINITY ? '' : style.cyan(say('terminal.prompt'));
}
