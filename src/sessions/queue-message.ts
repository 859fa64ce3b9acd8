import type { ThreadMessage } from '../core/gateway.ts';
import type { Waiting } from './session-record.ts';

/** The line behind a session's run, as its thread shows it. */
export function queueMessage(waiting: readonly Waiting[]): ThreadMessage {
	const shown = waiting.map(({ id, question }, index) => ({ id, question, position: index + 1 }));
	return { type: 'queue', key: 'queue', waiting: shown };
}
