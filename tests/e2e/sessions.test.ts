import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createSqliteStore } from '../../src/adapters/stores/sqlite.ts';
import { createApp } from '../../src/app.ts';
import { readInput } from '../../src/runs/journal.ts';
import { readDigest } from '../../src/sessions/digest-record.ts';
import { systemClock } from '../../src/system-clock.ts';
import { massgen, startScript, temporaryFolder } from '../support/command.ts';
import { createQuickClock } from '../support/quick-clock.ts';
import { requireService } from '../support/services.ts';
import { eventsIn } from '../support/thread-of.ts';
import { createDisks, STORES } from './crash-world.ts';

const LONG = 'It is so, at length. '.repeat(80);
const TEAM = `agents:
  - id: solo
    backend:
      type: scripted
      model: scripted
      script:
        answer: [{ delay_ms: 20, new_answer: "On {{question}}: ${LONG}" }]
        digest: [{ text: "Facts: what was asked first." }]
sessions: { history_characters: 4000 }
`;

let folder: string;
let config: readonly string[];

beforeEach(async () => {
	const made = await temporaryFolder();
	folder = made.path;
	const file = join(folder, 'team.yaml');
	await writeFile(file, TEAM);
	config = ['--config', file];
	return made.remove;
});

/** Asks in a process that kills itself at its n-th commit; 0: never. */
async function ask(question: string, dataDir: string, options: readonly string[] = [], at = 0) {
	const COMMITS = join(folder, `commits-${question.length}-${at}-${dataDir.length}`);
	const env = { DATA_DIR: dataDir, COMMITS, CRASH_AT: String(at), CRASH_WHEN: 'before' };
	const args = ['ask', '--json', ...config, ...options, question];
	const { stdout, stderr, signal, code } = await startScript('tests/e2e/crash-child.ts', args, { env }).ended;
	return { events: eventsIn(stdout), stderr, signal, code, commits: (await readFile(COMMITS, 'utf8')).length };
}

const startOf = (events: ReturnType<typeof eventsIn>, at = 0) => {
	const starts = events.filter((event) => event.type === 'run_started');
	const found = starts.at(at);
	if (found === undefined) throw new Error('no run has started');
	return found;
};

async function inputOf(run: string, dataDir: string) {
	const store = await createSqliteStore({ dataDir, clock: systemClock });
	return readInput(store, run).finally(() => store.close());
}

describe('a thread at the terminal', () => {
	it('is gone on with after kill -9 before its run was dealt with, and in the midst of a run', async () => {
		const { commits } = await ask('One?', join(folder, 'whole'));
		const dataDir = join(folder, 'data');
		const first = await ask('One?', dataDir, [], commits);
		expect(first.signal).toBe('SIGKILL');
		expect(first.events.at(-1)).toMatchObject({ type: 'run_finished', outcome: 'answered' });
		const { session, run: one } = startOf(first.events);
		const second = await ask('Second?', dataDir, ['--session', session], 5);
		expect(second.signal).toBe('SIGKILL');
		expect(second.events.map(({ type }) => type)).not.toContain('run_finished');
		const third = await ask('And third?', dataDir, ['--session', session]);
		expect(third).toMatchObject({ code: 0, stderr: '' });
		expect(third.events.filter(({ type }) => type === 'run_finished')).toHaveLength(2);
		const last = startOf(third.events, -1);
		expect(last).toMatchObject({ session, question: 'And third?' });
		const { history } = await inputOf(last.run, dataDir);
		expect(history.map(({ question }) => question)).toEqual(['One?', 'Second?']);
		for (const { answer } of history) expect(answer).toMatch(/^On /);
		const listed = await massgen(['ask', '--sessions', ...config], { env: { DATA_DIR: dataDir } });
		expect(listed).toMatchObject({ code: 0, stderr: expect.stringContaining(`**One?** · answered · 3 runs`) });
		expect(listed.stderr).toContain(session);
		expect(one).not.toBe(last.run);
	}, 120_000);

	it('that is not there is refused with what to do', async () => {
		const ended = await massgen(['ask', '--session', 'terminal:local:terminal:x', ...config, 'Why?'], {
			env: { DATA_DIR: join(folder, 'data') },
		});
		expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('npm run ask -- --sessions') });
	}, 60_000);
});

describe.each(STORES)('a long thread in the program, in %s', (name) => {
	beforeEach((context) => (name === 'redis' ? requireService('redis', context) : undefined));

	it('is summed up after its answers by the cheapest model, and the next run is told so', async () => {
		const disks = createDisks(name);
		onTestFinished(disks.close);
		const disk = await disks.make();
		onTestFinished(disk.remove);
		const store = { ...disk.store, close: async () => {} };
		const problems: string[] = [];
		const app = await createApp({
			...{ file: join(folder, 'team.yaml'), flags: { dataDir: join(folder, 'data') }, env: {}, cwd: folder },
			...{ terminal: null, web: false, chats: false, observe: () => {}, onProblem: (text) => problems.push(text) },
			...{ clock: createQuickClock(50), openStore: async () => store },
		});
		const session = 'terminal:local:terminal:x';
		const principal = { platform: 'terminal', tenant: 'local', user: 'local', roles: [], kind: 'member' } as const;
		const ask = async (question: string) => {
			await app.submit({ type: 'command', id: question, principal, session, name: 'ask', options: { question } });
			await app.bot.endLeft(session);
			const run = (await app.bot.sessions.get(session))?.runs.at(-1)?.run ?? '';
			return app.runs.input(run);
		};
		for (const question of ['One?', 'Two?', 'Three?']) await ask(question);
		const covered = async () => (await readDigest(store, session)).kept?.runs.length ?? 0;
		while ((await covered()) < 2) await new Promise((resolve) => setTimeout(resolve, 5));
		const { digest, history } = await ask('Four?');
		expect(digest).toEqual({ text: 'Facts: what was asked first.', covers: 2 });
		expect(history.map(({ question }) => question)).toEqual(['One?', 'Two?', 'Three?']);
		await app.close();
		expect(problems).toEqual([]);
	}, 60_000);
});
