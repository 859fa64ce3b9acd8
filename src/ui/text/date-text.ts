/** A moment in milliseconds since the epoch, as people here write it. */
export function dateText(at: number): string {
	return new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
