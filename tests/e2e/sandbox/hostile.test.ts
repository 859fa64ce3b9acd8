import { createServer } from 'node:net';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { docker } from '../../support/docker.ts';
import { LIMITS, MIB, sandboxWorld, textOf, toolchainTag } from '../../support/sandbox-world.ts';
import { requireService } from '../../support/services.ts';

const SLOW = { timeout: 5 * 60_000 };
const world = sandboxWorld();
const images: string[] = [];

beforeEach((context) => requireService('docker', context));
afterAll(async () => {
	await world.sandbox.close();
	if (images.length > 0) await docker(['rmi', '--force', ...images]);
}, 60_000);

/** The toolchain, with more lines of a Dockerfile. */
async function imageWith(...lines: string[]): Promise<string> {
	// Nobody takes it for the toolchain.
	const file = [`FROM ${await toolchainTag()}`, 'LABEL massgen.image=none', ...lines].join('\n');
	const { Readable } = await import('node:stream');
	const id = /sha256:[0-9a-f]{64}/.exec(await docker(['build', '--quiet', '-'], Readable.from([file])))?.[0] ?? '';
	images.push(id);
	return id;
}

describe('a hostile program', SLOW, () => {
	it('that forks without end stops at the limit of processes, and ends with its container', async () => {
		const forks =
			'import os\nn = 0\ntry:\n\twhile True:\n\t\tif os.fork() == 0: os.read(0, 1)\n\t\tn += 1\nexcept OSError: print(n)';
		const process = await world.spawn(['python3', '-c', forks]);
		const counted = await firstLine(process.stdout);
		expect(Number(counted)).toBeGreaterThan(5);
		expect(Number(counted)).toBeLessThan(LIMITS.pids);
		await process.dispose();
		const bomb = await world.bash(':(){ :|:& };: 2>/dev/null; sleep infinity', {
			limits: { ...LIMITS, wallMs: 1_000 },
		});
		expect(bomb.exit).toEqual({ code: null, killed: 'time' });
		expect(await world.left()).toEqual([]);
	});

	it('that hogs memory in a pipeline is killed, though the pipeline ends well', async () => {
		const { exit, stdout } = await world.bash('head -c 300M /dev/zero | tail -n 1 | wc -c; echo end');
		expect(stdout).toContain('end');
		expect(exit).toEqual({ code: 0, killed: 'memory' });
	});

	it('that floods its output is cut at the limit and killed', async () => {
		const { exit, stdout, stderr } = await world.bash('yes & yes >&2');
		expect(exit).toEqual({ code: null, killed: 'output' });
		expect(stdout.length + stderr.length).toBe(LIMITS.outputBytes);
	});

	it('that writes wherever it can finds a small /tmp, and the rest read-only', async () => {
		const script = `
			head -c 50M /dev/zero > /tmp/big; stat -c %s /tmp/big
			for path in / /usr /etc /var /root /dev /sys /proc /workspace /dev/shm; do echo > $path/planted && echo "$path: written"; done`;
		const { stdout, stderr } = await world.bash(script);
		expect(stdout).toBe(`${LIMITS.tmpBytes}\n`);
		expect(stderr).toContain('No space left on device');
		expect(stderr.match(/Read-only file system|Permission denied|No such file or directory/g)).toHaveLength(10);
	});

	it('that executes what it put into /tmp is refused', async () => {
		const { exit } = await world.bash('printf "#!/bin/sh\\n" > /tmp/x; chmod +x /tmp/x; /tmp/x');
		expect(exit.code).toBe(126);
	});

	it('that probes the network reaches nobody, the machine it is on included', async () => {
		const heard: string[] = [];
		const server = createServer((socket) => {
			heard.push(socket.remoteAddress ?? '');
			socket.destroy();
		});
		await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
		const address = server.address();
		const port = typeof address === 'object' ? address?.port : 0;
		const gateway = await docker(['network', 'inspect', 'bridge', '--format={{(index .IPAM.Config 0).Gateway}}']);
		const probe = `
			const targets = [['${gateway || '172.17.0.1'}', ${port}], ['127.0.0.1', ${port}], ['169.254.169.254', 80], ['1.1.1.1', 53]];
			const tried = targets.map(([host, port]) => new Promise((resolve) => {
				require('node:net').connect(port, host, () => resolve('connected')).on('error', (error) => resolve(error.code));
			}));
			const named = require('node:dns').promises.lookup('example.com').then(() => 'found', (error) => error.code);
			Promise.all([...tried, named]).then((all) => console.log(JSON.stringify(all)));`;
		const process = await world.spawn(['node', '-e', probe], { limits: { ...LIMITS, memoryBytes: 256 * MIB } });
		const seen = JSON.parse(await textOf(process.stdout));
		expect(seen).toEqual(['ENETUNREACH', 'ECONNREFUSED', 'ENETUNREACH', 'ENETUNREACH', expect.stringMatching(/^E/)]);
		expect(heard).toEqual([]);
		await new Promise((resolve) => server.close(resolve));
	});

	it('that ignores SIGTERM, never ends and never reads is gone after dispose', async () => {
		const process = await world.spawn(['bash', '-c', 'trap "" TERM INT HUP; echo ready; while :; do sleep 1; done']);
		expect(await firstLine(process.stdout)).toBe('ready');
		const written = process.write(new Uint8Array(8 * MIB)).then(
			() => 'taken',
			(error: Error) => error.message,
		);
		await process.dispose();
		expect(await written).toMatch(/has ended/);
		expect(await process.exit).toEqual({ code: null, killed: 'disposed' });
		await expect(process.write(Buffer.from('more'))).rejects.toThrow(/has ended/);
		expect(await world.left()).toEqual([]);
	});

	it('that never ends is killed by the clock', async () => {
		const { exit } = await world.bash('trap "" TERM; sleep infinity', { limits: { ...LIMITS, wallMs: 300 } });
		expect(exit).toEqual({ code: null, killed: 'time' });
		expect(await world.left()).toEqual([]);
	});
});

describe('a hostile image', SLOW, () => {
	it('cannot have its own entry point, user, health check or set-uid programs', async () => {
		const image = await imageWith(
			'RUN chmod u+s /usr/bin/id',
			'USER root',
			'WORKDIR /root',
			'ENTRYPOINT ["bash", "-c", "echo taken over"]',
			'HEALTHCHECK CMD true',
		);
		const { stdout, exit } = await world.bash('id; pwd', { image });
		expect(stdout).toBe('uid=65532(agent) gid=65532(agent) groups=65532(agent)\n/tmp\n');
		expect(exit.code).toBe(0);
	});

	it('that declares a volume, which would be on the disk and without a limit, is refused', async () => {
		const image = await imageWith('VOLUME /data');
		await expect(world.bash('true', { image })).rejects.toThrow(/declares the volume \/data, which has no limit/);
		expect(await world.left()).toEqual([]);
	});

	it('that is named by a tag or is not there is refused with the repair', async () => {
		const tag = await toolchainTag();
		await expect(world.bash('true', { image: tag })).rejects.toThrow(/not given by its digest or id/);
		const absent = `sha256:${'0'.repeat(64)}`;
		await expect(world.bash('true', { image: absent })).rejects.toThrow(/not on this machine.*npm run sandbox:build/);
	});
});

async function firstLine(output: AsyncIterable<Uint8Array>): Promise<string> {
	let text = '';
	for await (const piece of output) {
		text += Buffer.from(piece).toString();
		const end = text.indexOf('\n');
		if (end >= 0) return text.slice(0, end);
	}
	return text;
}
