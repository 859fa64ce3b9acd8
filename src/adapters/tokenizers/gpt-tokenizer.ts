/** Counts tokens as OpenAI's current models do (o200k_base): exact for them, an estimate for others. */
export async function loadTokenCounter(): Promise<(text: string) => number> {
	const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base');
	return (text) => countTokens(text);
}
