/** Longest line that is read, in characters. */
const LONGEST = 8 * 1024 * 1024;
/** Most that is read of one reply, in bytes. */
const MOST = 64 * 1024 * 1024;

/** Lines of UTF-8, without their ends, as soon as each is whole. Throws when there is too much of it. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
	const decoder = new TextDecoder();
	let rest = '';
	let read = 0;
	for await (const chunk of chunks) {
		read += chunk.length;
		rest += decoder.decode(chunk, { stream: true });
		const lines = rest.split('\n');
		rest = lines.pop() ?? '';
		if (read > MOST || rest.length > LONGEST) throw new Error('The agent wrote too much to be read.');
		for (const line of lines) yield line.replace(/\r$/, '');
	}
	rest += decoder.decode();
	if (rest !== '') yield rest;
}
