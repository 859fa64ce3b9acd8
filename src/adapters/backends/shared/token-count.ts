/** A number of tokens as a provider reported it; null for anything else. */
export function tokenCount(value: unknown): number | null {
	return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null;
}
