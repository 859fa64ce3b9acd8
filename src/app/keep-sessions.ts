import type { LoadedConfig } from '../config/check-config.ts';
import type { Backend } from '../core/backend.ts';
import type { Clock } from '../core/clock.ts';
import { sentenceOf } from '../core/errors.ts';
import type { Say } from '../core/say.ts';
import type { Store } from '../core/store.ts';
import type { Runs } from '../runs/runs.ts';
import { tendDigests } from '../sessions/digests.ts';

export interface SessionParts {
	config: LoadedConfig;
	store: Store;
	clock: Clock;
	say: Say;
	runs: Runs;
	cheapestFor(session: string): Promise<Backend | null>;
	tell(text: string): void;
	/** Ends what is under way. */
	signal: AbortSignal;
}

/** Work on conversations that nobody waits for. */
export function keepSessions({ config, say, tell, cheapestFor, ...parts }: SessionParts) {
	let working: Promise<void> = Promise.resolve();
	const limit = config.settings.sessions.historyCharacters;
	const options = {
		...{ ...parts, limit, modelFor: cheapestFor },
		onGivenUp: (_: string, error: unknown) => tell(say('digest.given_up', { reason: sentenceOf(error) })),
	};
	return {
		/** Sums up what soon does not fit any more. */
		sumUp() {
			working = tendDigests(options);
			return working;
		},
		/** Resolves when nothing is being worked on any more. Never rejects. */
		settled: () => working.catch(() => {}),
	};
}
