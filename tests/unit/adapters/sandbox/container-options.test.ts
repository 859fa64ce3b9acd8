import {
	anything,
	array,
	assert,
	boolean,
	constant,
	constantFrom,
	dictionary,
	double,
	integer,
	oneof,
	property,
	record,
	string,
} from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	type ContainerFrame,
	type ContainerOptions,
	containerOptions,
	DEFAULT_CEILING,
	volumeOptions,
} from '../../../../src/adapters/sandbox/docker/container-options.ts';
import { BotError } from '../../../../src/core/errors.ts';
import type { SandboxRequest } from '../../../../src/core/sandbox.ts';

const MIB = 2 ** 20;
const IMAGE = `sha256:${'a'.repeat(64)}`;

const REQUEST: SandboxRequest = {
	run: 'run',
	purpose: 'shell',
	image: IMAGE,
	command: ['bash', '-c', 'true'],
	env: { NAME: 'value' },
	mounts: [],
	cwd: '/tmp',
	limits: { memoryBytes: 64 * MIB, cpus: 0.5, pids: 64, tmpBytes: MIB, wallMs: null, outputBytes: MIB },
	egress: [],
};

const FRAME: ContainerFrame = {
	name: 'massgen-x-1',
	labels: { 'massgen.instance': 'x' },
	ceiling: DEFAULT_CEILING,
	machineCpus: 2,
	workspaces: [],
	egressFolder: null,
};

const held = { bytes: 16 * MIB, files: 10 };
const build = (request: Partial<SandboxRequest> = {}, frame: Partial<ContainerFrame> = {}) =>
	containerOptions({ ...REQUEST, ...request }, { ...FRAME, ...frame });

/** All that may depend on a request; the rest of the options is the same for every one. */
function withoutWhatIsAsked({ Entrypoint, Cmd, Env, WorkingDir, Image, HostConfig, ...rest }: ContainerOptions) {
	const { PidsLimit, Memory, MemorySwap, NanoCpus, Tmpfs, Mounts, ...fixed } = HostConfig;
	const tmpfs = Object.entries(Tmpfs ?? {}).map(([at, flags]) => [at, flags.replace(/size=\d+/, 'size=N')]);
	return { ...rest, HostConfig: { ...fixed, tmpfs } };
}

const wildNumber = oneof(double(), integer(), constantFrom(0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60));
const wildText = oneof(
	string(),
	constantFrom('..', '/', '/workspace', '/workspace/a', '/workspace/../etc', '\0', 'host', ''),
);
const wildRequest = record({
	run: wildText,
	purpose: wildText,
	image: oneof(wildText, constantFrom(IMAGE, `name@${IMAGE}`, 'bash:latest', `${IMAGE}\n`)),
	command: array(wildText, { maxLength: 4 }),
	env: dictionary(oneof(wildText, constantFrom('PATH', 'A_B')), wildText, { maxKeys: 3 }),
	mounts: constant([]),
	cwd: wildText,
	limits: record({
		memoryBytes: wildNumber,
		cpus: wildNumber,
		pids: wildNumber,
		tmpBytes: wildNumber,
		wallMs: oneof(constant(null), wildNumber),
		outputBytes: wildNumber,
	}),
	egress: oneof(constant([]), array(wildText, { maxLength: 2 })),
	// What a careless caller might pass through.
	HostConfig: anything(),
	Privileged: boolean(),
	Binds: array(string()),
});
const calm = record({
	image: constantFrom(IMAGE, `name@${IMAGE}`),
	command: array(
		string({ minLength: 1 }).filter((text) => !text.includes('\0')),
		{ minLength: 1 },
	),
	limits: record({
		memoryBytes: integer({ min: 6 * MIB }),
		cpus: double({ min: 0.01, max: 1e6, noNaN: true }),
		pids: integer({ min: 1 }),
		tmpBytes: integer({ min: 4096 }),
		wallMs: constant(null),
		outputBytes: integer({ min: 1 }),
	}),
});

describe('what the engine is told about a container', () => {
	it('cannot be loosened by any request: it is refused, or closed and below the ceiling', () => {
		let accepted = 0;
		const fixed = withoutWhatIsAsked(build());
		const closed = (request: SandboxRequest) => {
			let options: ContainerOptions;
			try {
				options = containerOptions(request, FRAME);
			} catch (thrown) {
				expect(thrown).toBeInstanceOf(BotError);
				return;
			}
			accepted += 1;
			expect(withoutWhatIsAsked(options)).toEqual(fixed);
			const { PidsLimit, Memory, MemorySwap, NanoCpus, Tmpfs, Mounts } = options.HostConfig;
			for (const [value, most] of [
				[PidsLimit, DEFAULT_CEILING.pids],
				[Memory, DEFAULT_CEILING.memoryBytes],
				[NanoCpus, 2e9],
				[Number(/size=(\d+)/.exec(Tmpfs?.['/tmp'] ?? '')?.[1]), DEFAULT_CEILING.tmpBytes],
			] as const) {
				// Zero and less mean no limit to the engine.
				expect(value).toBeGreaterThan(0);
				expect(value).toBeLessThanOrEqual(most);
			}
			expect(MemorySwap).toBe(Memory);
			expect(Mounts).toEqual([]);
			expect(options.Image).toMatch(/^(?:\S+@)?sha256:[a-f0-9]{64}$/);
			expect(options.Entrypoint).toHaveLength(1);
		};
		assert(property(wildRequest, closed), { numRuns: 2_000 });
		assert(property(calm, (given) => closed({ ...REQUEST, ...given })));
		expect(accepted).toBeGreaterThan(50);
	});

	it('has the workspaces and no other mount, each of a limited kind', () => {
		const mounts = [{ workspace: 'one', at: '/workspace', writable: true, limits: held }];
		const { HostConfig } = build({}, { workspaces: mounts });
		expect(HostConfig.Mounts).toMatchObject([
			{
				Type: 'volume',
				Source: 'one',
				Target: '/workspace',
				ReadOnly: false,
				VolumeOptions: { NoCopy: true, DriverConfig: { Name: 'local', Options: volumeOptions(held) } },
			},
		]);
		expect(HostConfig.Binds).toEqual([]);
		expect(HostConfig.Memory).toBe(80 * MIB);
	});

	it.each([
		['the root', '/'],
		['another folder', '/etc'],
		['a way out', '/workspace/../etc'],
		['a relative path', 'workspace'],
		['a look-alike', '/workspaces'],
		['a trailing slash', '/workspace/'],
		['an option', '/workspace/a:rw'],
	])('has no workspace at %s', (_title, at) => {
		const workspaces = [{ workspace: 'one', at, writable: true, limits: held }];
		expect(() => build({}, { workspaces })).toThrow(/cannot be at .* only below \/workspace/);
	});

	it('has no workspace inside of another', () => {
		const at = (path: string) => ({ workspace: path, at: path, writable: false, limits: held });
		for (const paths of [
			['/workspace', '/workspace/a'],
			['/workspace/a/b', '/workspace/a'],
			['/workspace/a', '/workspace/a'],
		]) {
			expect(() => build({}, { workspaces: paths.map(at) })).toThrow(/would cover each other/);
		}
		expect(build({}, { workspaces: ['/workspace/a', '/workspace/ab'].map(at) }).HostConfig.Mounts).toHaveLength(2);
	});

	it('has nothing of the environment that a request brings', () => {
		expect(JSON.stringify(build({ env: { KEY: 'canary' } }))).not.toContain('canary');
	});

	it.each([
		['a place inside of a workspace, where a link may have been planted', '/workspace/own/link'],
		['another folder', '/proc/self/fd'],
		['a relative path', 'tmp'],
		['a way out', '/workspace/own/..'],
		['the parent of workspaces', '/workspace'],
	])('does not start in %s', (_title, cwd) => {
		const workspaces = [{ workspace: 'one', at: '/workspace/own', writable: true, limits: held }];
		expect(() => build({ cwd }, { workspaces })).toThrow(/is no place to start in/);
		expect(build({ cwd: '/workspace/own' }, { workspaces }).WorkingDir).toBe('/workspace/own');
	});
});
