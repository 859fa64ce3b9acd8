import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildImages } from '../../src/adapters/sandbox/docker/images/build-images.ts';
import { createDockerSandbox } from '../../src/adapters/sandbox/docker.ts';
import type { Sandbox, SandboxExit, SandboxLimits, SandboxProcess, SandboxRequest } from '../../src/core/sandbox.ts';
import { systemClock } from '../../src/system-clock.ts';
import { docker } from './docker.ts';

const IMAGES = new URL('../../src/adapters/sandbox/docker/images/', import.meta.url).pathname;
export const MIB = 2 ** 20;

export const LIMITS: SandboxLimits = {
	memoryBytes: 64 * MIB,
	cpus: 0.5,
	pids: 32,
	tmpBytes: 4 * MIB,
	wallMs: 60_000,
	outputBytes: 4 * MIB,
};

export interface Ran {
	exit: SandboxExit;
	stdout: string;
	stderr: string;
}

/** A sandbox of the real engine with an instance of its own. */
export interface SandboxWorld {
	readonly instance: string;
	readonly sandbox: Sandbox;
	readonly run: string;
	request(command: readonly string[], given?: Partial<SandboxRequest>): Promise<SandboxRequest>;
	spawn(command: readonly string[], given?: Partial<SandboxRequest>): Promise<SandboxProcess>;
	/** Runs a line of bash to its end, without input. */
	bash(line: string, given?: Partial<SandboxRequest>): Promise<Ran>;
	/** Names of the containers and volumes of this instance, running or not. */
	left(): Promise<string[]>;
}

export function sandboxWorld(instance = `test-${randomUUID().slice(0, 8)}`): SandboxWorld {
	const sandbox = createDockerSandbox({ instance, clock: systemClock });
	const run = 'run-1';
	const request: SandboxWorld['request'] = async (command, given = {}) => ({
		run,
		purpose: 'test',
		image: await toolchain(),
		command,
		env: {},
		mounts: [],
		cwd: '/tmp',
		limits: LIMITS,
		egress: [],
		...given,
	});
	const spawn: SandboxWorld['spawn'] = async (command, given) =>
		sandbox.spawn(await request(command, given), new AbortController().signal);
	return {
		instance,
		sandbox,
		run,
		request,
		spawn,
		async bash(line, given) {
			const process = await spawn(['bash', '-c', line], given);
			process.end();
			const [stdout, stderr] = await Promise.all([textOf(process.stdout), textOf(process.stderr)]);
			return { exit: await process.exit, stdout, stderr };
		},
		async left() {
			const filter = `--filter=label=massgen.instance=${instance}`;
			const containers = await docker(['ps', '--all', '--format={{.Names}}', filter]);
			const volumes = await docker(['volume', 'ls', '--quiet', filter]);
			return `${containers}\n${volumes}`.split('\n').filter((name) => name !== '');
		},
	};
}

export async function textOf(output: AsyncIterable<Uint8Array>): Promise<string> {
	const pieces: Uint8Array[] = [];
	for await (const piece of output) pieces.push(piece);
	return Buffer.concat(pieces).toString();
}

const TOOLCHAIN = 'massgen-test-toolchain';

/** The toolchain image by its tag; made by what `npm run sandbox:build` calls, once for each state of its source. */
export async function toolchainTag(): Promise<string> {
	const source = createHash('sha256').update(process.version);
	for (const file of readdirSync(IMAGES).toSorted()) source.update(readFileSync(join(IMAGES, file)));
	const tag = `${TOOLCHAIN}:${source.digest('hex').slice(0, 12)}`;
	if ((await docker(['images', '--quiet', tag])) !== '') return tag;
	const [built] = await buildImages({ servers: [], node: process.execPath, onStep: () => {} });
	await docker(['tag', built?.id ?? '', tag]);
	return tag;
}

let made: Promise<string> | null = null;

/** Its id. */
export function toolchain(): Promise<string> {
	made ??= toolchainTag().then((tag) => docker(['inspect', '--format={{.Id}}', tag]));
	return made;
}
