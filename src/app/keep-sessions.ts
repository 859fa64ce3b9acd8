import { forgetControls } from '../adapters/gateways/shared/controls.ts';
import { forgetPlaces } from '../adapters/gateways/shared/places.ts';
import { forgetSpace } from '../adapters/memory/mem0/shelves.ts';
import type { LoadedConfig } from '../config/check-config.ts';
import type { Audit } from '../core/audit.ts';
import type { Backend } from '../core/backend.ts';
import type { Clock } from '../core/clock.ts';
import { sentenceOf } from '../core/errors.ts';
import type { Say } from '../core/say.ts';
import type { Store } from '../core/store.ts';
import { threadSpace } from '../memory/spaces.ts';
import type { Runs } from '../runs/runs.ts';
import { type DigestsOptions, tendDigests } from '../sessions/digests.ts';
import { sweepSessions } from '../sessions/retention.ts';

export interface SessionParts {
	config: LoadedConfig;
	store: Store;
	clock: Clock;
	audit: Audit;
	say: Say;
	runs: Runs;
	teams: { cheapestFor(session: string): Promise<Backend | null> };
	tell(text: string): void;
	/** Ends what is under way. */
	signal: AbortSignal;
}

/** How often (ms) it is looked for something to sum up, and for what is too old. */
const SUM_UP_MS = 5_000;
const SWEEP_MS = 3_600_000;

/** Work on conversations that nobody waits for. */
export function keepSessions({ config, store, clock, audit, say, runs, teams, tell, signal }: SessionParts) {
	const { historyCharacters: limit, retentionMs: ageMs } = config.settings.sessions;
	let working: Promise<void> = Promise.resolve();

	const digests: DigestsOptions = {
		...{ store, clock, runs, limit, signal, modelFor: teams.cheapestFor },
		onGivenUp: (_, error) => tell(say('digest.given_up', { reason: sentenceOf(error) })),
	};
	const sumUp = () => {
		working = tendDigests(digests);
		return working;
	};

	const alsoForget = async (sessions: ReadonlySet<string>) => {
		for (const platform of ['discord', 'slack']) {
			await forgetPlaces(store, platform, sessions);
			await forgetControls(store, platform, sessions);
		}
		for (const session of sessions) await forgetSpace(store, threadSpace(session));
	};
	const sweep = async () => {
		const swept = ageMs === null ? null : await sweepSessions({ store, clock, audit, runs, ageMs, alsoForget });
		if (swept !== null && swept.sessions > 0) tell(say('retention.swept', { ...swept }));
	};

	return {
		/** To be done again and again. */
		chores: [
			{ everyMs: SUM_UP_MS, work: sumUp },
			{ everyMs: SWEEP_MS, work: sweep },
		],
		/** Resolves when nothing is being summed up any more. Never rejects. */
		settled: () => working.catch(() => {}),
	};
}
