import { say } from '../say.ts';

/** A size for people, in the units of thousands that file managers have. */
export function sizeText(bytes: number): string {
	if (bytes < 1_000) return say('size.bytes', { count: bytes });
	const isSmall = bytes < 999_950;
	const size = (bytes / (isSmall ? 1_000 : 1_000_000)).toFixed(1);
	return say(isSmall ? 'size.kilobytes' : 'size.megabytes', { size });
}
