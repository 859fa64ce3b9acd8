import { randomUUID } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { startScript } from '../../support/command.ts';
import { docker } from '../../support/docker.ts';
import { LIMITS, MIB, sandboxWorld, textOf, toolchain } from '../../support/sandbox-world.ts';
import { requireService } from '../../support/services.ts';

const SLOW = { timeout: 5 * 60_000 };
const world = sandboxWorld();
const foreign: string[] = [];

beforeEach((context) => requireService('docker', context));
afterAll(async () => {
	await world.sandbox.close();
	if (foreign.length > 0) await docker(['rm', '--force', ...foreign]);
}, 60_000);

/** A container of somebody else. */
async function stranger(labels: Record<string, string>): Promise<string> {
	const name = `somebody-${randomUUID().slice(0, 8)}`;
	foreign.push(name);
	const flags = Object.entries(labels).map(([key, value]) => `--label=${key}=${value}`);
	await docker([
		'run',
		'--detach',
		`--name=${name}`,
		'--network=none',
		...flags,
		await toolchain(),
		'sleep',
		'infinity',
	]);
	return name;
}

const names = async () => (await docker(['ps', '--all', '--format={{.Names}}'])).split('\n');

describe('the life of a sandbox', SLOW, () => {
	it('after kill -9 and a restart, nothing of ours is left and nothing of others is touched', async () => {
		const instance = `test-${randomUUID().slice(0, 8)}`;
		const plain = await stranger({});
		const alive = await stranger({ 'massgen.instance': 'another', 'massgen.expires': `${Date.now() + 3_600_000}` });
		const other = await stranger({ 'massgen.instance': 'another' });
		const gone = await stranger({ 'massgen.instance': 'another', 'massgen.expires': `${Date.now() - 1}` });
		const bot = startScript('tests/e2e/sandbox/bot-child.ts', [instance]);
		await bot.shows(/ready/);
		bot.process.kill('SIGKILL');
		await bot.ended;
		const again = sandboxWorld(instance);
		expect(await again.left()).toHaveLength(4);
		expect(await again.sandbox.reap()).toBeGreaterThanOrEqual(5);
		expect(await again.left()).toEqual([]);
		const there = await names();
		for (const name of [plain, alive, other]) expect(there).toContain(name);
		expect(there).not.toContain(gone);
	});

	it('what runs is not reaped', async () => {
		const workspace = await world.sandbox.workspace(world.run, 'kept', { bytes: MIB, files: 10 });
		const process = await world.spawn(['cat'], { mounts: [{ workspace, at: '/workspace', writable: true }] });
		await world.sandbox.reap();
		await process.write(Buffer.from('still here'));
		process.end();
		expect(await textOf(process.stdout)).toBe('still here');
		expect(await process.exit).toEqual({ code: 0, killed: null });
	});

	it('what another life left under the same name makes way', async () => {
		const instance = `test-${randomUUID().slice(0, 8)}`;
		const before = sandboxWorld(instance);
		const left = await before.spawn(['sleep', 'infinity']);
		const after = sandboxWorld(instance);
		expect((await after.bash('echo new')).stdout).toBe('new\n');
		await left.exit;
		expect(await after.left()).toEqual([]);
	});

	it('releasing a run ends its processes and no other', async () => {
		const one = await world.spawn(['sleep', 'infinity'], { run: 'one' });
		const two = await world.spawn(['cat'], { run: 'two' });
		await world.sandbox.release('one');
		expect(await one.exit).toEqual({ code: null, killed: 'disposed' });
		two.end();
		expect(await two.exit).toEqual({ code: 0, killed: null });
	});

	it('a process that is removed by somebody else is lost, and that is said', async () => {
		const process = await world.spawn(['cat']);
		const filter = [`--filter=label=massgen.instance=${world.instance}`, '--filter=label=massgen.purpose=test'];
		await docker(['rm', '--force', await docker(['ps', '--quiet', ...filter])]);
		expect(await process.exit).toMatchObject({ killed: expect.stringMatching(/^lost$/) });
		await process.dispose();
	});

	it('an abort before the start rejects with its reason, one after it disposes', async () => {
		const reason = new Error('stopped by the person');
		const request = await world.request(['sleep', 'infinity']);
		await expect(world.sandbox.spawn(request, AbortSignal.abort(reason))).rejects.toBe(reason);
		const starting = new AbortController();
		const started = world.sandbox.spawn(request, starting.signal);
		starting.abort(reason);
		await expect(started).rejects.toBe(reason);
		const running = new AbortController();
		const process = await world.sandbox.spawn(request, running.signal);
		running.abort(reason);
		expect(await process.exit).toEqual({ code: null, killed: 'disposed' });
	});

	it('a program that is not in the image ends as it would in a shell', async () => {
		const process = await world.spawn(['no-such-program']);
		expect(await textOf(process.stderr)).toContain('no-such-program');
		expect(await process.exit).toEqual({ code: 127, killed: null });
	});

	it('a slow reader gets every byte, also of a process that has long ended', async () => {
		const line = 'seq 1 400000';
		const whole = await world.bash(line);
		expect(whole.stdout.length).toBeGreaterThan(2 * MIB);
		const process = await world.spawn(['bash', '-c', `${line}; echo end >&2`]);
		const reader = process.stdout[Symbol.asyncIterator]();
		const first = await reader.next();
		const pieces: Uint8Array[] = [first.value];
		for (let piece = await reader.next(); !piece.done; piece = await reader.next()) {
			pieces.push(piece.value);
			await new Promise((resolve) => setImmediate(resolve));
		}
		expect(Buffer.concat(pieces).toString() === whole.stdout).toBe(true);
		expect(await textOf(process.stderr)).toBe('end\n');
		expect(await process.exit).toEqual({ code: 0, killed: null });
	});

	it('twenty at a time see only themselves', async () => {
		const runs = Array.from({ length: 20 }, async (_, index) => {
			const line = 'echo "$MINE" > /tmp/$MINE; ls /tmp; ls -d /proc/[0-9]* | wc -l; read -r word; echo "$word"';
			const limits = { ...LIMITS, memoryBytes: 32 * MIB };
			const process = await world.spawn(['bash', '-c', line], {
				run: `run-${index}`,
				env: { MINE: `${index}` },
				limits,
			});
			await process.write(Buffer.from(`word ${index}\n`));
			const [stdout, exit] = await Promise.all([textOf(process.stdout), process.exit]);
			return { stdout, exit };
		});
		for (const [index, { stdout, exit }] of (await Promise.all(runs)).entries()) {
			expect(stdout).toMatch(new RegExp(`^${index}\\n[2-9]\\nword ${index}\\n$`));
			expect(exit).toEqual({ code: 0, killed: null });
		}
		await world.sandbox.release(world.run);
		expect(await world.left()).toEqual([]);
	});
});
