import type Docker from 'dockerode';
import { BotError, messageOf } from '../../../core/errors.ts';

/** What this program speaks to an engine; 20.10 is the first that does, with cgroup namespaces. */
const LEAST_API = '1.41';

/** A client of the engine of this machine, or of the one that `DOCKER_HOST` names. Throws when that is no address. */
export async function connectEngine(): Promise<Docker> {
	const { default: Client } = await import('dockerode');
	return new Client();
}

/** Why tools cannot be isolated by this engine, in a sentence with the repair; null: they can. */
export async function engineProblem(connect: () => Promise<Docker>): Promise<string | null> {
	try {
		const engine = await connect();
		const version = await engine.version();
		if (compareVersions(version.ApiVersion, LEAST_API) < 0) {
			return off(`Docker ${version.Version} is too old. Install Docker Engine 20.10 or newer.`);
		}
		return missingLimits(await engine.info());
	} catch (thrown) {
		return off(unreachable(thrown));
	}
}

/** What of `docker info` decides. */
interface EngineInfo {
	OSType?: string;
	MemoryLimit?: boolean;
	SwapLimit?: boolean;
	PidsLimit?: boolean;
	CpuCfsQuota?: boolean;
	SecurityOptions?: readonly string[];
}

const LIMITS = {
	MemoryLimit: 'memory',
	SwapLimit: 'swap',
	PidsLimit: 'the number of processes',
	CpuCfsQuota: 'processor time',
} as const;

/** As `engineProblem`, from what an engine says of itself. */
export function missingLimits(info: EngineInfo): string | null {
	if (info.OSType !== 'linux') {
		return off(`Docker runs ${info.OSType} containers here. Switch it to Linux containers.`);
	}
	const absent = (Object.keys(LIMITS) as (keyof typeof LIMITS)[]).filter((name) => info[name] !== true);
	if (absent.length > 0) {
		const names = absent.map((name) => LIMITS[name]).join(', ');
		return off(
			`Docker cannot limit ${names} here. Enable these cgroup controllers (on Debian, boot with cgroup_enable=memory swapaccount=1; for rootless Docker, delegate them to the user).`,
		);
	}
	const seccomp = info.SecurityOptions?.find((option) => option.startsWith('name=seccomp'));
	if (seccomp === undefined || seccomp.includes('unconfined')) {
		return off('Docker filters no system calls here. Start it with its default seccomp profile.');
	}
	return null;
}

function unreachable(thrown: unknown): string {
	const { code } = thrown as NodeJS.ErrnoException;
	const named = process.env.DOCKER_HOST ? ' that DOCKER_HOST names' : '';
	if (code === 'EACCES' || code === 'EPERM') {
		return `this user may not talk to the Docker engine${named}. Add it to the group docker, and sign in again.`;
	}
	if (code === 'ENOENT' || code === 'ECONNREFUSED') {
		return `no Docker engine${named} is running. Install Docker (on Debian: docker.io) and start it.`;
	}
	return `the Docker engine${named} does not answer: ${messageOf(thrown)}. See that "docker info" works.`;
}

const off = (why: string) => `Tools are off: ${why}`;

function compareVersions(one: string, other: string): number {
	const [a = 0, b = 0] = one.split('.').map(Number);
	const [c = 0, d = 0] = other.split('.').map(Number);
	return a - c || b - d;
}

/** The HTTP status an engine refused with; null when it was not the engine that failed. */
export const statusOf = (thrown: unknown): number | null =>
	thrown instanceof Error && 'statusCode' in thrown && typeof thrown.statusCode === 'number' ? thrown.statusCode : null;

/** Does something to a thing of the engine; false when there is no such thing. */
export async function unlessGone(work: Promise<unknown>): Promise<boolean> {
	try {
		await work;
		return true;
	} catch (thrown) {
		if (statusOf(thrown) === 404) return false;
		throw thrown;
	}
}

/** `sandbox_failed` of what an engine answered. */
export function engineFailure(what: string, thrown: unknown): BotError {
	if (thrown instanceof BotError) return thrown;
	const status = statusOf(thrown);
	const reason = status === null ? unreachable(thrown) : explained(status, messageOf(thrown));
	return new BotError('sandbox_failed', `${what}: ${reason}`, { cause: thrown });
}

function explained(status: number, message: string): string {
	if (/no space left/i.test(message)) return 'it is full. Make room in it, or give it more bytes or files.';
	if (status === 404 && /no such image/i.test(message)) {
		return 'its image is not on this machine. Make the images with npm run sandbox:build.';
	}
	return message.replace(/^\(HTTP code \d+\) /, '');
}

/** How often a container whose first process never came to life is made anew. */
const BIRTHS = 3;

/**
 * Does what makes and starts a container. On a busy machine the first process can be gone before the engine lets it run;
 * nothing of it has run then, so it is done once more after `clear`.
 */
export async function born<T>(begin: () => Promise<T>, clear: () => Promise<unknown>): Promise<T> {
	for (let births = 1; ; births += 1) {
		try {
			return await begin();
		} catch (thrown) {
			const isStillborn = thrown instanceof Error && thrown.message.includes('cannot start a stopped process');
			if (!isStillborn || births === BIRTHS) throw thrown;
			await clear();
		}
	}
}
