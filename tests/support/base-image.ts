import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { docker } from './docker.ts';

const SCRIPT = new URL('../fixtures/image/base-image.sh', import.meta.url).pathname;

/**
 * An image to build on, made of this machine's own Node, npm and C library, so that nothing has to be pulled. It is
 * kept for the next time, and with it the layers of npm's work. Where programs are not Linux ones: the official image.
 */
export async function baseImage(): Promise<string> {
	if (process.platform !== 'linux') return 'node:24-slim';
	const script = await readFile(SCRIPT);
	const content = createHash('sha256').update(script).update(process.version).digest('hex').slice(0, 12);
	const name = `massgen-test-base:${content}`;
	if ((await docker(['images', '--quiet', name])) !== '') return name;
	const tar = spawn('bash', [SCRIPT, process.execPath], { stdio: ['ignore', 'pipe', 'inherit'] });
	const made = new Promise<void>((resolve, reject) => {
		tar.on('error', reject);
		tar.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`${SCRIPT} ended with ${code}`))));
	});
	const path = 'ENV PATH=/usr/local/bin:/usr/bin:/bin';
	const [image] = await Promise.all([docker(['import', '--change', path, '-'], tar.stdout), made]);
	await docker(['tag', image, name]);
	return name;
}
