import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { massgen, startScript, temporaryFolder } from '../support/command.ts';
import { eventsIn, threadOf } from '../support/thread-of.ts';

const QUESTION = 'the outage';
const CONFIG = ['--config', 'tests/e2e/fixtures/crash.yaml'];
const folders: { remove(): Promise<void> }[] = [];

async function folder(): Promise<string> {
	const made = await temporaryFolder();
	folders.push(made);
	return made.path;
}

/** Asks in a process that dies at its n-th commit (0: never), on a data folder of its own. */
async function askAndDie(at: number, when: 'before' | 'after') {
	const dataDir = await folder();
	const COMMITS = join(dataDir, 'commits');
	const env = { CRASH_AT: String(at), CRASH_WHEN: when, DATA_DIR: dataDir, COMMITS };
	const ended = await startScript('tests/e2e/crash-child.ts', ['ask', '--json', ...CONFIG, QUESTION], { env }).ended;
	return { dataDir, ended, commits: (await readFile(COMMITS, 'utf8')).length };
}

afterAll(async () => {
	await Promise.all(folders.map((made) => made.remove()));
});

/** That each commit can be the last is proven in one process; that dying there is dying, here. See crash-matrix.test.ts. */
describe('kill -9 at a write of a run', async () => {
	const whole = await askAndDie(0, 'before');
	const expected = await threadOf(eventsIn(whole.ended.stdout));
	const finished = eventsIn(whole.ended.stdout).at(-1);
	const { commits } = whole;
	const cases = [
		{ at: 2, when: 'before' },
		{ at: 2, when: 'after' },
		{ at: Math.round(commits / 2), when: 'before' },
		{ at: Math.round(commits / 2), when: 'after' },
		{ at: commits - 1, when: 'before' },
		{ at: commits - 1, when: 'after' },
	] as const;

	it('leaves an undisturbed run to compare with, in which everything happens', () => {
		expect(whole.ended.code).toBe(0);
		expect(finished).toMatchObject({ type: 'run_finished', outcome: 'partial', answers: 2, agents: 3 });
		const types = new Set(eventsIn(whole.ended.stdout).map((event) => event.type));
		for (const type of ['votes_voided', 'agent_failed', 'reviewed', 'presented'] as const)
			expect(types).toContain(type);
		expect(whole.commits).toBeGreaterThan(20);
	});

	it.concurrent.each(cases)('$when write $at: the run is resumed and its thread is the same', async ({ at, when }) => {
		const { dataDir, ended } = await askAndDie(at, when);
		// The last write but one ends the run; the last one tells its session so, which a new process does by itself.
		const survived = at === whole.commits || (at === whole.commits - 1 && when === 'after');
		if (at < whole.commits) expect(ended.signal).toBe('SIGKILL');
		const resumed = await massgen(['ask', '--resume', '--json', ...CONFIG], { env: { DATA_DIR: dataDir } });
		const nothingBegun = at === 1 || (at === 2 && when === 'before');
		if (nothingBegun || survived) {
			expect(resumed).toMatchObject({ code: 1, stderr: expect.stringContaining('no interrupted run') });
			return;
		}
		expect(resumed).toMatchObject({ code: 0, stderr: '' });
		const events = eventsIn(resumed.stdout);
		expect(await threadOf(events)).toEqual(expected);
		expect(events.map((event) => ('seq' in event ? event.seq : 0)).filter(Boolean)).toEqual(
			events.filter((event) => 'seq' in event).map((_, index) => index + 1),
		);
		expect(events.filter((event) => event.type === 'run_resumed')).toHaveLength(1);
	});
}, 300_000);
