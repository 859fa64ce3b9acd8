import { type ChildProcess, spawn } from 'node:child_process';
import { BotError } from '../../../core/errors.ts';
import type { ProgramSettings } from '../../../core/external-settings.ts';
import type { Sandbox, SandboxExit, SandboxLimits, SandboxProcess } from '../../../core/sandbox.ts';

/** Where the programs of one run are. */
export interface ProgramPlace {
	run: string;
	/** Null: there are no containers here. */
	sandbox: Sandbox | null;
}

/** Where an agent's program works, and what it finds there. */
export interface ProgramFolder {
	/** On this machine; absolute. */
	here: string;
	/** In the sandbox: the name of a workspace, which is at `FOLDER_INSIDE`. */
	workspace: string | null;
}
export const FOLDER_INSIDE = '/workspace';

const MIB = 1024 * 1024;
const LIMITS: SandboxLimits = {
	...{ memoryBytes: 2_048 * MIB, cpus: 2, pids: 256, tmpBytes: 256 * MIB },
	...{ wallMs: null, outputBytes: 256 * MIB },
};
/** What every program needs of the environment. Secrets are elsewhere. */
const NEEDED = ['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'];

/**
 * Starts a program of the configuration: in the folder of its settings, or `/tmp` of a container, or in `folder` where that
 * is given. Throws with a sentence when it cannot be started.
 */
export function startProgram(
	settings: ProgramSettings,
	place: ProgramPlace,
	signal: AbortSignal,
	folder: ProgramFolder | null = null,
): Promise<SandboxProcess> {
	return settings.sandbox === null
		? startHere(settings, folder?.here ?? settings.cwd, signal)
		: startInSandbox(settings, settings.sandbox, place, folder?.workspace ?? null, signal);
}

async function startInSandbox(
	{ command, env }: ProgramSettings,
	{ image: named, egress }: NonNullable<ProgramSettings['sandbox']>,
	{ run, sandbox }: ProgramPlace,
	workspace: string | null,
	signal: AbortSignal,
): Promise<SandboxProcess> {
	const problem = sandbox === null ? 'there are no containers here' : await sandbox.problem();
	if (problem !== null) throw new BotError('sandbox_failed', `The agent's program runs in a container: ${problem}`);
	const image = named ?? (await sandbox?.image('toolchain')) ?? null;
	if (sandbox === null || image === null) {
		throw new BotError('sandbox_failed', 'There is no image for programs yet. Run `npm run sandbox:build`.');
	}
	const mounts = workspace === null ? [] : [{ workspace, at: FOLDER_INSIDE, writable: true }];
	const cwd = workspace === null ? '/tmp' : FOLDER_INSIDE;
	return sandbox.spawn({ run, purpose: 'agent', image, command, env, mounts, cwd, limits: LIMITS, egress }, signal);
}

/** In a group of its own, so that what it starts ends with it. */
async function startHere({ command, env }: ProgramSettings, cwd: string, signal: AbortSignal): Promise<SandboxProcess> {
	signal.throwIfAborted();
	const [program = '', ...args] = command;
	const child = spawn(program, args, { cwd, env: { ...neededEnvironment(), ...env }, detached: true, stdio: 'pipe' });
	const started = Promise.withResolvers<void>();
	const exit = Promise.withResolvers<SandboxExit>();
	let isDisposed = false;
	child.once('spawn', started.resolve);
	child.once('error', (error) => {
		const why = 'code' in error && error.code === 'ENOENT' ? 'it is not there' : error.message;
		started.reject(new BotError('config_invalid', `The program ${program} cannot be started: ${why}.`));
	});
	child.once('close', (code, name) => {
		exit.resolve({ code: code ?? (name === null ? null : 128), killed: isDisposed ? 'disposed' : null });
	});
	// Whoever writes is told; a program that stops reading must not end this one.
	child.stdin.on('error', () => {});
	await started.promise;
	const dispose = async () => {
		isDisposed = true;
		endGroup(child);
		await exit.promise;
	};
	const abort = () => void dispose();
	signal.addEventListener('abort', abort, { once: true });
	void exit.promise.then(() => signal.removeEventListener('abort', abort));
	if (signal.aborted) abort();
	return {
		write: (bytes) =>
			new Promise((resolve, reject) => child.stdin.write(bytes, (error) => (error ? reject(error) : resolve()))),
		end: () => void child.stdin.end(),
		stdout: child.stdout,
		stderr: child.stderr,
		exit: exit.promise,
		dispose,
	};
}

/** Kills a program that leads a group, and all that is in it. */
export function endGroup(child: ChildProcess): void {
	if (child.pid === undefined) return;
	try {
		process.kill(-child.pid, 'SIGKILL');
	} catch {
		// It has ended.
	}
}

/** What every program is given of the environment of this one. */
export const neededEnvironment = () => Object.fromEntries(NEEDED.map((name) => [name, process.env[name]]));

/** The end of what a process writes to its error stream, without the values of its environment, in one line. */
export function lastWords(
	{ stderr }: Pick<SandboxProcess, 'stderr'>,
	{ env }: Pick<ProgramSettings, 'env'>,
): () => string {
	const secrets = Object.values(env).filter((value) => value.length >= 6);
	let text = '';
	const read = async () => {
		const decoder = new TextDecoder();
		for await (const chunk of stderr) text = (text + decoder.decode(chunk, { stream: true })).slice(-4_096);
	};
	void read().catch(() => {});
	return () => {
		const line = text.trim().split('\n').at(-1) ?? '';
		return secrets.reduce((shown, secret) => shown.replaceAll(secret, '…'), line).slice(-120);
	};
}

/** Why a program that ended early did, in a sentence. */
export function endingOf({ code, killed }: SandboxExit, words: string): string {
	const how = killed === null ? `with code ${code}` : `early (${killed})`;
	return `The agent's program ended ${how}${words === '' ? '' : `: ${words}`}.`;
}
