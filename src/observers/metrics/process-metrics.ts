import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Reading, Registry } from './registry.ts';

/** How finely the delay of the event loop is measured, in milliseconds. */
const RESOLUTION_MS = 20;

/** What the process takes of the machine, read when somebody asks. `stop` ends the measuring of the event loop. */
export function createProcessMetrics(registry: Registry, version: string): { stop(): void } {
	const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
	delay.enable();
	let before = performance.eventLoopUtilization();
	const one = (value: number): readonly Reading[] => [[{}, value]];
	registry.gauge(
		'nodejs_eventloop_lag_seconds',
		'How late the event loop was since the last time somebody asked.',
		() => {
			const readings = lagsOf(delay);
			delay.reset();
			return readings;
		},
	);
	registry.gauge(
		'nodejs_eventloop_utilization',
		'Part of the time in which the event loop was busy, since then.',
		() => {
			const now = performance.eventLoopUtilization();
			const { utilization } = performance.eventLoopUtilization(now, before);
			before = now;
			return one(utilization);
		},
	);
	registry.gauge('nodejs_heap_size_used_bytes', 'Heap in use.', () => one(process.memoryUsage().heapUsed));
	registry.gauge('process_resident_memory_bytes', 'Resident memory.', () => one(process.memoryUsage.rss()));
	const cpu = () => {
		const { user, system } = process.cpuUsage();
		return one((user + system) / 1_000_000);
	};
	registry.gauge('process_cpu_seconds_total', 'CPU time.', cpu, 'counter');
	registry.gauge('process_start_time_seconds', 'Start of the process, in seconds since the epoch.', () =>
		one(Math.round(performance.timeOrigin) / 1_000),
	);
	registry.gauge('massgen_build_info', 'The version that runs.', () => [[{ version }, 1]]);
	return { stop: () => void delay.disable() };
}

/** In seconds; nanoseconds come, with the resolution in them. */
const lagsOf = (delay: ReturnType<typeof monitorEventLoopDelay>): readonly Reading[] =>
	(
		[
			['p50', delay.percentile(50)],
			['p99', delay.percentile(99)],
			['max', delay.max],
		] as const
	).map(([quantile, nanoseconds]) => [
		{ quantile },
		Math.max(0, (Number.isFinite(nanoseconds) ? nanoseconds : 0) / 1e9 - RESOLUTION_MS / 1_000),
	]);
