/** A piece of what a container wrote. */
export interface Frame {
	stream: 'stdout' | 'stderr';
	bytes: Uint8Array;
}

/** Of a frame of the engine: which stream, three zeros, the length of what follows. */
const HEADER_BYTES = 8;

/**
 * Takes the two streams of an attached container apart. Nothing is gathered: a frame that comes in pieces goes on in
 * pieces, so the memory it takes is that of one header. (The client's own demultiplexer joins each piece with all that
 * it has not yet passed on, and does not wait for readers.)
 */
export function createFrameReader(): (chunk: Uint8Array) => Frame[] {
	const header = Buffer.alloc(HEADER_BYTES);
	let filled = 0;
	let left = 0;
	return (chunk) => {
		const frames: Frame[] = [];
		let at = 0;
		while (at < chunk.length) {
			if (left === 0) {
				const taken = Math.min(HEADER_BYTES - filled, chunk.length - at);
				header.set(chunk.subarray(at, at + taken), filled);
				filled += taken;
				at += taken;
				if (filled < HEADER_BYTES) break;
				filled = 0;
				left = header.readUInt32BE(4);
				continue;
			}
			const taken = Math.min(left, chunk.length - at);
			frames.push({ stream: header[0] === 2 ? 'stderr' : 'stdout', bytes: chunk.subarray(at, at + taken) });
			left -= taken;
			at += taken;
		}
		return frames;
	};
}
