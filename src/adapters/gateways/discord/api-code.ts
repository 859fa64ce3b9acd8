/** The code of a refusal by Discord's API (docs, topics/opcodes-and-status-codes); null for any other failure. */
export function apiCodeOf(error: unknown): number | null {
	const isRefusal = error instanceof Error && 'code' in error && 'rawError' in error;
	return isRefusal && typeof error.code === 'number' ? error.code : null;
}
