import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

/** Runs a docker command to its end; the result is what it printed, trimmed. Rejects with its complaint. */
export function docker(args: readonly string[], input: Readable | null = null): Promise<string> {
	const child = spawn('docker', args, { cwd: new URL('../../', import.meta.url), stdio: 'pipe' });
	const text = { stdout: '', stderr: '' };
	for (const name of ['stdout', 'stderr'] as const) {
		child[name].setEncoding('utf8').on('data', (chunk: string) => {
			text[name] += chunk;
		});
	}
	// A command may end without having read everything.
	child.stdin.on('error', () => {});
	if (input === null) child.stdin.end();
	else input.pipe(child.stdin);
	return new Promise((resolve, reject) => {
		child.on('error', reject);
		child.on('close', (code) => {
			if (code === 0) resolve(text.stdout.trim());
			// A build says on stdout what it was doing.
			else reject(new Error(`docker ${args[0]} ended with ${code}: ${text.stdout.slice(-3_000)}${text.stderr}`));
		});
	});
}
