import type { ThreadMessage } from '../core/gateway.ts';
import type { Waiting } from './session-record.ts';

/** What waits in a session, as its thread shows it. `ahead`: how many other sessions have their turn before it. */
export function queueMessage(waiting: readonly Waiting[], ahead: number): ThreadMessage {
	const shown = waiting.map(({ id, question }, index) => ({ id, question, position: ahead + index + 1 }));
	return { type: 'queue', key: 'queue', waiting: shown };
}
