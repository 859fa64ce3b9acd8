import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { faultsOf, HOSTILE, selfTest } from '../../../src/adapters/sandbox/docker/self-test.ts';
import { docker } from '../../support/docker.ts';
import { MIB, sandboxWorld, toolchain } from '../../support/sandbox-world.ts';
import { requireService } from '../../support/services.ts';

const SLOW = { timeout: 5 * 60_000 };
const world = sandboxWorld();

beforeEach((context) => requireService('docker', context));
afterAll(async () => world.sandbox.close());

describe('the self-test', SLOW, () => {
	it('finds that containers of the sandbox hold a hostile program, and leaves none behind', async () => {
		expect(await selfTest(({ command, limits }) => world.spawn(command, { limits }))).toEqual([]);
		expect(await world.left()).toEqual([]);
	});

	it('finds everything that a container without our settings lets it do', async () => {
		const loose = [
			'run',
			'--rm',
			'--user=0',
			'--tmpfs=/tmp:exec,mode=777',
			'--security-opt=seccomp=unconfined',
			'--workdir=/tmp',
		];
		const seen = JSON.parse(await docker([...loose, await toolchain(), 'python3', '-c', HOSTILE]));
		const faults = faultsOf(seen);
		expect(faults).toEqual([
			'have capabilities of root',
			'gain privileges',
			'make any system call',
			'be root',
			expect.stringMatching(/^write to \/, \/usr, \/etc, /),
			'have a network',
			'execute what it wrote to /tmp',
			'write more to /tmp than it may',
			'start more processes than it may',
		]);
	});

	it('notices when memory and output have no limit', async () => {
		const roomy = { memoryBytes: 512 * MIB, outputBytes: 512 * MIB, wallMs: 3_000 };
		const faults = await selfTest(({ command, limits }) => world.spawn(command, { limits: { ...limits, ...roomy } }));
		expect(faults).toEqual(['take more memory than it may', 'write more output than it may']);
	});

	it('is part of whether tools can be used, and is made once for an image', async () => {
		const own = sandboxWorld();
		const problems = await Promise.all([own.sandbox.problem(), own.sandbox.problem()]);
		expect(problems).toEqual([null, null]);
		const before = Date.now();
		const events = ['events', `--since=${Math.floor(before / 1000) - 60}`, `--until=${Math.floor(before / 1000) + 1}`];
		const started = await docker([
			...events,
			'--filter=event=start',
			`--filter=label=massgen.instance=${own.instance}`,
			'--format={{.Actor.Attributes.name}}',
		]);
		expect(started.split('\n')).toHaveLength(3);
		await own.sandbox.close();
	});
});
