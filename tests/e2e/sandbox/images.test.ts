import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { connectEngine } from '../../../src/adapters/sandbox/docker/engine.ts';
import { buildImages, IMAGE_ENV } from '../../../src/adapters/sandbox/docker/images/build-images.ts';
import { loadImage } from '../../../src/adapters/sandbox/docker/images/load-image.ts';
import { NEEDED } from '../../../src/adapters/sandbox/docker/images/toolchain.ts';
import { createDockerSandbox } from '../../../src/adapters/sandbox/docker.ts';
import { systemClock } from '../../../src/system-clock.ts';
import { temporaryFolder } from '../../support/command.ts';
import { docker } from '../../support/docker.ts';
import { toolchainTag } from '../../support/sandbox-world.ts';
import { requireService } from '../../support/services.ts';

const SLOW = { timeout: 8 * 60_000 };
const FOLDER = new URL('../../../src/adapters/sandbox/docker/images/', import.meta.url).pathname;
const mine = `massgen-test-${randomUUID().slice(0, 8)}`;
const images: string[] = [];

beforeEach((context) => requireService('docker', context));
afterAll(async () => {
	if (images.length > 0) await docker(['rmi', '--force', ...images]);
}, 60_000);

describe('the images that are made without a registry', SLOW, () => {
	it('are the same, to the id, when nothing has changed, and are those that are found', async () => {
		// Those of the other test that makes images: whichever comes last, the name is on the same one.
		const versions: Readonly<Record<string, string>> = packageJson.devDependencies;
		const names = ['@modelcontextprotocol/server-everything', '@modelcontextprotocol/server-filesystem'];
		const servers = names.map((name) => `${name}@${versions[name]}`);
		const build = () => buildImages({ servers, node: process.execPath, onStep() {} });
		const first = await build();
		expect(first.map(({ name }) => name)).toEqual(['toolchain', 'mcp']);
		expect(await build()).toEqual(first);
		const sandbox = createDockerSandbox({ instance: mine, clock: systemClock });
		expect([await sandbox.image('toolchain'), await sandbox.image('mcp')]).toEqual(first.map(({ id }) => id));
	});

	it('are others when a file is another one, the same again after a removal, and know no time of their making', async () => {
		const engine = await connectEngine();
		const make = async (text: string) => {
			const folder = await temporaryFolder();
			await mkdir(join(folder.path, 'root/etc'), { recursive: true });
			await mkdir(join(folder.path, 'work'));
			await writeFile(join(folder.path, 'root/etc/file'), text, { mode: 0o600 });
			const content = { root: join(folder.path, 'root'), workFolder: join(folder.path, 'work') };
			const id = await loadImage(engine, { name: mine as 'mcp', env: ['A=b'], ...content });
			await folder.remove();
			images.push(id);
			return id;
		};
		const one = await make('one');
		const two = await make('two');
		await docker(['rmi', '--force', one]);
		expect(await make('one')).toBe(one);
		expect(two).not.toBe(one);
		const [found] = JSON.parse(await docker(['inspect', one]));
		expect(found).toMatchObject({ Created: '1970-01-01T00:00:00Z', Os: 'linux', Config: { Env: ['A=b'] } });
	});
});

describe('the Dockerfile for those who have a registry', SLOW, () => {
	/** Stands in for the official Node image, whose package managers only say what they were asked for. */
	const base = async () => {
		const lines = [
			`FROM ${await toolchainTag()}`,
			`RUN for name in apt-get npm; do printf '#!/bin/sh\\necho "$(basename $0) $*" >>/asked\\n' >/usr/bin/$name && chmod 755 /usr/bin/$name && rm -f /usr/local/bin/$name && cp /usr/bin/$name /usr/local/bin; done`,
			'ENV HOME=/ LANG=C',
			'LABEL massgen.image=none massgen.content=none',
		];
		await docker(['build', '--quiet', `--tag=${mine}-base`, '-'], Readable.from([lines.join('\n')]));
		images.push(`${mine}-base`);
		return `${mine}-base`;
	};
	const build = async (target: string, ...more: string[]) => {
		const tag = `${mine}-${target}`;
		const args = [
			'--force-rm',
			`--target=${target}`,
			`--tag=${tag}`,
			`--build-arg=NODE_IMAGE=${await base()}`,
			...more,
		];
		await docker(['build', '--quiet', ...args, FOLDER]);
		images.push(tag);
		const [found] = JSON.parse(await docker(['inspect', tag]));
		const inside = (...command: string[]) => docker(['run', '--rm', '--network=none', tag, ...command]);
		return { found, inside };
	};

	it('makes a toolchain with the same packages, settings, user and names', async () => {
		const { found, inside } = await build('toolchain');
		expect(found.Config.Env.toSorted()).toEqual(IMAGE_ENV.toolchain.toSorted());
		expect(found.Config.Labels['massgen.image']).toBe('toolchain');
		const packages = Object.values(NEEDED).toSorted().join(' ');
		expect(await inside('cat', '/asked')).toContain(`apt-get install --yes --no-install-recommends ${packages}`);
		const lines = (file: string) => inside('grep', '-h', 'agent', file);
		const own = await docker([
			'run',
			'--rm',
			'--network=none',
			await toolchainTag(),
			'grep',
			'-h',
			'agent',
			'/etc/passwd',
		]);
		expect((await lines('/etc/passwd')).split('\n').at(-1)).toBe(own);
		expect(await inside('git', 'config', '--system', '--list')).toContain('init.defaultbranch=main');
	});

	it('makes an image of MCP servers with what is named, and none without', async () => {
		const servers = '@scope/one@1.2.3 two@4.5.6';
		const { found, inside } = await build('mcp', `--build-arg=SERVERS=${servers}`);
		expect(found.Config.Env.toSorted()).toEqual(IMAGE_ENV.mcp.toSorted());
		expect(found.Config.Labels['massgen.image']).toBe('mcp');
		expect(await inside('cat', '/asked')).toBe(
			`npm install --prefix /srv/mcp --ignore-scripts --omit=dev --no-audit --no-fund ${servers}`,
		);
		await expect(build('mcp')).rejects.toThrow(/returned a non-zero code/);
	});
});
