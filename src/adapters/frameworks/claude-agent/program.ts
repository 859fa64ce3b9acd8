import { type ChildProcess, spawn } from 'node:child_process';
import type { SpawnedProcess, SpawnOptions } from '@anthropic-ai/claude-agent-sdk';
import { endGroup, endingOf, lastWords } from '../shared/program.ts';

/** Claude Code, as the SDK has it started for one reply. */
export interface Program {
	start(options: SpawnOptions): SpawnedProcess;
	/** Why it failed, once it has ended; null: it did not, as far as is known. */
	problem(): Promise<Error | null>;
	/** Kills it, and what it has started. */
	end(): void;
}

export function createProgram(): Program {
	let child: ChildProcess | null = null;
	let words = () => '';
	const closed = Promise.withResolvers<void>();
	return {
		start({ command, args, cwd, env }) {
			// A program in JavaScript runs with what runs this one.
			const program = command === 'node' ? process.execPath : command;
			const started = spawn(program, args, { cwd, env, detached: true, stdio: 'pipe' });
			child = started;
			started.stderr.once('close', () => closed.resolve());
			words = lastWords(started, { env: keysOf(env) });
			return started;
		},
		async problem() {
			if (child?.pid === undefined || child.exitCode === null || child.exitCode === 0) return null;
			const { exitCode: code } = child;
			// What it leaves behind may hold its error stream open.
			endGroup(child);
			await closed.promise;
			return new Error(endingOf({ code, killed: null }, words()));
		},
		end() {
			if (child !== null) endGroup(child);
		},
	};
}

/** What may be secret. */
const keysOf = (env: SpawnOptions['env']): Record<string, string> =>
	Object.fromEntries(
		Object.entries(env).flatMap(([name, value]) =>
			/KEY|TOKEN|SECRET|HEADERS/.test(name) && value ? [[name, value]] : [],
		),
	);
