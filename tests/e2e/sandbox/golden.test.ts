import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { docker } from '../../support/docker.ts';
import { MIB, sandboxWorld, toolchain } from '../../support/sandbox-world.ts';
import { requireService } from '../../support/services.ts';

const MINUTES = 60_000;
const world = sandboxWorld();

beforeEach((context) => requireService('docker', context));
afterAll(async () => world.sandbox.close());

/** What may differ between engines and containers, and is not about isolation. */
const GOLDEN = {
	NetworkMode: 'none',
	ReadonlyRootfs: true,
	Privileged: false,
	CapDrop: ['ALL'],
	SecurityOpt: ['no-new-privileges:true'],
	PidsLimit: 32,
	Memory: 80 * MIB,
	MemorySwap: 80 * MIB,
	NanoCpus: 5e8,
	ShmSize: 8 * MIB,
	Ulimits: [
		{ Name: 'nofile', Soft: 256, Hard: 256 },
		{ Name: 'core', Soft: 0, Hard: 0 },
		{ Name: 'msgqueue', Soft: 0, Hard: 0 },
	],
	Tmpfs: { '/tmp': `rw,noexec,nosuid,nodev,size=${4 * MIB},uid=65532,gid=65532,mode=0700` },
	IpcMode: 'none',
	CgroupnsMode: 'private',
	PidMode: '',
	UTSMode: '',
	UsernsMode: '',
	Init: true,
	RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
	LogConfig: { Type: 'none', Config: {} },
	OomKillDisable: false,
	PublishAllPorts: false,
	AutoRemove: false,
};

/** Empty in one engine, null in another. */
const NOTHING = ['Binds', 'CapAdd', 'Devices', 'DeviceRequests', 'PortBindings', 'VolumesFrom', 'Links', 'GroupAdd'];

describe('a container of the sandbox', () => {
	it(
		'is configured as the golden one, with its own workspace and nothing else',
		async () => {
			const { sandbox, run } = world;
			const workspace = await sandbox.workspace(run, 'own', { bytes: 16 * MIB, files: 100 });
			const other = await sandbox.workspace(run, 'other', { bytes: 16 * MIB, files: 100 });
			const process = await world.spawn(['cat'], {
				env: { NAME: 'value' },
				mounts: [
					{ workspace, at: '/workspace/own', writable: true },
					{ workspace: other, at: '/workspace/other', writable: false },
				],
			});
			const id = await docker(['ps', '--quiet', '--no-trunc', `--filter=label=massgen.purpose=test`, ...mine()]);
			const [found] = JSON.parse(await docker(['inspect', id]));
			expect(found.HostConfig).toMatchObject(GOLDEN);
			for (const name of NOTHING) expect(Object.keys(found.HostConfig[name] ?? {}), name).toEqual([]);
			expect(Object.keys(found.NetworkSettings.Networks).filter((name) => name !== 'none')).toEqual([]);
			expect(found.Config).toMatchObject({
				User: '65532:65532',
				OpenStdin: true,
				StdinOnce: true,
				Tty: false,
				Entrypoint: ['sh'],
				Image: await toolchain(),
				Healthcheck: { Test: ['NONE'] },
				Labels: { 'massgen.instance': world.instance, 'massgen.run': run, 'massgen.purpose': 'test' },
			});
			expect(Number(found.Config.Labels['massgen.expires'])).toBeGreaterThan(Date.now());
			expect(found.Config.Env.toSorted()).toEqual(['HOME=/tmp', 'LANG=C.UTF-8', 'PATH=/usr/local/bin:/usr/bin:/bin']);
			const mounts = found.Mounts.map((it: Record<string, unknown>) => [it.Type, it.Destination, it.Name, it.RW]);
			expect(mounts.toSorted()).toEqual([
				['volume', '/workspace/other', other, false],
				['volume', '/workspace/own', workspace, true],
			]);
			const [volume] = JSON.parse(await docker(['volume', 'inspect', workspace]));
			const flags = `size=${16 * MIB},nr_inodes=101,nosuid,nodev,uid=65532,gid=65532,mode=0777`;
			expect(volume.Options).toEqual({ type: 'tmpfs', device: 'tmpfs', o: flags });
			await process.dispose();
			await sandbox.release(run);
			expect(await world.left()).toEqual([]);
		},
		5 * MINUTES,
	);

	it(
		'holds a process without any privilege, that sees nothing of the machine',
		async () => {
			const script = `
				grep -E '^(CapInh|CapPrm|CapEff|CapBnd|CapAmb|NoNewPrivs|Seccomp):' /proc/self/status
				id; ls /sys/class/net; cat /proc/1/comm; hostname 2>/dev/null || cat /proc/sys/kernel/hostname
				find / -path /proc -prune -o -type d -writable -print
				env | cut -d= -f1 | sort | tr '\\n' ' '; ls -d /proc/[0-9]* | wc -l`;
			const { stdout, stderr, exit } = await world.bash(script, { env: { ONLY: 'this' } });
			expect(stderr.replace(/find: .*Permission denied\n/g, '')).toBe('');
			expect(exit).toEqual({ code: 0, killed: null });
			expect(stdout.replaceAll('\t', ' ').trim().split('\n')).toEqual([
				...['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map((name) => `${name}: 0000000000000000`),
				'NoNewPrivs: 1',
				'Seccomp: 2',
				'uid=65532(agent) gid=65532(agent) groups=65532(agent)',
				'lo',
				'docker-init',
				'sandbox',
				// Takes no more than the limit for message queues, which is none.
				'/dev/mqueue',
				'/tmp',
				expect.stringMatching(/^HOME HOSTNAME LANG ONLY PATH PWD SHLVL _ [2-9]$/),
			]);
		},
		5 * MINUTES,
	);
});

const mine = () => [`--filter=label=massgen.instance=${world.instance}`];
