import { forgetControls } from '../adapters/gateways/shared/controls.ts';
import { forgetPlaces } from '../adapters/gateways/shared/places.ts';
import type { LoadedConfig } from '../config/check-config.ts';
import type { Audit } from '../core/audit.ts';
import type { Backend } from '../core/backend.ts';
import type { Clock } from '../core/clock.ts';
import { sentenceOf } from '../core/errors.ts';
import type { Say } from '../core/say.ts';
import type { Store } from '../core/store.ts';
import type { Runs } from '../runs/runs.ts';
import { tendDigests } from '../sessions/digests.ts';
import { sweepSessions } from '../sessions/retention.ts';

export interface SessionParts {
	config: LoadedConfig;
	store: Store;
	clock: Clock;
	audit: Audit;
	say: Say;
	runs: Runs;
	cheapestFor(session: string): Promise<Backend | null>;
	tell(text: string): void;
	/** Ends what is under way. */
	signal: AbortSignal;
}

/** Work on conversations that nobody waits for. */
export function keepSessions({ config, say, tell, cheapestFor, ...parts }: SessionParts) {
	const alsoForget = async (sessions: ReadonlySet<string>) => {
		for (const platform of ['discord', 'slack']) {
			await forgetPlaces(parts.store, platform, sessions);
			await forgetControls(parts.store, platform, sessions);
		}
	};
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
		/** Deletes what is too old, once a day. */
		async sweep() {
			const { retentionMs: ageMs } = config.settings.sessions;
			const swept = ageMs === null ? null : await sweepSessions({ ...parts, ageMs, alsoForget });
			if (swept !== null && swept.sessions > 0) tell(say('retention.swept', { ...swept }));
		},
		/** Resolves when nothing is being worked on any more. Never rejects. */
		settled: () => working.catch(() => {}),
	};
}
