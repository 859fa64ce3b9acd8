/** A port, 0 included; null when the text is none. */
export function portOf(text: string): number | null {
	return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : null;
}
