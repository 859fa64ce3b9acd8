import type { Clock } from '../../../core/clock.ts';
import type { ThreadMessage } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import type { Page } from './page.ts';
import { type Environment, isRich, pageOf } from './page-of.ts';
import { progressLines } from './progress-lines.ts';
import { createScreen, type TerminalOutput } from './screen.ts';
import { createThreadDisplay, type ThreadDisplay } from './thread-display.ts';
import { createTicker } from './ticker.ts';

/** Puts one thread at a time on the output, to its end; the threads of other runs wait and are then shown in order. */
export interface Painter {
	page(): Page;
	/** The thread on the page; null when everything has been shown to its end. */
	thread(): ThreadDisplay | null;
	/** True while there is a thread that has not been shown to its end. */
	isLive(): boolean;
	/** Takes the newest state of a run's message. */
	take(run: string, message: ThreadMessage): void;
	/** Writes lines that stay. The live part is gone until the next picture. */
	print(lines: readonly string[]): void;
	/** While hidden there is no live part, so that a person can type. */
	hide(hidden: boolean): void;
	/** Shows what there is of every thread, and nothing after that. */
	close(): void;
}

export interface PainterOptions {
	output: TerminalOutput;
	env: Environment;
	clock: Clock;
	say: Say;
	/** Whether calls that wait for people are shown whole, because somebody may be asked. */
	showsCards: boolean;
	/** Before the first line of another thread. */
	onBegin(): void;
	/** After each picture. */
	onPicture(): void;
}

/** Between two pictures of the live part, in ms. */
const FRAME_MS = 80;

export function createPainter({ output, env, clock, say, showsCards, onBegin, onPicture }: PainterOptions): Painter {
	const rich = isRich(output, env);
	const screen = createScreen(output);
	/** By run, in the order in which they began; without those that have been shown to their end. */
	const threads = new Map<string, ThreadDisplay>();
	const shown = new Set<string>();
	let frame = 0;
	let hidden = false;
	let closed = false;

	const page = () => pageOf(output, env, say);
	const thread = () => threads.values().next().value ?? null;
	const isLive = () => threads.size > 0 && !closed;

	function write(fixed: readonly string[], live: readonly string[]): void {
		if (rich) screen.update(fixed, live);
		else if (fixed.length > 0) output.write(`${fixed.join('\n')}\n`);
	}

	function elapsed(display: ThreadDisplay): number {
		return clock.now() - (display.board()?.startedAt ?? clock.now());
	}

	/** On a pipe, what has changed on the board of the thread that is shown. */
	function progress(display: ThreadDisplay, before: ReturnType<ThreadDisplay['board']>): void {
		const board = display.board();
		if (!rich && board !== null) write(progressLines(before, board, page(), elapsed(display)), []);
	}

	function picture(closing: boolean): void {
		const display = thread();
		if (display === null) return;
		const elapsedMs = elapsed(display);
		const fixed = display.take(page(), elapsedMs, closing);
		const moment = { frame, elapsedMs, height: (output.rows || 24) - 1 };
		write(fixed, closing || hidden || !rich ? [] : display.live(page(), moment));
		if (closing || display.isOver()) turn();
	}

	/** The thread on the page has been shown to its end: the next one begins. */
	function turn(): void {
		const [run] = threads.keys();
		if (run === undefined) return;
		threads.delete(run);
		shown.add(run);
		const next = thread();
		if (next === null) return;
		onBegin();
		progress(next, null);
		ticker.soon();
	}

	function begun(run: string): ThreadDisplay {
		const display = createThreadDisplay(showsCards);
		if (threads.size === 0) onBegin();
		threads.set(run, display);
		return display;
	}

	const ticker = createTicker(clock, FRAME_MS, () => {
		frame += 1;
		picture(false);
		onPicture();
		return rich && isLive();
	});
	output.on('error', goOnUnread);
	output.on('resize', ticker.soon);

	return {
		page,
		thread,
		isLive,
		take(run, message) {
			if (shown.has(run)) return;
			const display = threads.get(run) ?? begun(run);
			const before = display.board();
			display.update(message);
			if (message.type === 'board' && display === thread()) progress(display, before);
			ticker.soon();
		},
		print: (lines) => write(lines, []),
		hide(now) {
			hidden = now;
			if (now) write([], []);
			ticker.soon();
		},
		close() {
			while (threads.size > 0) picture(true);
			closed = true;
			ticker.stop();
			output.off('resize', ticker.soon);
		},
	};
}

function goOnUnread(): void {
	// Nobody reads the output any more (`| head`): the run is still worth finishing.
}
