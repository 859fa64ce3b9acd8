import type { Clock } from '../core/clock.ts';
import type { Gateway } from '../core/gateway.ts';
import type { Lease } from '../core/lease.ts';
import type { Showing } from '../core/run.ts';
import type { RunObserver } from '../core/run-observer.ts';
import type { Say } from '../core/say.ts';
import type { Store } from '../core/store.ts';
import { createProjector } from './projector.ts';
import { createSlotRecords } from './slot-records.ts';

export interface AudienceOptions {
	store: Store;
	clock: Clock;
	/** Texts in a language; null: the process's own. */
	sayIn(locale: string | null): Say;
	/** Where a session's thread is shown; null when nobody watches it. */
	gatewayOf(session: string): Gateway | null;
	/** Reads every event of every run, before the thread does. Must not throw. See `RunObserver`. */
	observe: RunObserver['observe'];
	/** A thread could not be shown, in a sentence. */
	onProblem(text: string): void;
}

/** Who watches a run. */
export interface RunAudience {
	publish: RunObserver['observe'];
	/** Whether somebody there can be asked. */
	canAsk: boolean;
	/** From now on nobody else may show it while this is held; before the first event. */
	held(lease: Lease): void;
	/** Resolves when the thread shows everything published so far, or it was given up. */
	settled(): Promise<void>;
}

/** The thread of a run in `session`, shown as its requester wants it. */
export function audienceOf(options: AudienceOptions, session: string, run: string, showing: Showing): RunAudience {
	const gateway = options.gatewayOf(session);
	let lease: Lease | null = null;
	const leaseNow = () => lease;
	const held = (given: Lease) => {
		lease = given;
	};
	const settled = async () => leaseNow()?.end();
	if (gateway === null) return { publish: options.observe, canAsk: false, held, settled };
	const { store, clock, onProblem } = options;
	const projector = createProjector({
		gateway,
		place: { session, run },
		clock,
		say: options.sayIn(showing.locale),
		verbosity: showing.verbosity,
		records: gateway.capabilities.keepsMessages ? createSlotRecords(store, run, leaseNow) : null,
		lease: leaseNow,
		onProblem,
	});
	return {
		canAsk: gateway.capabilities.canAsk,
		held,
		settled: () => projector.settled().finally(settled),
		publish(event, isOld) {
			options.observe(event, isOld);
			projector.handle(event);
		},
	};
}
