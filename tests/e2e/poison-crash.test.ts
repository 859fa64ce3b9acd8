import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { massgen, startScript, temporaryFolder } from '../support/command.ts';
import { startPage } from '../support/page.ts';
import { eventsIn } from '../support/thread-of.ts';

const CONFIG = ['--config', 'tests/e2e/fixtures/crash.yaml'];
/** In every entry of a run but those that open it and take it up. */
const OWN_ENTRY = '"calls":';

describe('a run that kills the process whenever it goes on', () => {
	it('is given up after five tries; the result says so', async () => {
		const folder = await temporaryFolder();
		onTestFinished(folder.remove);
		const env = { DATA_DIR: folder.path };
		const dying = { ...env, CRASH_ON: OWN_ENTRY, COMMITS: join(folder.path, 'commits') };
		const child = (...args: string[]) =>
			startScript('tests/e2e/crash-child.ts', [...args, ...CONFIG], { env: dying }).ended;
		expect((await child('ask', '--json', 'the outage')).signal).toBe('SIGKILL');
		for (let tries = 0; tries < 5; tries += 1) {
			expect((await child('ask', '--json', '--resume')).signal).toBe('SIGKILL');
		}
		const ended = await massgen(['ask', '--json', '--resume', ...CONFIG], { env });
		expect(eventsIn(ended.stdout).at(-1)).toMatchObject({
			...{ type: 'run_finished', outcome: 'failed' },
			shortfalls: expect.arrayContaining(['given_up']),
		});
	}, 60_000);
});

describe('SIGTERM', () => {
	it('ends a process with twenty runs going within 25 s, loses none, and the next one ends them all', async () => {
		const folder = await temporaryFolder();
		onTestFinished(folder.remove);
		const env = { DATA_DIR: folder.path };
		const config = ['start', '--config', 'tests/e2e/fixtures/crash-load.yaml'];
		const page = await startPage('src/main.ts', config, { env });
		const ids = await Promise.all(Array.from({ length: 20 }, (_, index) => page.ask(`Question ${index}?`)));
		await page.until(ids.at(-1) ?? '', (messages) => messages.some(({ message }) => message.type === 'slot'));
		// The promise itself, and no measure of speed: it takes about one second.
		const late = AbortSignal.timeout(25_000);
		page.running.process.kill('SIGTERM');
		const { code } = await page.running.ended;
		expect(code).toBe(0);
		expect(late.aborted).toBe(false);
		const next = await startPage('src/main.ts', config, { env });
		for (const id of ids) {
			const messages = await next.until(id, (all) =>
				all.some(({ message }) => message.type === 'final' && message.outcome !== null),
			);
			const finals = messages.flatMap(({ message }) => (message.type === 'final' ? [message.outcome] : []));
			expect(finals).toEqual(['answered']);
		}
		next.running.process.kill('SIGTERM');
		await next.running.ended;
	}, 120_000);
});
