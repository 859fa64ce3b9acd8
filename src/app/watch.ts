import { maskSecrets } from '../config/mask-secrets.ts';
import type { TelemetrySettings } from '../config/telemetry-settings.ts';
import type { Clock } from '../core/clock.ts';
import type { Gateway } from '../core/gateway.ts';
import type { RunObserver } from '../core/run-observer.ts';
import type { Say } from '../core/say.ts';
import type { Store } from '../core/store.ts';
import { createGatewayMetrics, type GatewayMetrics } from '../observers/metrics/gateway-metrics.ts';
import { createProcessMetrics } from '../observers/metrics/process-metrics.ts';
import { countedLimit } from '../observers/metrics/queue-metrics.ts';
import { createRegistry } from '../observers/metrics/registry.ts';
import { createRunMetrics } from '../observers/metrics/run-metrics.ts';
import { countedStore } from '../observers/metrics/store-metrics.ts';
import type { RunLimit } from '../runs/run-places.ts';
import { createStrain } from './strain.ts';

/** How long (ms) the store may take to answer before it counts as away. */
const STORE_MS = 2_000;

/** What those who run the program can see of it. */
export interface Watch extends RunObserver {
	/** The store, with its commits counted. */
	store(store: Store): Store;
	gateways: GatewayMetrics;
	/** Why no work should be sent to this process now, in short words; none: it is ready. */
	problems(): Promise<readonly string[]>;
	/** In the text format of Prometheus. */
	metrics(): string;
	/** How many runs go on at a time, with what waits counted. */
	limit(most: number): RunLimit;
	/** These must be connected for the process to be ready. */
	expect(gateways: readonly Gateway[]): void;
	/** From now on the process takes nothing new. */
	drain(): void;
	stop(): Promise<void>;
}

export interface WatchOptions {
	clock: Clock;
	version: string;
	/** Null: nothing is sent anywhere. */
	telemetry: TelemetrySettings | null;
	say: Say;
	/** One sentence for whoever runs the bot. */
	onProblem(text: string): void;
}

export async function openWatch(options: WatchOptions): Promise<Watch> {
	const { clock, version } = options;
	const registry = createRegistry();
	const runs = createRunMetrics(registry);
	const telemetry = await openTelemetry(options);
	const own = createProcessMetrics(registry, version);
	const strain = createStrain();
	let watched: Store | null = null;
	let expected: readonly Gateway[] = [];
	let draining = false;
	return {
		observe(event, isOld) {
			runs.observe(event, isOld);
			telemetry?.observe(event, isOld);
		},
		left(run) {
			runs.left(run);
			telemetry?.left(run);
		},
		gateways: createGatewayMetrics(registry),
		metrics: registry.text,
		store(store) {
			watched = store;
			return countedStore(store, registry);
		},
		limit: (most) => countedLimit(most, registry, strain.isStrained),
		expect(gateways) {
			expected = gateways;
		},
		drain() {
			draining = true;
		},
		async problems() {
			const away = expected.filter((gateway) => gateway.isConnected?.() === false);
			const store = watched === null || !(await answers(watched, clock));
			return [
				...(draining ? ['draining'] : []),
				...(store ? ['store not reachable'] : []),
				...away.map(({ name }) => `${name} not connected`),
			];
		},
		async stop() {
			own.stop();
			strain.stop();
			await telemetry?.close();
		},
	};
}

/** A collector that is away is told of once in so many milliseconds. */
const TOLD_FOR_MS = 600_000;

/** Loaded only where it is asked for. */
async function openTelemetry({ telemetry, version, clock, say, onProblem }: WatchOptions) {
	if (telemetry === null) return null;
	const { createOpenTelemetry } = await import('../adapters/telemetry/opentelemetry.ts');
	let toldAt = Number.NEGATIVE_INFINITY;
	return createOpenTelemetry({
		...{ version, captureContent: telemetry.captureContent },
		onProblem(reason) {
			if (clock.now() - toldAt < TOLD_FOR_MS) return;
			toldAt = clock.now();
			onProblem(say('telemetry.problem', { reason: maskSecrets(reason) }));
		},
	});
}

/** Whether the store reads a record within its time. */
async function answers(store: Store, clock: Clock): Promise<boolean> {
	const late = Promise.withResolvers<boolean>();
	const cancel = clock.after(STORE_MS, () => late.resolve(false));
	const read = store.get('probe', 'ready').then(
		() => true,
		() => false,
	);
	return Promise.race([read, late.promise]).finally(cancel);
}
