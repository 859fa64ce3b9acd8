/**
 * How long a sandbox takes: `node bench/sandbox.ts [repetitions]`. From the request to the first byte of `echo`, and to
 * the end when nothing of it is left; against `docker run` of the same image, in turns. Then twenty at a time.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createDockerSandbox } from '../src/adapters/sandbox/docker.ts';
import type { SandboxRequest } from '../src/core/sandbox.ts';
import { systemClock } from '../src/system-clock.ts';
import { median } from './statistics.ts';

const MIB = 2 ** 20;
const AT_ONCE = 20;
const repetitions = Number(process.argv[2] ?? 15);
const sandbox = createDockerSandbox({ instance: `bench-${process.pid}`, clock: systemClock });
const problem = await sandbox.problem();
const image = await sandbox.image('toolchain');
if (problem !== null || image === null) throw new Error(problem ?? 'no image');

const request: SandboxRequest = {
	run: 'bench',
	purpose: 'bench',
	image,
	command: ['echo', 'first'],
	env: {},
	mounts: [],
	cwd: '/tmp',
	limits: { memoryBytes: 64 * MIB, cpus: 1, pids: 16, tmpBytes: MIB, wallMs: 60_000, outputBytes: MIB },
	egress: [],
};

async function oneOfOurs(): Promise<{ first: number; whole: number }> {
	const start = performance.now();
	const process = await sandbox.spawn(request, new AbortController().signal);
	process.end();
	let first = 0;
	for await (const _ of process.stdout) if (first === 0) first = performance.now() - start;
	await process.exit;
	return { first, whole: performance.now() - start };
}

async function dockerRun(args: readonly string[]): Promise<number> {
	const start = performance.now();
	await promisify(execFile)('docker', ['run', '--rm', ...args, image ?? '', 'echo', 'first']);
	return performance.now() - start;
}

const rows = { first: [] as number[], whole: [] as number[], run: [] as number[], isolated: [] as number[] };
for (let repetition = 0; repetition < repetitions; repetition += 1) {
	const ours = await oneOfOurs();
	rows.first.push(ours.first);
	rows.whole.push(ours.whole);
	rows.run.push(await dockerRun([]));
	rows.isolated.push(await dockerRun(['--network=none', '--init']));
}
const ratio = (above: readonly number[], below: readonly number[]) =>
	median(above.map((value, index) => value / (below[index] ?? Number.NaN))).toFixed(2);
const ms = (values: readonly number[]) => `${Math.round(median(values))} ms`;
console.log(`first byte ${ms(rows.first)}, whole ${ms(rows.whole)}, medians of ${repetitions}`);
console.log(`docker run --rm ${ms(rows.run)}; with --network=none --init ${ms(rows.isolated)}`);
console.log(
	`whole against docker run: ${ratio(rows.whole, rows.run)}; without its network: ${ratio(rows.whole, rows.isolated)}`,
);
const start = performance.now();
await Promise.all(Array.from({ length: AT_ONCE }, oneOfOurs));
console.log(`${AT_ONCE} at a time: ${Math.round(performance.now() - start)} ms until nothing of them is left`);
await sandbox.close();
