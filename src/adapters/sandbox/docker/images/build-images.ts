import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type Docker from 'dockerode';
import { BotError, messageOf } from '../../../../core/errors.ts';
import type { SandboxImage } from '../../../../core/sandbox.ts';
import { connectEngine, engineFailure, engineProblem } from '../engine.ts';
import { loadImage } from './load-image.ts';
import { createRootFileSystem, findProgram, type RootFileSystem } from './root-file-system.ts';
import { fillNode, fillToolchain } from './toolchain.ts';

const run = promisify(execFile);
/** Where MCP servers are installed in their image. */
const SERVERS = '/srv/mcp';
const PATHS = '/usr/local/bin:/usr/bin:/bin';
/** The environment of everything that runs in an image, beside what a request brings. */
export const IMAGE_ENV: Readonly<Record<SandboxImage, readonly string[]>> = {
	toolchain: [`PATH=${PATHS}`, 'LANG=C.UTF-8', 'HOME=/tmp'],
	mcp: [`PATH=${SERVERS}/node_modules/.bin:${PATHS}`, 'LANG=C.UTF-8', 'HOME=/tmp'],
};
/** A package of npm with an exact version: what is installed must not depend on the day. */
const PINNED_PACKAGE = /^(?:@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*@\d+\.\d+\.\d+[A-Za-z0-9.+-]*$/;

export interface BuildImagesOptions {
	/** Npm packages of MCP servers, each as `name@1.2.3`. None: no image for them is made. */
	servers: readonly string[];
	/** The Node that goes into them. */
	node: string;
	/** Said before each longer piece of work. */
	onStep(text: string): void;
}

export interface BuiltImage {
	name: SandboxImage;
	/** As a request wants it. */
	id: string;
}

/**
 * Makes the images of the sandbox out of this machine's own programs, without a registry of images; packages of MCP
 * servers come from where its npm gets them. Throws `sandbox_failed` and `input_invalid` for people.
 */
export async function buildImages({ servers, node, onStep }: BuildImagesOptions): Promise<BuiltImage[]> {
	const loose = servers.find((name) => !PINNED_PACKAGE.test(name));
	if (loose !== undefined) {
		const text = `${JSON.stringify(loose)} is not a package with an exact version. Write it like @modelcontextprotocol/server-everything@1.2.3.`;
		throw new BotError('input_invalid', text);
	}
	if (process.platform !== 'linux') {
		throw new BotError(
			'sandbox_failed',
			'The images were not made: only the programs of a Linux machine run in them. Build src/adapters/sandbox/docker/images/Dockerfile instead, as its first lines say.',
		);
	}
	const problem = await engineProblem(connectEngine);
	if (problem !== null) throw new BotError('sandbox_failed', problem);
	const engine = await connectEngine();
	onStep('Making the toolchain image of bash, git, Python, Node and ripgrep of this machine');
	const built = [await build(engine, 'toolchain', (root) => fillToolchain(root, node))];
	if (servers.length === 0) return built;
	onStep(`Making the image of MCP servers with ${servers.join(', ')}`);
	return [...built, await build(engine, 'mcp', (root) => fillServers(root, node, servers))];
}

async function fillServers(root: RootFileSystem, node: string, servers: readonly string[]): Promise<void> {
	await fillNode(root, node);
	// Commands of packages begin with `#!/usr/bin/env node`.
	for (const name of ['env', 'sh']) {
		const path = await findProgram(name);
		if (path !== null) await root.program(path, `usr/bin/${name}`);
	}
	const flags = [
		'--ignore-scripts',
		'--omit=dev',
		'--no-audit',
		'--no-fund',
		'--no-update-notifier',
		'--loglevel=error',
	];
	try {
		await run('npm', ['install', '--prefix', join(root.folder, SERVERS), ...flags, ...servers], { cwd: root.folder });
	} catch (thrown) {
		const why = thrown instanceof Error && 'stderr' in thrown ? messageOf(thrown.stderr) : messageOf(thrown);
		throw new BotError('sandbox_failed', `The image of MCP servers was not made: npm says ${why}`, { cause: thrown });
	}
}

async function build(
	engine: Docker,
	name: SandboxImage,
	fill: (root: RootFileSystem) => Promise<void>,
): Promise<BuiltImage> {
	const folder = await mkdtemp(join(tmpdir(), 'massgen-image-'));
	try {
		const root = await createRootFileSystem(join(folder, 'root'));
		await fill(root);
		const content = { name, env: IMAGE_ENV[name], root: root.folder, workFolder: folder };
		return { name, id: await loadImage(engine, content) };
	} catch (thrown) {
		throw engineFailure(`The ${name} image was not made`, thrown);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}
