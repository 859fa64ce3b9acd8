/** One stream of a process on its way to its reader. */
export interface Output extends AsyncIterable<Uint8Array> {
	push(bytes: Uint8Array): void;
	end(): void;
	/** How many bytes its reader is behind; 0 while it has none, so that a stream nobody reads does not stop the other. */
	lag(): number;
}

/** What a piece takes in memory beside its bytes. */
const PIECE_BYTES = 100;

/** Read by one reader; one that stops early wants no more. `onRead` is called whenever it has taken something. */
export function createOutput(onRead: () => void): Output {
	const chunks: Uint8Array[] = [];
	let waiting = 0;
	let state: 'open' | 'ended' | 'unread' = 'open';
	let isRead = false;
	let wake = () => {};
	async function* read(): AsyncGenerator<Uint8Array> {
		try {
			for (;;) {
				const chunk = chunks.shift();
				if (chunk !== undefined) {
					waiting -= chunk.length + PIECE_BYTES;
					onRead();
					yield chunk;
				} else if (state === 'open') {
					await new Promise<void>((resolve) => {
						wake = resolve;
					});
				} else return;
			}
		} finally {
			state = 'unread';
			chunks.length = 0;
			waiting = 0;
			onRead();
		}
	}
	const reader = read();
	return {
		push(bytes) {
			if (state !== 'open') return;
			chunks.push(bytes);
			waiting += bytes.length + PIECE_BYTES;
			wake();
		},
		end() {
			if (state === 'open') state = 'ended';
			wake();
		},
		lag: () => (isRead ? waiting : 0),
		[Symbol.asyncIterator]() {
			isRead = true;
			return reader;
		},
	};
}
