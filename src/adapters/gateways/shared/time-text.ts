import type { Say } from '../../../core/say.ts';

/** A duration for people: to a tenth of a second below a minute if `exact`, else to the second. */
export function timeText(ms: number, say: Say, exact = false): string {
	const tenths = Math.max(0, Math.round(ms / 100));
	if (exact && tenths < 600) return say('time.seconds', { seconds: tenths / 10 });
	const seconds = Math.floor(tenths / 10);
	if (seconds < 60) return say('time.seconds', { seconds });
	return say('time.minutes', { minutes: Math.floor(seconds / 60), seconds: seconds % 60 });
}
