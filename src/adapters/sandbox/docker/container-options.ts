import type { ContainerCreateOptions, HostConfig, MountSettings } from 'dockerode';
import { BotError } from '../../../core/errors.ts';
import type { SandboxLimits, SandboxMount, SandboxRequest, WorkspaceLimits } from '../../../core/sandbox.ts';
import { EGRESS_FORWARD, EGRESS_SOCKET } from './egress/proxy.ts';
import type { Labels } from './labels.ts';
import { LAUNCHER } from './launcher.ts';

/** Nobody of the machine: no image's root, and no user that a distribution hands out. */
const USER = 65532;
const MIB = 2 ** 20;

/** The longest a container lives, in milliseconds, whatever it was asked for. */
export const LONGEST_LIFE_MS = 24 * 3_600_000;

/** The most that a request may have. An admin may raise it; a request cannot. */
export type SandboxCeiling = Omit<SandboxLimits, 'wallMs'>;

export const DEFAULT_CEILING: SandboxCeiling = {
	memoryBytes: 4096 * MIB,
	cpus: 4,
	pids: 1024,
	tmpBytes: 1024 * MIB,
	outputBytes: 1024 * MIB,
};

export function raisedCeiling(given: Partial<SandboxCeiling>): SandboxCeiling {
	const most = (of: keyof SandboxCeiling) => Math.max(DEFAULT_CEILING[of], given[of] ?? 0);
	return {
		memoryBytes: most('memoryBytes'),
		cpus: most('cpus'),
		pids: most('pids'),
		tmpBytes: most('tmpBytes'),
		outputBytes: most('outputBytes'),
	};
}

/** What the engine refuses below; zero and less would mean no limit to it. */
const LEAST: SandboxCeiling = { memoryBytes: 6 * MIB, cpus: 0.01, pids: 1, tmpBytes: 4096, outputBytes: 1 };

/** A workspace as it is mounted. */
export interface MountedWorkspace extends SandboxMount {
	limits: WorkspaceLimits;
}

/** With a field that the types of the client do not know. */
export type ContainerOptions = ContainerCreateOptions & { HostConfig: HostConfig & { CgroupnsMode: 'private' } };

/** What is decided outside of the request. */
export interface ContainerFrame {
	name: string;
	labels: Labels;
	ceiling: SandboxCeiling;
	/** Processors of the machine: the engine refuses more. */
	machineCpus: number;
	workspaces: readonly MountedWorkspace[];
	/** The folder with the socket of its proxy, on this machine; null: it has no network at all. */
	egressFolder: string | null;
}

/** Where that folder is inside, and the port of loopback that leads to the socket. */
const EGRESS_AT = '/run/egress';
const EGRESS_PORT = 3128;
/** What the program takes that leads there: it is a Node. */
const EGRESS_MEMORY = 96 * MIB;
const EGRESS_PIDS = 16;

/** By digest (`name@sha256:...`) or by id (`sha256:...`): what it names never changes. */
const FIXED_IMAGE = /^(?:[a-z0-9][a-z0-9._\-/:]*@)?sha256:[0-9a-f]{64}$/;
const WORKSPACE_PATH = /^\/workspace(?:\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/;

/**
 * Everything the engine is told about a container. Built here from nothing but the named fields of the request, so
 * what a request does not name is closed and what it names stays below the ceiling. Throws `sandbox_failed` for a
 * request that cannot be right: no limit, a tag for an image, a path that leads out.
 */
export function containerOptions(request: SandboxRequest, frame: ContainerFrame): ContainerOptions {
	const [program, ...args] = checkedCommand(request.command);
	const limits = checkedLimits(request.limits, frame.ceiling);
	const workspaces = checkedMounts(frame.workspaces);
	if (!FIXED_IMAGE.test(request.image)) {
		throw refused(`the image ${shown(request.image)} is not given by its digest or id, so what it holds may change`);
	}
	if (!['/', '/tmp', ...workspaces.map(({ at }) => at)].includes(request.cwd)) {
		// The engine enters it before the program is confined, and would follow a link that another one has planted there.
		throw refused(`${shown(request.cwd)} is no place to start in: only /tmp and the workspaces themselves are`);
	}
	// Files of a workspace are memory, and count as that of whoever writes them.
	const written = workspaces.reduce((sum, mount) => sum + (mount.writable ? mount.limits.bytes : 0), 0);
	const egress = frame.egressFolder === null ? null : egressOptions(frame.egressFolder);
	const memory = limits.memoryBytes + written + (egress === null ? 0 : EGRESS_MEMORY);
	const launcher = Object.keys(request.env).length === 0 ? [] : LAUNCHER;
	const whole = [...(egress?.command ?? []), ...launcher, program, ...args];
	return {
		name: frame.name,
		Image: request.image,
		// The image's own entry point must not run first.
		Entrypoint: whole.slice(0, 1),
		Cmd: whole.slice(1),
		// Nothing of the request's: the engine shows it to everybody.
		Env: Object.entries(egress?.env ?? {}).map(([name, value]) => `${name}=${value}`),
		WorkingDir: request.cwd,
		Labels: { ...frame.labels },
		...FIXED,
		HostConfig: {
			...FIXED_HOST,
			PidsLimit: limits.pids + (egress === null ? 0 : EGRESS_PIDS),
			Memory: memory,
			MemorySwap: memory,
			NanoCpus: Math.round(Math.min(limits.cpus, frame.machineCpus) * 1e9),
			Tmpfs: {
				'/tmp': `rw,noexec,nosuid,nodev,size=${limits.tmpBytes},uid=${USER},gid=${USER},mode=0700`,
			},
			Mounts: [...(egress?.mounts ?? []), ...workspaces.map((mount) => volumeMount(mount, frame.labels))],
		},
	};
}

/** The same for every container, whatever is asked for. */
const FIXED = {
	User: `${USER}:${USER}`,
	Hostname: 'sandbox',
	// An image's own would be run by the engine.
	Healthcheck: { Test: ['NONE'] },
	NetworkDisabled: true,
	AttachStdin: true,
	AttachStdout: true,
	AttachStderr: true,
	OpenStdin: true,
	StdinOnce: true,
	Tty: false,
};
const FIXED_HOST = {
	NetworkMode: 'none',
	ReadonlyRootfs: true,
	Privileged: false,
	CapDrop: ['ALL'],
	CapAdd: [],
	SecurityOpt: ['no-new-privileges:true'],
	ShmSize: 8 * MIB,
	Ulimits: [
		{ Name: 'nofile', Soft: 256, Hard: 256 },
		{ Name: 'core', Soft: 0, Hard: 0 },
		// Counted for the user, so those of one sandbox would be missing in all others.
		{ Name: 'msgqueue', Soft: 0, Hard: 0 },
	],
	IpcMode: 'none',
	CgroupnsMode: 'private' as const,
	Init: true,
	RestartPolicy: { Name: 'no' },
	// A log would keep all that is said, secrets included, on the disk.
	LogConfig: { Type: 'none', Config: {} },
	AutoRemove: false,
	Binds: [],
	Devices: [],
} satisfies ContainerOptions['HostConfig'];

function volumeMount({ workspace, at, writable, limits }: MountedWorkspace, labels: Labels): MountSettings {
	return {
		Type: 'volume',
		Source: workspace,
		Target: at,
		ReadOnly: !writable,
		// Nothing of the image gets in; and were the volume gone, the engine would make one without a limit.
		VolumeOptions: {
			NoCopy: true,
			Labels: { ...labels },
			DriverConfig: { Name: 'local', Options: volumeOptions(limits) },
		},
	};
}

/** The one thing of the machine that is ever mounted: a socket, and the program that leads a port to it. */
function egressOptions(folder: string) {
	const proxy = `http://127.0.0.1:${EGRESS_PORT}`;
	const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'];
	const mount: MountSettings = {
		Type: 'bind',
		Source: folder,
		Target: EGRESS_AT,
		ReadOnly: true,
		BindOptions: { Propagation: 'rprivate' },
	};
	return {
		mounts: [mount],
		// Node asks for a proxy only when told to.
		env: { ...Object.fromEntries(names.map((name) => [name, proxy])), NODE_USE_ENV_PROXY: '1' },
		command: ['node', `${EGRESS_AT}/${EGRESS_FORWARD}`, `${EGRESS_AT}/${EGRESS_SOCKET}`, `${EGRESS_PORT}`],
	};
}

/** Options of a volume in memory that holds no more than that; without them a volume is as large as the disk. */
export function volumeOptions({ bytes, files }: WorkspaceLimits): Record<string, string> {
	// The folder itself is one.
	const flags = `size=${bytes},nr_inodes=${files + 1},nosuid,nodev`;
	// The mode is for engines that map users: the owner is another one there.
	return { type: 'tmpfs', device: 'tmpfs', o: `${flags},uid=${USER},gid=${USER},mode=0777` };
}

/** Whom files belong to that are put into a workspace. */
export const FILE_OWNER = { uid: USER, gid: USER };

function checkedCommand(command: readonly string[]): readonly [string, ...string[]] {
	const [program, ...args] = command;
	if (program === undefined || program === '') throw refused('there is no program to start');
	if (command.some((part) => part.includes('\0'))) throw refused('an argument has a NUL character');
	return [program, ...args];
}

function checkedLimits(limits: SandboxLimits, ceiling: SandboxCeiling): SandboxLimits {
	const checked = (name: keyof SandboxCeiling): number => {
		const value = limits[name];
		const isWhole = name === 'cpus' || Number.isSafeInteger(value);
		if (!Number.isFinite(value) || !isWhole || value < LEAST[name]) {
			throw refused(`${value} is no limit for ${name}: at least ${LEAST[name]} is needed`);
		}
		return Math.min(value, ceiling[name]);
	};
	const { wallMs } = limits;
	if (wallMs !== null && !(Number.isFinite(wallMs) && wallMs > 0)) throw refused(`${wallMs} is no limit for wallMs`);
	return {
		memoryBytes: checked('memoryBytes'),
		cpus: checked('cpus'),
		pids: checked('pids'),
		tmpBytes: checked('tmpBytes'),
		outputBytes: checked('outputBytes'),
		wallMs: Math.min(wallMs ?? LONGEST_LIFE_MS, LONGEST_LIFE_MS),
	};
}

function checkedMounts(workspaces: readonly MountedWorkspace[]): readonly MountedWorkspace[] {
	const taken: string[] = [];
	for (const { at } of workspaces) {
		if (!WORKSPACE_PATH.test(at)) throw refused(`a workspace cannot be at ${shown(at)}, only below /workspace`);
		const other = taken.find((path) => `${path}/`.startsWith(`${at}/`) || `${at}/`.startsWith(`${path}/`));
		if (other !== undefined) throw refused(`one workspace at ${at} and one at ${other} would cover each other`);
		taken.push(at);
	}
	return workspaces;
}

const refused = (why: string) => new BotError('sandbox_failed', `The sandbox was not started: ${why}.`);

const shown = (text: string) => JSON.stringify(text.slice(0, 200));
