import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasRedis } from '../../bench/by-workers.ts';
import { measure } from '../../bench/measure.ts';
import { startProvider } from '../../bench/processes.ts';
import { floor, inMemory, onDisk, openai } from '../../bench/programs.ts';
import type { Expected } from '../../bench/provider-script.ts';
import { startScript, temporaryFolder } from '../support/command.ts';

const floorFile = new URL('../../bench/peer-floor.ts', import.meta.url).pathname;

/** A folder of other people's programs: one that does the job, one that fails, one that is not installed. */
async function otherPeople(): Promise<string> {
	const folder = await temporaryFolder();
	onTestFinished(folder.remove);
	const write = async (name: string, file: string, text: string) => {
		await mkdir(join(folder.path, name), { recursive: true });
		await writeFile(join(folder.path, name, file), text);
	};
	await write('able', 'peer.mjs', `await import(${JSON.stringify(floorFile)});`);
	await write('broken', 'peer.mjs', "throw new Error('no such thing');");
	await write('absent', 'peer.mjs', "import 'nowhere';");
	await write('absent', 'package.json', '{}');
	return folder.path;
}

/** The cells of every table row, by the row's first cell; of several tables the last one counts. */
const rowsOf = (markdown: string) =>
	new Map([...markdown.matchAll(/^\| (.*) \|$/gm)].map(([, row = '']) => [row.split(' | ')[0], row.split(' | ')]));

describe('npm run bench', () => {
	it('measures everything from end to end', { timeout: 240_000 }, async () => {
		const env = { BENCH_PEERS: await otherPeople() };
		const { code, stdout, stderr } = await startScript('bench/bench.ts', ['--tiny'], { env }).ended;
		expect(code, stderr).toBe(0);
		const rows = rowsOf(stdout);
		expect(rows.get('model calls of a run of 3 agents (2N + 1)')?.slice(1, 4)).toEqual(['7.0', 'at most 7', 'yes']);
		expect(rows.get('messages posted for a run')?.slice(1, 4)).toEqual(['7.0', 'at most 8', 'yes']);
		for (const { name } of [floor, openai, inMemory, onDisk, { name: 'able' }]) {
			expect(
				rows.get(name)?.filter((cell) => cell === ''),
				name,
			).toEqual([]);
		}
		for (const what of [
			/^CPU a run.*SQLite$/,
			/^runs a second of CPU/,
			/^wall time of 2 runs at once/,
			/^live heap of a run/,
			/^`npm start`: process start/,
			/^token on the provider's wire to its event/,
			/^edits of one message on the page/,
			/^end of the answer on the wire/,
			/^3 runs in the data folder instead of 1/,
			/^3$/,
			...(hasRedis() ? [/^runs a second with 2 workers$/] : []),
		]) {
			const found = [...rows].find(([title]) => what.test(title ?? ''));
			expect(found?.[1][1], String(what)).toMatch(/^\d/);
		}
		expect(stdout).toMatch(/^Not run: broken \(.*\)\.$/m);
		expect(stdout).toContain('Not run: absent (its packages are not installed).');
	});
});

describe('the programs of the bench', () => {
	it.each([floor, openai, inMemory, onDisk])(
		'has $name do the whole job, with 2N + 1 model calls a run',
		async (program) => {
			const server = await startProvider();
			onTestFinished(() => server.stop());
			const load = { behaviour: {}, options: { sessions: 2, concurrency: 2, agents: 4 } };
			// Throws when a run came to another result than the provider's script makes of it.
			const { callsPerRun, report } = await measure(server, program, load, 0);
			expect(callsPerRun).toBe(9);
			expect(report).toMatchObject({ errors: 0, peakInflight: 2 });
		},
	);

	it('paces its provider as a model would be', async () => {
		const server = await startProvider();
		onTestFinished(() => server.stop());
		const behaviour = { ttftMs: 50, tokensPerSec: 400, tokensPerChunk: 10, skew: [1] };
		const { report } = await measure(server, floor, { behaviour, options: { sessions: 1, concurrency: 1 } }, 0);
		const { criticalPathMs } = await server.ask<Expected>('/expected');
		expect(criticalPathMs).toBeGreaterThan(1_000);
		expect(report.wallMs).toBeGreaterThanOrEqual(criticalPathMs);
	});
});
