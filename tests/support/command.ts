import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('../../', import.meta.url).pathname;

export interface Ended {
	code: number | null;
	signal: NodeJS.Signals | null;
	stdout: string;
	stderr: string;
}

export interface Running {
	process: ChildProcess;
	ended: Promise<Ended>;
	/** Resolves with the output so far as soon as it matches. */
	shows(pattern: RegExp): Promise<string>;
}

export interface CommandOptions {
	env?: Readonly<Record<string, string>>;
	cwd?: string;
	input?: string;
}

/** Keys and addresses of this machine's user must not change what a test sees. */
function cleanEnvironment(): NodeJS.ProcessEnv {
	const foreign = /_API_KEY$|_BASE_URL$|_MODEL$|^MASSGEN_|^DATA_DIR$|^REDIS_|^OLLAMA_|^NO_COLOR$|^FORCE_COLOR$/;
	const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
	return { ...Object.fromEntries(kept), OLLAMA_HOST: 'http://127.0.0.1:1' };
}

/** Starts a TypeScript file with this Node, as the package's scripts do. */
export function startScript(file: string, args: readonly string[], options: CommandOptions = {}): Running {
	const child = spawn(process.execPath, [join(root, file), ...args], {
		cwd: options.cwd ?? root,
		env: { ...cleanEnvironment(), ...options.env },
		stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
	});
	// A process may end without having read everything.
	child.stdin?.on('error', () => {});
	child.stdin?.end(options.input);
	const text = { stdout: '', stderr: '' };
	const waiting = new Set<() => void>();
	const gather = (name: 'stdout' | 'stderr') => {
		child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
			text[name] += chunk;
			for (const look of waiting) look();
		});
	};
	gather('stdout');
	gather('stderr');
	const ended = new Promise<Ended>((resolve, reject) => {
		child.on('error', reject);
		child.on('close', (code, signal) => resolve({ code, signal, ...text }));
	});
	const shows = (pattern: RegExp) =>
		new Promise<string>((resolve, reject) => {
			const look = () => {
				const shown = text.stdout + text.stderr;
				if (!pattern.test(shown)) return;
				waiting.delete(look);
				resolve(shown);
			};
			waiting.add(look);
			void ended.then(({ stdout, stderr }) => {
				look();
				reject(new Error(`ended without ${pattern}: ${stdout}${stderr}`));
			});
			look();
		});
	return { process: child, ended, shows };
}

/** Runs `massgen ask`, `doctor`, ... to the end. */
export function massgen(args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
	return startScript('src/main.ts', args, options).ended;
}

/** A folder of its own for each use; removed by the returned function. */
export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
	const path = await mkdtemp(join(tmpdir(), 'massgen-'));
	return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
