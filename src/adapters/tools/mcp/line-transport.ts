import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import type { SandboxProcess } from '../../../core/sandbox.ts';
import { createLineSplitter } from './lines.ts';
import { MESSAGE_BYTES, tooLong } from './message-limit.ts';

/** Turns lines into messages and back; the SDK has both. */
export interface LineCodec {
	deserializeMessage(line: string): JSONRPCMessage;
	serializeMessage(message: JSONRPCMessage): string;
}

export interface LineTransport extends Transport {
	/** Why it closed, where that is known: a sentence after the name of the server. */
	reason(): string | null;
	/** The SDK takes a transport for one over standard streams, whose silence is no outage, when it has these two. */
	readonly pid: null;
	readonly stderr: null;
}

/**
 * Messages as lines over the standard streams of a sandboxed process. A line that is no message is passed over; one
 * that is too long ends the process.
 */
export function createLineTransport(process: SandboxProcess, codec: LineCodec): LineTransport {
	let reason: string | null = null;
	let closed = false;
	const close = async () => {
		if (closed) return;
		closed = true;
		process.end();
		await process.dispose();
		transport.onclose?.();
	};
	const read = async () => {
		const lines = createLineSplitter(MESSAGE_BYTES);
		for await (const chunk of process.stdout) {
			const complete = lines.take(chunk);
			if (complete === null) {
				reason = tooLong;
				return;
			}
			for (const line of complete) receive(line);
		}
		reason ??= 'ended';
	};
	const receive = (line: string) => {
		if (line.trim() === '') return;
		try {
			transport.onmessage?.(codec.deserializeMessage(line));
		} catch {
			transport.onerror?.(new Error('a line that is no message'));
		}
	};
	const transport: LineTransport = {
		pid: null,
		stderr: null,
		reason: () => reason,
		async start() {
			void read()
				.catch(() => {})
				.then(close)
				.catch(() => {});
		},
		send: (message) => process.write(Buffer.from(codec.serializeMessage(message))),
		close,
	};
	return transport;
}
