import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type FakeSlack, startFakeSlack } from '../../platforms/slack/fake-slack.ts';
import { startScript, temporaryFolder } from '../../support/command.ts';
import { MODES, type Mode, wordsOf } from './stage.ts';

const QUESTION = 'the outage';
const made: (() => Promise<void>)[] = [];
const ARGS = ['start', '--config', 'tests/e2e/fixtures/slack.yaml'];

afterAll(async () => {
	for (const remove of made) await remove();
});

interface Machine {
	slack: FakeSlack;
	/** Starts the program; with `at` it dies by SIGKILL at its commit of that number. */
	start(at?: number): Promise<ReturnType<typeof startScript>>;
	/** Ends the program that was started last as a person does. */
	end(): Promise<void>;
	/** Commits of the program that was started last. */
	commits(): Promise<number>;
}

async function machine(mode: Mode): Promise<Machine> {
	const slack = await startFakeSlack({ tiers: { enforced: false }, retryDelaysMs: [50, 500] });
	const folder = await temporaryFolder();
	const running: ReturnType<typeof startScript>[] = [];
	made.push(async () => {
		for (const { process } of running) process.kill('SIGKILL');
		await Promise.all(running.map(({ ended }) => ended));
		await slack.close();
		await folder.remove();
	});
	const way: Record<string, string> =
		mode === 'socket' ? { SLACK_APP_TOKEN: slack.app.appToken } : { SLACK_SIGNING_SECRET: slack.app.signingSecret };
	let started = 0;
	const file = () => join(folder.path, `commits-${started}`);
	return {
		slack,
		async start(at = 0) {
			started += 1;
			const env = { ...way, SLACK_BOT_TOKEN: slack.tokenOf('T1'), SLACK_API_URL: slack.apiUrl, SLACK_PORT: '0' };
			const crash = { CRASH_AT: String(at), CRASH_WHEN: at % 2 === 0 ? 'before' : 'after', COMMITS: file() };
			const script = startScript('tests/e2e/crash-child.ts', ARGS, {
				env: { ...env, ...crash, DATA_DIR: folder.path, PORT: '0' },
			});
			running.push(script);
			const text = await script.shows(/On Slack/);
			const port = /served on port (\d[\d,]*)/.exec(text)?.[1]?.replaceAll(',', '');
			if (port !== undefined) slack.http.requestUrl = `http://127.0.0.1:${port}/slack/events`;
			return script;
		},
		async end() {
			running.at(-1)?.process.kill('SIGTERM');
			await running.at(-1)?.ended;
		},
		commits: async () => (await readFile(file(), 'utf8')).length,
	};
}

/** What the bot says in a thread, without what differs from run to run, in an order of its own. */
function shown(slack: FakeSlack, thread: string): string[] {
	const { botId } = slack.team('T1');
	const own = slack.messages('T1', 'C1', thread).filter(({ bot }) => bot === botId);
	return own.map(({ text }) => text.replace(/(?:writer|critic)(?: won)?|: \d votes?|\d model calls/g, '·')).sort();
}

const isDone = (slack: FakeSlack, thread: string) =>
	slack.messages('T1', 'C1', thread).some((one) => /"Retry"/.test(wordsOf(one))) &&
	slack.team('T1').sessions.every(({ status }) => status === 'active');

/** A run that nobody disturbs: its thread, and the commits it took. */
async function undisturbed(): Promise<{ thread: string[]; commits: number }> {
	const { slack, start, commits, end } = await machine('socket');
	await start();
	const { message } = await slack.person('T1', 'U1').mention('C1', QUESTION);
	await slack.waitFor(() => isDone(slack, message.ts), 'the end');
	await slack.waitFor(() => shown(slack, message.ts).length >= 5, 'the whole thread');
	const thread = shown(slack, message.ts);
	await end();
	return { thread, commits: await commits() };
}

describe('kill -9 in the middle of a run', async () => {
	const whole = await undisturbed();
	const points = [0.3, 0.4, 0.5, 0.6, 0.75, 0.9].map((share) => Math.round(whole.commits * share));
	const cases = points.map((at, index): [Mode, number] => [MODES[index % 2] ?? 'http', at]);

	it('has a whole thread to compare with', () => {
		expect(whole.thread.join('\n')).toContain('What the team says to the outage');
		expect(whole.thread).toHaveLength(5);
		expect(whole.commits).toBeGreaterThan(20);
	});

	it.each(cases)(
		'case 39: over %s, at write %i: after a restart the thread is whole, and nothing is there twice',
		async (mode, at) => {
			const { slack, start, end } = await machine(mode);
			const first = await start(at);
			const { message } = await slack.person('T1', 'U1').mention('C1', QUESTION);
			expect((await first.ended).signal).toBe('SIGKILL');
			await start();
			await slack.waitFor(() => isDone(slack, message.ts), 'the end');
			await slack.waitFor(() => shown(slack, message.ts).length >= whole.thread.length, 'the whole thread');
			// What comes too late comes before the program has ended.
			await end();
			expect(shown(slack, message.ts)).toEqual(whole.thread);
		},
		60_000,
	);

	it('a program that is ended while messages wait to be posted ends at once, and the next one posts them', async () => {
		const { slack, start, end } = await machine('socket');
		await start();
		const { message } = await slack.person('T1', 'U1').mention('C1', QUESTION);
		await slack.waitFor(() => shown(slack, message.ts).length >= 2, 'some of the thread');
		await end();
		expect(shown(slack, message.ts).length).toBeLessThan(whole.thread.length);
		await start();
		await slack.waitFor(() => shown(slack, message.ts).length >= whole.thread.length, 'the whole thread');
		await end();
		expect(shown(slack, message.ts)).toEqual(whole.thread);
	}, 60_000);
}, 60_000);
