import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { docker } from '../../support/docker.ts';
import { LIMITS, MIB, sandboxWorld } from '../../support/sandbox-world.ts';
import { requireService } from '../../support/services.ts';

const SLOW = { timeout: 5 * 60_000 };
const CANARY = 'canary-5e8f2d1b';
const world = sandboxWorld();

beforeEach((context) => requireService('docker', context));
afterAll(async () => world.sandbox.close());

describe('two runs at a time', SLOW, () => {
	it('see nothing of each other: no files, no environment, no processes, no network', async () => {
		const { sandbox } = world;
		const workspace = await sandbox.workspace('one', 'files', { bytes: MIB, files: 10 });
		const serve = `
			echo ${CANARY} > /workspace/own/note; echo ${CANARY} > /tmp/note
			exec node -e 'require("node:http").createServer((_, answer) => answer.end("here")).listen(8080, () => console.log("ready"))' ${CANARY}`;
		const one = await world.spawn(['bash', '-c', serve], {
			run: 'one',
			env: { SECRET: CANARY },
			mounts: [{ workspace, at: '/workspace/own', writable: true }],
			limits: { ...LIMITS, memoryBytes: 128 * MIB },
		});
		for await (const piece of one.stdout) if (piece.includes(10)) break;
		const look = `
			cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'
			find / -path /proc -prune -o -path /sys -prune -o -name note -print 2>/dev/null
			cat /proc/mounts /proc/net/tcp /proc/net/unix
			(exec 3<>/dev/tcp/127.0.0.1/8080) 2>&1; ls /sys/class/net`;
		const other = await world.bash(look, { run: 'two' });
		// Of the other command it sees its own text alone.
		expect(other.stdout + other.stderr).not.toContain(CANARY);
		expect(other.stdout).not.toMatch(/\/note$/m);
		expect(other.stdout + other.stderr).toContain('Connection refused');
		const foreign = { run: 'two', mounts: [{ workspace, at: '/workspace/own', writable: false }] };
		await expect(world.bash('cat /workspace/own/note', foreign)).rejects.toThrow(/the run has no workspace/);
		await one.dispose();
	});
});

describe('a secret of a tool', SLOW, () => {
	it('reaches its program, and is in no inspection, no image, no log and no event of the engine', async () => {
		const process = await world.spawn(['bash', '-c', `echo "\${#SECRET}"; read -r _`], {
			env: { SECRET: CANARY },
			egress: ['example.com:443'],
			limits: { ...LIMITS, memoryBytes: 128 * MIB },
		});
		for await (const piece of process.stdout) {
			expect(Buffer.from(piece).toString()).toBe(`${CANARY.length}\n`);
			break;
		}
		const mine = ['--no-trunc', `--filter=label=massgen.instance=${world.instance}`];
		const [id = ''] = (await docker(['ps', '--quiet', ...mine])).split('\n');
		const [found] = JSON.parse(await docker(['inspect', id]));
		const shown = await Promise.all([
			docker(['inspect', '--size', id]),
			docker(['ps', '--all', ...mine]),
			docker(['top', id, '-o', 'pid,args']),
			docker(['diff', id]),
			docker(['logs', id]).catch(String),
			docker(['inspect', found.Image]),
			docker(['history', '--no-trunc', found.Image]),
			docker(['events', '--since=60s', '--until=0s', '--format={{json .}}']),
		]);
		expect(shown.join('\n')).not.toContain(CANARY);
		expect(shown[0]).toContain('massgen_line');
		await process.dispose();
	});
});
