import type { LoadedConfig } from '../config/check-config.ts';
import type { Clock } from '../core/clock.ts';
import type { Say } from '../core/say.ts';
import type { Watch } from './watch.ts';

export interface WebNeeds {
	config: LoadedConfig;
	clock: Clock;
	say: Say;
	version: string;
	watch: Watch;
	/** One sentence about something that went wrong and is nobody's fault there. */
	onProblem(text: string): void;
}

/** The page, and at its address where other systems ask. */
export async function openWeb({ config, clock, say, version, watch, onProblem }: WebNeeds) {
	const { createWebGateway } = await import('../adapters/gateways/web/web-gateway.ts');
	const { createServedGateway } = await import('../adapters/gateways/served/served-gateway.ts');
	const { host, port, webToken: token, metricsToken } = config.settings;
	const assets = new URL('../../dist/ui/', import.meta.url);
	const page = createWebGateway({
		host,
		port,
		token,
		assets,
		clock,
		say,
		version,
		probes: { ...watch, metricsToken },
		onProblem,
	});
	const { clients } = config.access;
	return { page, served: createServedGateway({ clients, page, clock, say, version, onProblem }) };
}

/** Where a worker, which has no page, tells how it is; null: nowhere. */
export async function openProbes({ config, say, watch, onProblem }: Omit<WebNeeds, 'clock' | 'version'>) {
	const { host, probePort: port, metricsToken } = config.settings;
	if (port === null) return null;
	const { createProbeServer } = await import('../adapters/gateways/web/probe-server.ts');
	return createProbeServer({ host, port, probes: { ...watch, metricsToken }, say, onProblem });
}
