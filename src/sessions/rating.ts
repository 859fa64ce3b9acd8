import { createHash } from 'node:crypto';
import type { RateRequest } from '../core/command.ts';
import type { StoreChange } from '../core/store.ts';
import { RATINGS } from './session-record.ts';

/** The change that keeps what somebody thinks of a run, in the place of what they thought before. */
export function rated(run: string, { principal, verdict }: RateRequest): StoreChange {
	const who = createHash('sha256').update(`${principal.platform}:${principal.user}`).digest('hex').slice(0, 32);
	return { type: 'put', kind: RATINGS, key: `${run}:${who}`, value: { run, user: principal.user, verdict } };
}
