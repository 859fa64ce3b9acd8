/** What the platform messages of a slot are, as the records keep it in one string. */
export type ShownId =
	| { type: 'message'; ts: string }
	/** A text that is or was being written: its first message and those it went on in. */
	| { type: 'stream'; ts: string; more: readonly string[] }
	/** `ts` is empty when Slack had not shared it in time. */
	| { type: 'file'; file: string; ts: string };

export function encodeShownId(id: ShownId): string {
	if (id.type === 'message') return id.ts;
	if (id.type === 'file') return `file:${id.file}:${id.ts}`;
	return `stream:${[id.ts, ...id.more].join(',')}`;
}

export function decodeShownId(text: string): ShownId {
	const [kind = '', first = '', second = ''] = text.split(':');
	if (kind === 'file') return { type: 'file', file: first, ts: second };
	if (kind !== 'stream') return { type: 'message', ts: text };
	const [ts = '', ...more] = first.split(',');
	return { type: 'stream', ts, more };
}
