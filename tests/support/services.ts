import { spawnSync } from 'node:child_process';
import type { TestContext } from 'vitest';

/** Programs that some tests need beside Node: how to see that one is usable, and the Debian package that brings it. */
const SERVICES = {
	redis: { probe: ['redis-server', '--version'], package: 'redis-server' },
	docker: { probe: ['docker', 'info'], package: 'docker.io' },
	python: { probe: ['python3', '--version'], package: 'python3' },
	chromium: { probe: ['chromium', '--version'], package: 'chromium' },
} as const;
export type ServiceName = keyof typeof SERVICES;

const PROBE_TIMEOUT_MS = 20_000;
const answers = new Map<ServiceName, boolean>();

/**
 * Skips the test when a service it needs is absent; the closing line counts and names it, and in CI it fails the run.
 * Call it first in the test or in `beforeEach`. Each service is probed once per test file.
 */
export function requireService(name: ServiceName, context: Pick<TestContext, 'skip'>): void {
	const { probe, package: debian } = SERVICES[name];
	const usable = answers.get(name) ?? runs(probe);
	answers.set(name, usable);
	if (!usable) context.skip(`needs ${name}: \`${probe.join(' ')}\` fails; on Debian, install ${debian} and start it`);
}

function runs([command, argument]: readonly [string, string]): boolean {
	return spawnSync(command, [argument], { stdio: 'ignore', timeout: PROBE_TIMEOUT_MS }).status === 0;
}
