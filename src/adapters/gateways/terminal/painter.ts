import type { Clock } from '../../../core/clock.ts';
import type { ThreadMessage } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import type { Page } from './page.ts';
import { type Environment, isRich, pageOf } from './page-of.ts';
import { progressLines } from './progress-lines.ts';
import { createScreen, type TerminalOutput } from './screen.ts';
import { createThreadDisplay, type ThreadDisplay } from './thread-display.ts';
import { createTicker } from './ticker.ts';

/** Puts one thread at a time on the output. */
export interface Painter {
	page(): Page;
	/** The newest thread. */
	thread(): ThreadDisplay | null;
	/** True while that thread has not been shown to its end. */
	isLive(): boolean;
	/** Takes the newest state of a message; the board of another run begins another thread. */
	take(message: ThreadMessage): void;
	/** Writes lines that stay. The live part is gone until the next picture. */
	print(lines: readonly string[]): void;
	/** While hidden there is no live part, so that a person can type. */
	hide(hidden: boolean): void;
	/** Shows what there is of the thread, and nothing after that. */
	close(): void;
}

export interface PainterOptions {
	output: TerminalOutput;
	env: Environment;
	clock: Clock;
	say: Say;
	/** Before the first line of another thread. */
	onBegin(): void;
	/** After each picture. */
	onPicture(): void;
}

/** Between two pictures of the live part, in ms. */
const FRAME_MS = 80;

export function createPainter({ output, env, clock, say, onBegin, onPicture }: PainterOptions): Painter {
	const rich = isRich(output, env);
	const screen = createScreen(output);
	let display: ThreadDisplay | null = null;
	let frame = 0;
	let hidden = false;
	let closed = false;

	const page = () => pageOf(output, env, say);
	const isLive = () => display !== null && !display.isOver() && !closed;
	const elapsed = () => clock.now() - (display?.board()?.startedAt ?? clock.now());

	function write(fixed: readonly string[], live: readonly string[]): void {
		if (rich) screen.update(fixed, live);
		else if (fixed.length > 0) output.write(`${fixed.join('\n')}\n`);
	}

	function picture(closing: boolean): void {
		if (display === null) return;
		const fixed = display.take(page(), elapsed(), closing);
		const moment = { frame, elapsedMs: elapsed(), height: (output.rows ?? 24) - 1 };
		write(fixed, closing || hidden || !rich ? [] : display.live(page(), moment));
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
		thread: () => display,
		isLive,
		take(message) {
			if (message.type === 'board' && display?.board()?.run !== message.run) {
				picture(true);
				onBegin();
				display = createThreadDisplay();
			}
			const before = display?.board() ?? null;
			display?.update(message);
			if (!rich && message.type === 'board') write(progressLines(before, message, page(), elapsed()), []);
			ticker.soon();
		},
		print: (lines) => write(lines, []),
		hide(now) {
			hidden = now;
			if (now) write([], []);
			ticker.soon();
		},
		close() {
			picture(true);
			closed = true;
			ticker.stop();
			output.off('resize', ticker.soon);
		},
	};
}

function goOnUnread(): void {
	// Nobody reads the output any more (`| head`): the run is still worth finishing.
}
