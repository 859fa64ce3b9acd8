import { say } from '../say.ts';

/** A duration in milliseconds, to the second; from two hours on to the minute. */
export function timeText(ms: number): string {
	const seconds = Math.round(ms / 1_000);
	if (seconds < 60) return say('time.seconds', { seconds });
	const minutes = Math.floor(seconds / 60);
	if (minutes < 120) return say('time.minutes', { minutes, seconds: seconds % 60 });
	return say('time.hours', { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}
