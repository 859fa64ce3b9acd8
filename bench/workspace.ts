/**
 * How long keeping an agent's folder takes: `node bench/workspace.ts [files] [repetitions]`. Keeping it for the first
 * time, keeping it again with one file changed, and laying it out for others, each against `cp -a` of the same tree in
 * the same turn.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createDockerSandbox } from '../src/adapters/sandbox/docker.ts';
import { createSqliteStore } from '../src/adapters/stores/sqlite.ts';
import { createRunWorkspaces } from '../src/adapters/tools/workspace.ts';
import type { WorkspaceFile } from '../src/core/sandbox.ts';
import type { ToolsetTurn } from '../src/core/tool.ts';
import { systemClock } from '../src/system-clock.ts';
import { median } from './statistics.ts';

const MIB = 2 ** 20;
const files = Number(process.argv[2] ?? 10_000);
const repetitions = Number(process.argv[3] ?? 3);
const TURN: ToolsetTurn = { kind: 'answer', question: '', seen: [], files: null, attachments: [], plan: [] };
const sandbox = createDockerSandbox({ instance: `bench-${process.pid}`, clock: systemClock });
const problem = await sandbox.problem();
if (problem !== null) throw new Error(problem);

/** A hundred to a folder, 1 to 4 KB, each other than all others. */
const tree: WorkspaceFile[] = Array.from({ length: files }, (_, index) => ({
	path: `src/part-${Math.floor(index / 100)}/file-${index}.txt`,
	content: Buffer.from(`line ${index} of many\n`.repeat(50 + (index % 150))),
	executable: false,
}));

async function timed(work: () => Promise<unknown>): Promise<number> {
	const start = performance.now();
	await work();
	return performance.now() - start;
}

async function round(n: number) {
	const folder = await mkdtemp(join(tmpdir(), 'massgen-bench-'));
	const store = await createSqliteStore({ dataDir: join(folder, 'data'), clock: systemClock });
	const run = `bench-${n}`;
	const limits = { bytes: 256 * MIB, files: 2 * files + 1_000 };
	const report = (text: string) => console.error(text);
	const workspaces = createRunWorkspaces({ sandbox, store, clock: systemClock, run, limits, report });
	const call = { signal: new AbortController().signal, effectKey: '', progress() {} };
	const { toolset, folder: own } = workspaces.of('ada', []);
	try {
		await toolset.tools(TURN);
		const [mount] = await own.mounts();
		for (let at = 0; at < tree.length; at += 1_000) {
			await sandbox.writeFiles(mount?.workspace ?? '', tree.slice(at, at + 1_000));
		}
		await toolset.call('list_files', {}, call);
		const first = await timed(async () => toolset.keepFiles?.());
		await toolset.call('write_file', { path: 'src/part-0/file-0.txt', content: 'changed' }, call);
		let id: string | null = null;
		const second = await timed(async () => {
			id = (await toolset.keepFiles?.())?.id ?? null;
		});
		const reader = workspaces.of('bob', []).toolset;
		const laid = await timed(async () => {
			await reader.tools({ ...TURN, kind: 'evaluate', seen: [{ name: 'agent1', mine: false, files: id }] });
			await reader.call('list_files', { path: '/workspace/answers/agent1' }, call);
		});
		await reader.close();
		return { first, second, laid, copied: await copy(folder) };
	} finally {
		await toolset.close();
		await sandbox.release(run);
		await store.close();
		await rm(folder, { recursive: true });
	}
}

async function copy(folder: string): Promise<number> {
	for (const { path, content } of tree) {
		const at = join(folder, 'tree', path);
		await mkdir(join(at, '..'), { recursive: true });
		await writeFile(at, content);
	}
	return timed(() => promisify(execFile)('cp', ['-a', join(folder, 'tree'), join(folder, 'copy')]));
}

const rows: Awaited<ReturnType<typeof round>>[] = [];
for (let n = 0; n < repetitions; n += 1) rows.push(await round(n));
const told = (what: string, of: (row: (typeof rows)[number]) => number) => {
	const ratio = median(rows.map((row) => of(row) / row.copied)).toFixed(2);
	console.log(`${what}: ${Math.round(median(rows.map(of)))} ms, ${ratio} of cp -a`);
};
console.log(
	`${files} files, medians of ${repetitions}; cp -a ${Math.round(median(rows.map(({ copied }) => copied)))} ms`,
);
told('kept for the first time', ({ first }) => first);
told('kept again with one file changed', ({ second }) => second);
told('laid out for the others, once', ({ laid }) => laid);
await sandbox.close();
