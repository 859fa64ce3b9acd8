import type { Clock } from '../../../core/clock.ts';
import type { ReplyFile } from './reply-parts.ts';

/** Somebody who did something and can still be answered. */
export interface Caller {
	/** Says it, with files beside it, privately where Discord can. False: it is too late for that, and nothing was said. */
	tell(text: string, files?: readonly ReplyFile[]): Promise<boolean>;
	/** Whether something was said. */
	wasTold(): boolean;
	/** Changes what they see of their own act to this text; null: there is no such thing. */
	readonly amend: ((text: string) => Promise<void>) | null;
}

/** Answers to an interaction go by its token for 15 minutes (docs, interactions/receiving-and-responding). */
const CALLERS_FOR_MS = 15 * 60_000;

/** Those who did something lately, by the id of what they did. */
export interface Callers {
	keep(inbound: string, caller: Caller): void;
	find(inbound: string): Caller | null;
}

export function createCallers(clock: Clock): Callers {
	const kept = new Map<string, { caller: Caller; at: number }>();
	return {
		keep(inbound, caller) {
			for (const [id, { at }] of kept) {
				if (at > clock.now() - CALLERS_FOR_MS) break;
				kept.delete(id);
			}
			kept.set(inbound, { caller, at: clock.now() });
		},
		find: (inbound) => kept.get(inbound)?.caller ?? null,
	};
}
