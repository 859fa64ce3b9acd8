import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import type { SandboxExit, SandboxProcess } from '../../../core/sandbox.ts';
import { createLineSplitter } from '../shared/line-splitter.ts';
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
	let isTooLong = false;
	/** It stopped talking or listening before we closed it. */
	let isGone = false;
	let ended: SandboxExit | null = null;
	let closed = false;
	const exit = process.exit.then((how) => {
		ended = how;
	});
	const close = async () => {
		if (closed) return;
		closed = true;
		process.end();
		await process.dispose();
		await exit;
		transport.onclose?.();
	};
	const read = async () => {
		const lines = createLineSplitter(MESSAGE_BYTES);
		for await (const chunk of process.stdout) {
			const complete = lines.take(chunk);
			if (complete === null) {
				isTooLong = true;
				return;
			}
			for (const line of complete) receive(line);
		}
		isGone ||= !closed;
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
		reason: () => (isTooLong ? tooLong : reasonOf(ended, isGone)),
		async start() {
			void read()
				.catch(() => {})
				.then(close)
				.catch(() => {});
		},
		async send(message) {
			try {
				await process.write(Buffer.from(codec.serializeMessage(message)));
			} catch (error) {
				isGone ||= !closed;
				throw error;
			}
		},
		close,
	};
	return transport;
}

/** Null: it has not ended, or we ended it. */
function reasonOf(exit: SandboxExit | null, isGone: boolean): string | null {
	switch (exit?.killed) {
		case undefined:
		case 'disposed':
			return isGone ? 'ended' : null;
		case 'memory':
			return 'ran out of memory';
		case 'time':
			return 'ran out of time';
		case 'output':
			return 'wrote more than it may in one run';
		case 'lost':
			return 'was lost with its container engine';
		case null:
			return `ended with code ${exit?.code}`;
	}
}
