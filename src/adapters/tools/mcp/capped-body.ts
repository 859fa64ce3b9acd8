import { MESSAGE_BYTES, tooLong } from './message-limit.ts';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** A body as it comes, until a message in it is too long: the whole body, or one event of a stream of events. */
export async function* cappedBody(
	body: AsyncIterable<Uint8Array>,
	isEvents: boolean,
	onTooLong: () => void,
): AsyncGenerator<Uint8Array> {
	const measure = isEvents ? createEventMeter() : createMeter();
	for await (const chunk of body) {
		if (measure(chunk) > MESSAGE_BYTES) {
			onTooLong();
			throw new Error(`it ${tooLong}`);
		}
		yield chunk;
	}
}

type Meter = (chunk: Uint8Array) => number;

function createMeter(): Meter {
	let length = 0;
	return (chunk) => {
		length += chunk.length;
		return length;
	};
}

/** The length of the longest event so far; an empty line ends one. */
function createEventMeter(): Meter {
	let event = 0;
	let line = 0;
	return (chunk) => {
		let longest = 0;
		let start = 0;
		for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
			const hasReturn = end > start && chunk[end - 1] === CARRIAGE_RETURN;
			line += end - start - (hasReturn ? 1 : 0);
			event += end - start + 1;
			longest = Math.max(longest, event);
			if (line === 0) event = 0;
			line = 0;
			start = end + 1;
		}
		line += chunk.length - start;
		event += chunk.length - start;
		return Math.max(longest, event);
	};
}
