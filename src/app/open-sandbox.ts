import { createHash } from 'node:crypto';
import { allMcpServers } from '../config/all-mcp-servers.ts';
import type { LoadedConfig } from '../config/check-config.ts';
import type { Clock } from '../core/clock.ts';
import type { Sandbox } from '../core/sandbox.ts';
import { systemClock } from '../system-clock.ts';

async function docker(instance: string, clock: Clock): Promise<Sandbox> {
	const { createDockerSandbox } = await import('../adapters/sandbox/docker.ts');
	return createDockerSandbox({ instance, clock });
}

function needsSandbox(config: LoadedConfig): boolean {
	const agents = [...config.teams.values()].flatMap((team) => [...team.agents.values()]);
	const hasFolders = config.settings.autoWorkspaces || agents.some(({ tools }) => tools.workspace);
	return hasFolders || allMcpServers(config).some(({ launch }) => launch.type === 'stdio');
}

/**
 * Where the programs among the tool servers run and the agents' folders are; null when there are neither. One for each data folder: what an
 * earlier life of the program left behind is removed before it is used.
 */
export async function openSandbox(config: LoadedConfig, clock: Clock): Promise<Sandbox | null> {
	if (!needsSandbox(config)) return null;
	const sandbox = await docker(createHash('sha256').update(config.settings.dataDir).digest('hex').slice(0, 16), clock);
	if ((await sandbox.problem()) === null) await sandbox.reap();
	return sandbox;
}

/** The sandbox of the doctor, which tries tool servers for a moment. */
export const probeSandbox = (): Promise<Sandbox> => docker(`doctor-${process.pid}`, systemClock);

/** Why tools cannot be isolated, in a sentence with the repair; null when they can. */
export async function sandboxProblem(): Promise<string | null> {
	return (await probeSandbox()).problem();
}

/** Makes the images that tools run in. `servers` are npm packages of MCP servers, each as `name@1.2.3`. */
export async function buildSandboxImages(servers: readonly string[], onStep: (text: string) => void) {
	const { buildImages } = await import('../adapters/sandbox/docker/images/build-images.ts');
	return buildImages({ servers, node: process.execPath, onStep });
}
