import { createHash, randomUUID } from 'node:crypto';
import { allMcpServers } from '../config/all-mcp-servers.ts';
import type { LoadedConfig } from '../config/check-config.ts';
import type { Clock } from '../core/clock.ts';
import type { Sandbox, SandboxLimits } from '../core/sandbox.ts';
import { systemClock } from '../system-clock.ts';

type Ceiling = Pick<SandboxLimits, 'memoryBytes' | 'cpus' | 'pids'>;

/** `ceiling`: what an admin lets commands take, where that is more than the usual. */
async function docker(instance: string, clock: Clock, ceiling: Ceiling | null): Promise<Sandbox> {
	const { createDockerSandbox } = await import('../adapters/sandbox/docker.ts');
	return createDockerSandbox({ instance, clock, ...(ceiling === null ? {} : { ceiling }) });
}

function needsSandbox(config: LoadedConfig): boolean {
	const teams = [...config.teams.values()];
	const agents = teams.flatMap((team) => [...team.agents.values()]);
	const seated = teams.flatMap((team) => [...team.externals.values()]);
	const externals = [...seated, ...agents.flatMap(({ tools }) => tools.agents)];
	const hasPrograms = externals.some(({ settings }) => 'program' in settings && settings.program.sandbox !== null);
	const hasFolders = config.settings.autoWorkspaces || agents.some(({ tools }) => tools.workspace);
	return hasFolders || hasPrograms || allMcpServers(config).some(({ launch }) => launch.type === 'stdio');
}

/**
 * Whose containers and volumes are ours. A data folder with a store of its own belongs to one process at a time, which
 * removes at once what an earlier life of it has left. At a Redis there are others, which may have the same folder: what
 * one of them leaves goes when its lease ends.
 */
export function sandboxInstance({ dataDir, redis }: Pick<LoadedConfig['settings'], 'dataDir' | 'redis'>): string {
	const parts = redis === null ? [dataDir] : [dataDir, randomUUID()];
	return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 16);
}

/** Where programs run and the agents' folders are; null when there are neither. */
export async function openSandbox(config: LoadedConfig, clock: Clock): Promise<Sandbox | null> {
	if (!needsSandbox(config)) return null;
	const sandbox = await docker(sandboxInstance(config.settings), clock, config.settings.commandCeiling);
	const isReaped = await sandbox.reap().then(
		() => true,
		// Whoever wants to use it is told why by `problem`.
		() => false,
	);
	// It tries whether containers hold, which the start need not wait for.
	if (isReaped) void sandbox.problem();
	return sandbox;
}

/** The sandbox of the doctor, which tries tool servers for a moment. */
export const probeSandbox = (): Promise<Sandbox> => docker(`doctor-${process.pid}`, systemClock, null);

/** Why tools cannot be isolated, in a sentence with the repair; null when they can. */
export async function sandboxProblem(): Promise<string | null> {
	return (await probeSandbox()).problem();
}

/** Makes the images that tools run in. `servers` are npm packages of MCP servers, each as `name@1.2.3`. */
export async function buildSandboxImages(servers: readonly string[], onStep: (text: string) => void) {
	const { buildImages } = await import('../adapters/sandbox/docker/images/build-images.ts');
	return buildImages({ servers, node: process.execPath, onStep });
}
