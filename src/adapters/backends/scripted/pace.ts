import { type Clock, sleep } from '../../../core/clock.ts';

/** Shortest time between two pieces of output, in milliseconds: faster writing makes longer pieces. */
const BEAT_MS = 30;

/** Gives a text in pieces at the speed of a writing model; words count as tokens. Rejects when the signal aborts. */
export async function* paced(
	text: string,
	tokensPerSecond: number | undefined,
	clock: Clock,
	signal: AbortSignal,
): AsyncGenerator<string> {
	const words = text.match(/\s*\S+|\s+$/g) ?? [];
	if (tokensPerSecond === undefined) {
		yield* words;
		return;
	}
	const size = Math.max(1, Math.round((tokensPerSecond * BEAT_MS) / 1000));
	for (let at = 0; at < words.length; at += size) {
		const piece = words.slice(at, at + size);
		await sleep(clock, (piece.length * 1000) / tokensPerSecond, signal);
		yield piece.join('');
	}
}
