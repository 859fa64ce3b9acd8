/** A value of a foreign library as an object whose parts are not known; an empty one for everything else. */
export function recordOf(value: unknown): Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object(value) : {};
}

/** A text of a foreign library; null for everything else. */
export const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** A list of a foreign library; an empty one for everything else. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
