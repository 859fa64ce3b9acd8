import type { Progress } from '@modelcontextprotocol/client';
import type { Clock } from '../../../core/clock.ts';
import { visibleText } from '../../../core/foreign-text.ts';

/** Milliseconds between two lines of one call. */
const PAUSE_MS = 1_000;
/** Longest line in characters. */
const LONGEST = 80;

/**
 * Takes the progress that a server reports and tells it in a line for people, at most once a second; what comes sooner is
 * passed over, and so is what would be said again.
 */
export function createProgressLine(clock: Clock, tell: (text: string) => void): (progress: Progress) => void {
	let next = Number.NEGATIVE_INFINITY;
	let last = '';
	return (progress) => {
		const now = clock.now();
		const line = lineOf(progress);
		if (now < next || line === '' || line === last) return;
		next = now + PAUSE_MS;
		last = line;
		tell(line);
	};
}

/** How far it is, as a share where the server says of how much, and what it says in one line. */
function lineOf({ progress, total, message = '' }: Progress): string {
	const share =
		total === undefined || !(total > 0) ? '' : `${Math.round(Math.min(1, Math.max(0, progress / total)) * 100)} %`;
	const said = visibleText(message).replace(/\s+/g, ' ').trim();
	const line = [share, said].filter((part) => part !== '').join(' · ');
	return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}
