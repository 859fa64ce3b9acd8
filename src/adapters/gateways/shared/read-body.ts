/** The bytes of a file that is being fetched. Throws what `larger` says when there are more than `most`. */
export async function readBody(
	body: ReadableStream<Uint8Array>,
	most: number,
	larger: () => Error,
): Promise<Uint8Array> {
	const chunks: Uint8Array[] = [];
	let length = 0;
	for await (const chunk of body) {
		length += chunk.length;
		if (length > most) throw larger();
		chunks.push(chunk);
	}
	return Buffer.concat(chunks);
}
