import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { ROOT } from './source-files.ts';

/** What we use of the Compose specification; a key beyond it is a slip of the pen. */
const service = z.strictObject({
	build: z.string().optional(),
	image: z.string(),
	command: z.string().optional(),
	env_file: z.array(z.strictObject({ path: z.string(), required: z.boolean() })).optional(),
	environment: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
	ports: z.array(z.string()).default([]),
	volumes: z.array(z.string()).default([]),
	extra_hosts: z.array(z.string()).optional(),
	read_only: z.boolean().default(false),
	tmpfs: z.array(z.string()).default([]),
	cap_drop: z.array(z.string()).default([]),
	security_opt: z.array(z.string()).default([]),
	healthcheck: z
		.strictObject({ test: z.array(z.string()), interval: z.string(), timeout: z.string(), retries: z.number() })
		.optional(),
	restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']).optional(),
});
const composition = z.strictObject({
	name: z.string(),
	services: z.record(z.string(), service),
	volumes: z.record(z.string(), z.null()),
});

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const { services, volumes } = composition.parse(parse(read('compose.yaml')));
const of = (name: string) => services[name] ?? service.parse({});

describe('compose.yaml', () => {
	it('starts the program with Redis beside it', () => {
		expect(Object.keys(services)).toEqual(['massgen-chat', 'redis']);
		expect(of('massgen-chat').build).toBe('.');
		expect(of('redis')).toMatchObject({ image: 'redis:7', healthcheck: { test: ['CMD', 'redis-cli', '-e', 'ping'] } });
		expect(of('massgen-chat').environment.REDIS_URL).toBe('redis://redis:6379');
	});

	it('opens the page to this machine alone, and nothing else to anybody', () => {
		expect(of('massgen-chat').ports).toEqual([`127.0.0.1:\${PORT:-8080}:8080`]);
		expect(of('redis').ports).toEqual([]);
	});

	it('asks for the token, and holds no secret itself', () => {
		const { WEB_TOKEN, ...rest } = of('massgen-chat').environment;
		expect(WEB_TOKEN).toMatch(/^\$\{WEB_TOKEN:\?.+\}$/);
		expect(Object.keys(rest).filter((name) => /KEY|TOKEN|SECRET|PASSWORD/.test(name))).toEqual([]);
		expect(of('massgen-chat').env_file).toEqual([{ path: '.env', required: false }]);
	});

	it('does not let .env lead the program away from its address and its volume', () => {
		const inImage = Object.fromEntries(
			[...read('Dockerfile').matchAll(/\b(HOST|PORT|DATA_DIR)=(\S+)/g)].map(([, name, value]) => [name, value]),
		);
		const { HOST, PORT, DATA_DIR } = of('massgen-chat').environment;
		expect({ HOST, PORT: String(PORT), DATA_DIR }).toEqual(inImage);
		expect(of('massgen-chat').volumes).toEqual([`data:${DATA_DIR}`]);
	});

	it('gives the program no more than it needs', () => {
		expect(of('massgen-chat')).toMatchObject({
			read_only: true,
			tmpfs: ['/tmp'],
			cap_drop: ['ALL'],
			security_opt: ['no-new-privileges:true'],
		});
	});

	it('declares every volume that is mounted, and mounts every one declared', () => {
		const mounted = Object.values(services).flatMap((each) => each.volumes.map((volume) => volume.split(':')[0]));
		expect(mounted.toSorted()).toEqual(Object.keys(volumes).toSorted());
	});

	// Debian's client has no compose, so where there is one it is asked in addition.
	if (spawnSync('docker', ['compose', 'version'], { stdio: 'ignore' }).status === 0) {
		it('is accepted by docker compose', () => {
			const env = { ...process.env, WEB_TOKEN: 'a token for the test' };
			const { status, stderr } = spawnSync('docker', ['compose', 'config', '--quiet'], {
				cwd: ROOT,
				env,
				encoding: 'utf8',
			});
			expect(status, stderr).toBe(0);
		});
	}
});
