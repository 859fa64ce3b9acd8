import { randomUUID } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { baseImage } from '../support/base-image.ts';
import { docker } from '../support/docker.ts';
import { isFinal, type Page, pageAt } from '../support/page.ts';
import { requireService } from '../support/services.ts';

const NAME = `massgen-test-${randomUUID().slice(0, 8)}`;
const TOKEN = 'a token for the test';
/** As in compose.yaml, and with a probe every second. */
const HARDENED = ['--read-only', '--tmpfs=/tmp', '--cap-drop=ALL', '--security-opt=no-new-privileges:true'];
const MINUTES = 60_000;

/** What this image adds to its base may weigh, in bytes: a fifth of it is the local embedder and its model. */
const WEIGHT = 160_000_000;

let built: Promise<{ image: string; base: string }> | null = null;
const containers: string[] = [];

/** The image of this working tree; npm in the build reaches its registry as this machine does. */
function build() {
	built ??= baseImage().then(async (base) => {
		await docker(['build', '--network=host', `--build-arg=NODE_IMAGE=${base}`, `--tag=${NAME}`, '.']);
		return { image: NAME, base };
	});
	return built;
}

/** A JSON value that `docker inspect` finds in a container or an image. */
const inspect = async (name: string, path: string): Promise<unknown> =>
	JSON.parse(await docker(['inspect', `--format={{json ${path}}}`, name]));

/** Runs a script in the image instead of the program. */
const runInside = async (script: string) => {
	const { image } = await build();
	return docker(['run', '--rm', ...HARDENED, '--entrypoint=node', image, '--eval', script]);
};

/** Starts the image as a service, with its own volume. */
async function startContainer(): Promise<string> {
	const { image } = await build();
	const name = `${NAME}-${containers.length}`;
	containers.push(name);
	const settings = [
		`--name=${name}`,
		`--volume=${name}:/data`,
		`--env=WEB_TOKEN=${TOKEN}`,
		'--publish=127.0.0.1::8080',
	];
	await docker(['run', '--detach', '--health-interval=1s', ...HARDENED, ...settings, image]);
	return name;
}

/** The page of a container, signed in, as soon as the container says that it is healthy. */
async function pageOf(container: string): Promise<Page> {
	for (let tries = 0; (await inspect(container, '.State.Health.Status')) !== 'healthy'; tries += 1) {
		if (tries === 300) throw new Error(`not healthy: ${await docker(['logs', container])}`);
		// The engine probes by its own clock.
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	const address = `http://${await docker(['port', container, '8080/tcp'])}`;
	const { status, headers } = await pageAt(address).post('/api/login', { token: TOKEN });
	expect(status).toBe(204);
	return pageAt(address, headers.get('set-cookie')?.split(';')[0] ?? '');
}

afterAll(async () => {
	if (built === null) return;
	if (containers.length > 0) await docker(['rm', '--force', '--volumes', ...containers]);
	if (containers.length > 0) await docker(['volume', 'rm', ...containers]);
	await docker(['rmi', '--force', NAME]);
}, 2 * MINUTES);

describe('the container image', () => {
	beforeEach((context) => requireService('docker', context));

	it(
		'holds the program, its page and what they need, and is small',
		async () => {
			const { image, base } = await build();
			const list = "console.log(JSON.stringify(['.', 'dist/ui', 'node_modules'].map((path) => fs.readdirSync(path))))";
			const [top, page, packages] = JSON.parse(await runInside(`const fs = require('node:fs'); ${list}`));
			expect(top).toEqual(['LICENSE', 'commands', 'config', 'dist', 'node_modules', 'package.json', 'src']);
			expect(page).toContain('index.html');
			expect(packages).toContain('fastify');
			for (const name of ['vite', 'react', 'typescript']) expect(packages).not.toContain(name);
			const [whole, below] = [Number(await inspect(image, '.Size')), Number(await inspect(base, '.Size'))];
			console.log(`the image has ${inMB(whole)}, of which ${inMB(below)} are its base`);
			expect(whole - below).toBeLessThan(WEIGHT);
		},
		15 * MINUTES,
	);

	it(
		'runs without root, and may write to its volume alone',
		async () => {
			const attempt =
				"(path) => { try { fs.writeFileSync(path, ''); return 'written'; } catch (e) { return e.code; } }";
			const tries = `['/data/a', '/tmp/a', '/app/a', '/app/src/main.ts'].map(${attempt})`;
			const script = `const fs = require('node:fs'); console.log(JSON.stringify([process.getuid(), process.getgid(), ...${tries}]))`;
			expect(JSON.parse(await runInside(script))).toEqual([1000, 1000, 'written', 'written', 'EROFS', 'EROFS']);
		},
		15 * MINUTES,
	);

	it(
		'does not start without a token, and says what to do',
		async () => {
			const { image } = await build();
			await expect(docker(['run', '--rm', ...HARDENED, image])).rejects.toThrow(/ended with 1: [\s\S]*WEB_TOKEN/);
		},
		15 * MINUTES,
	);

	it(
		'answers a question; after kill -9 its threads are there, and what was interrupted is finished',
		async () => {
			const container = await startContainer();
			const page = await pageOf(container);
			const first = await page.ask('What is a quorum?');
			const answered = await page.until(first, isFinal);
			const second = await page.ask('What is a tally?');
			await docker(['kill', container]);
			expect(await inspect(container, '.State.ExitCode')).toBe(137);
			await docker(['start', container]);
			const again = await pageOf(container);
			expect(await again.thread(first)).toEqual(answered);
			expect(JSON.stringify(await again.until(second, isFinal))).toContain('What is a tally?');
			expect((await again.threads()).map(({ id }) => id).toSorted()).toEqual([first, second].toSorted());
		},
		15 * MINUTES,
	);

	it(
		'lets nobody in without the token',
		async () => {
			const page = await pageOf(await startContainer());
			const stranger = pageAt(page.address);
			expect((await stranger.post('/api/threads', { question: 'Hello?' })).status).toBe(401);
			expect((await stranger.post('/api/login', { token: 'guessed' })).status).toBe(401);
		},
		15 * MINUTES,
	);

	it(
		'stops on SIGTERM within the ten seconds that Docker gives it, in the middle of a run',
		async () => {
			const container = await startContainer();
			await (await pageOf(container)).ask('What is a vote?');
			await docker(['stop', '--time=10', container]);
			// 137 would be the SIGKILL that follows.
			expect(await inspect(container, '.State.ExitCode')).toBe(0);
		},
		15 * MINUTES,
	);
});

const inMB = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
