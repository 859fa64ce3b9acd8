const LINE_FEED = 10;

/** Splits bytes into lines, each at most `limit` bytes long. */
export interface LineSplitter {
	/** The lines that are complete now, without their ends. Null: one is too long, and nothing more can be read. */
	take(chunk: Uint8Array): readonly string[] | null;
}

export function createLineSplitter(limit: number): LineSplitter {
	let parts: Uint8Array[] = [];
	let length = 0;
	const finish = () => {
		const line = Buffer.concat(parts).toString('utf8');
		parts = [];
		length = 0;
		return line.replace(/\r$/, '');
	};
	return {
		take(chunk) {
			const lines: string[] = [];
			let rest = chunk;
			for (let end = rest.indexOf(LINE_FEED); end !== -1; end = rest.indexOf(LINE_FEED)) {
				length += end;
				if (length > limit) return null;
				parts.push(rest.subarray(0, end));
				lines.push(finish());
				rest = rest.subarray(end + 1);
			}
			length += rest.length;
			if (length > limit) return null;
			if (rest.length > 0) parts.push(rest);
			return lines;
		},
	};
}
