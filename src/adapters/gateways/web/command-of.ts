import type { Inbound } from '../../../core/gateway.ts';
import { person } from './person.ts';

/** Somebody at the page gave this command. */
export function commandOf(
	id: string,
	session: string,
	name: string,
	options: Readonly<Record<string, unknown>>,
): Inbound {
	return { type: 'command', id, principal: person, session, name, options };
}
