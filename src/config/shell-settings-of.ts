import type { ShellSettings } from '../core/shell-settings.ts';
import type { BackendConfig } from './backend-schema.ts';
import type { LevelName, SandboxConfig } from './command-schema.ts';
import type { Problem } from './problem.ts';

const MIB = 2 ** 20;

/** What commands of one level get. */
export interface SandboxLevel {
	memoryBytes: number;
	cpus: number;
	pids: number;
	wallMs: number;
}

const DEFAULTS: Readonly<Record<LevelName, SandboxLevel>> = {
	small: { memoryBytes: 512 * MIB, cpus: 0.5, pids: 64, wallMs: 60_000 },
	normal: { memoryBytes: 2048 * MIB, cpus: 2, pids: 256, wallMs: 600_000 },
	large: { memoryBytes: 4096 * MIB, cpus: 4, pids: 1024, wallMs: 3_600_000 },
};

/** Of `/tmp`, which counts as memory. */
const MOST_TMP = 256 * MIB;
/** The least with which a shell starts. */
const LEAST_MEMORY = 32 * MIB;
/** By digest or id, as the sandbox wants it. */
const FIXED_IMAGE = /^(?:\S+@)?sha256:[0-9a-f]{64}$/;
const MEMORY = /^(\d+(?:\.\d+)?)\s*([kmg]?)(?:i?b)?$/i;
const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: MIB, g: 1024 * MIB };

type Report = (level: Problem['level'], key: string, message: string) => Problem;

/** The commands of an agent; null: it has none. `report` makes a problem at a key of its backend. */
export function shellSettingsOf(
	backend: BackendConfig,
	sandbox: SandboxConfig | undefined,
	report: Report,
): { settings: ShellSettings | null; problems: Problem[] } {
	if (backend.enable_mcp_command_line !== true) return { settings: null, problems: withoutEffect(backend, report) };
	const problems: Problem[] = [];
	const warn = (key: string, message: string) => void problems.push(report('warning', key, message));
	const fail = (key: string, message: string) => void problems.push(report('error', key, message));
	const name = backend.command_line_level ?? sandbox?.level ?? 'normal';
	const level = levelOf(name, sandbox);
	const place = `the level ${name} has no more; an admin may raise it under \`sandbox.levels\` in the main file`;

	if (backend.command_line_execution_mode === 'local') {
		warn('command_line_execution_mode', 'ignored: commands never run on this machine itself, only in containers');
	}
	const image = backend.command_line_docker_image ?? null;
	if (image !== null && !FIXED_IMAGE.test(image)) {
		const key = 'command_line_docker_image';
		fail(
			key,
			`${image.slice(0, 80)} may be another image tomorrow; write it with its digest, name@sha256:..., or remove the key for the image that npm run sandbox:build makes`,
		);
	}
	const memory = memoryOf(backend.command_line_docker_memory_limit, level.memoryBytes);
	if (memory === null) fail('command_line_docker_memory_limit', 'expected memory of at least 32m, such as 512m or 2g');
	else if (memory > level.memoryBytes) {
		warn('command_line_docker_memory_limit', `ignored above ${level.memoryBytes / MIB}m: ${place}`);
	}
	const cpus = backend.command_line_docker_cpu_limit ?? level.cpus;
	if (cpus > level.cpus) warn('command_line_docker_cpu_limit', `ignored above ${level.cpus}: ${place}`);
	const networkFault = networkFaultOf(backend, sandbox);
	if (networkFault !== null) warn('command_line_docker_network_mode', networkFault);
	for (const key of ['command_line_allowed_commands', 'command_line_blocked_commands'] as const) {
		const wrong = (backend[key] ?? []).find((pattern) => !isPattern(pattern));
		if (wrong !== undefined) fail(key, `${wrong.slice(0, 80)} is no regular expression of JavaScript`);
	}
	const memoryBytes = Math.min(memory ?? level.memoryBytes, level.memoryBytes);
	const limits = {
		memoryBytes,
		cpus: Math.min(cpus, level.cpus),
		pids: level.pids,
		tmpBytes: Math.min(MOST_TMP, Math.floor(memoryBytes / 2)),
	};
	const settings = {
		image,
		limits,
		longestMs: level.wallMs,
		egress: backend.command_line_docker_network_mode === 'bridge' ? (sandbox?.egress ?? []) : [],
		allowed: backend.command_line_allowed_commands ?? null,
		blocked: backend.command_line_blocked_commands ?? [],
	};
	return { settings, problems };
}

/** What a level is: the admin's numbers, and the usual ones where there are none. */
export function levelOf(name: LevelName, sandbox: SandboxConfig | undefined): SandboxLevel {
	const given = sandbox?.levels?.[name];
	const usual = DEFAULTS[name];
	return {
		memoryBytes: given?.memory_mb === undefined ? usual.memoryBytes : given.memory_mb * MIB,
		cpus: given?.cpus ?? usual.cpus,
		pids: given?.pids ?? usual.pids,
		wallMs: given?.wall_seconds === undefined ? usual.wallMs : given.wall_seconds * 1000,
	};
}

/** MassGen passes them over as well. */
function withoutEffect(backend: BackendConfig, report: Report): Problem[] {
	const keys = Object.keys(backend).filter((key) => key.startsWith('command_line_') && !UNUSED.has(key));
	return keys.map((key) =>
		report('warning', key, 'ignored: the agent has no commands; write `enable_mcp_command_line: true`'),
	);
}

/** These are warned about wherever they stand. */
const UNUSED = new Set([
	'command_line_docker_enable_sudo',
	'command_line_docker_credentials',
	'command_line_docker_packages',
]);

function networkFaultOf(
	{ command_line_docker_network_mode: mode }: BackendConfig,
	sandbox: SandboxConfig | undefined,
): string | null {
	if (mode === 'host')
		return "ignored: containers never get this machine's network; with bridge they reach the hosts of `sandbox.egress`";
	if (mode !== 'bridge' || (sandbox?.egress ?? []).length > 0) return null;
	return 'ignored: containers have no network but a proxy to the hosts of `sandbox.egress` in the main file, where none are named';
}

/** Bytes; null when it is no amount, or too little. */
function memoryOf(given: string | number | undefined, otherwise: number): number | null {
	if (given === undefined) return otherwise;
	const [, amount = '', unit = ''] = MEMORY.exec(String(given).trim()) ?? [];
	const bytes = Math.floor(Number(amount) * (UNITS[unit.toLowerCase()] ?? Number.NaN));
	return amount !== '' && bytes >= LEAST_MEMORY ? bytes : null;
}

function isPattern(text: string): boolean {
	try {
		new RegExp(text);
		return true;
	} catch {
		return false;
	}
}
