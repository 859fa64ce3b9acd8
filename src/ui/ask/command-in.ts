/** What follows `/massgen` in a text that begins with it; null: it is a question. */
export const commandIn = (text: string): string | null =>
	/^\/massgen(?:\s+(.*))?$/s.exec(text.trim())?.slice(1).join('') ?? null;
