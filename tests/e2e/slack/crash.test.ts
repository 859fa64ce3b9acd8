import { afterAll, describe, expect, it } from 'vitest';
import { createApp } from '../../../src/app.ts';
import { type FakeSlack, startFakeSlack } from '../../platforms/slack/fake-slack.ts';
import { breakableLine } from '../../support/breakable-line.ts';
import { startScript } from '../../support/command.ts';
import { createMortal, type Death } from '../../support/mortal.ts';
import { createQuickClock } from '../../support/quick-clock.ts';
import { createDisks, type Disk } from '../crash-world.ts';
import { MODES, type Mode, wordsOf } from './stage.ts';

const QUESTION = 'the outage';
const CONFIG = 'tests/e2e/fixtures/slack.yaml';
/** How much faster than the machine's the time of the program goes: Slack takes about one message a second. */
const SPEED = 30;
const disks = createDisks('sqlite');
const made: (() => Promise<unknown>)[] = [];

afterAll(async () => {
	for (const clear of made.reverse()) await clear();
});

interface World {
	mode: Mode;
	slack: FakeSlack;
	disk: Disk;
}

async function world(mode: Mode): Promise<World> {
	const slack = await startFakeSlack({ tiers: { enforced: false }, retryDelaysMs: [50, 500] });
	const disk = await disks.make();
	made.push(disk.remove, () => slack.close());
	return { mode, slack, disk };
}

const environment = ({ mode, slack, disk }: World, api: string): Record<string, string> => ({
	...(mode === 'socket' ? { SLACK_APP_TOKEN: slack.app.appToken } : { SLACK_SIGNING_SECRET: slack.app.signingSecret }),
	...{ SLACK_BOT_TOKEN: slack.tokenOf('T1'), SLACK_API_URL: api, SLACK_PORT: '0', PORT: '0', DATA_DIR: disk.dataDir },
});

/** The program on Slack, in this process; at its death its way to Slack is cut. */
async function live(at: World, death: Death | null = null) {
	const { slack, disk, mode } = at;
	const line = await breakableLine(slack.apiUrl);
	const mortal = createMortal(disk.store, createQuickClock(SPEED), death);
	void mortal.died.then(() => {
		line.cut();
		slack.sockets.drop();
	});
	const app = await createApp({
		...{ file: CONFIG, flags: {}, cwd: process.cwd(), terminal: null, web: false, chats: true },
		env: environment(at, line.address + new URL(slack.apiUrl).pathname),
		clock: mortal.clock,
		openStore: async () => mortal.store,
		observe: () => {},
		onProblem: () => {},
	});
	await app.joinChats(() => {});
	if (mode === 'http') slack.http.requestUrl = `http://127.0.0.1:${app.slack?.port()}/slack/events`;
	await app.bot.recover();
	return {
		...mortal,
		async end() {
			mortal.bury();
			await app.close();
			await line.close();
		},
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

const ask = async ({ slack }: World) => (await slack.person('T1', 'U1').mention('C1', QUESTION)).message.ts;

async function untilShown({ slack }: World, thread: string, count: number): Promise<void> {
	await slack.waitFor(() => isDone(slack, thread), 'the end');
	await slack.waitFor(() => shown(slack, thread).length >= count, 'the whole thread');
}

/** A run that nobody disturbs: its thread, and the commits it took. */
async function undisturbed() {
	const at = await world('socket');
	const life = await live(at);
	const ts = await ask(at);
	await untilShown(at, ts, 5);
	await life.end();
	return { thread: shown(at.slack, ts), commits: life.commits() };
}

describe('a program that dies in the middle of a run', async () => {
	const whole = await undisturbed();
	const points = [0.3, 0.4, 0.5, 0.6, 0.75, 0.9].map((share) => Math.round(whole.commits * share));
	const cases = points.flatMap((commit) => MODES.map((mode): [Mode, number] => [mode, commit]));

	it('has a whole thread to compare with', () => {
		expect(whole.thread.join('\n')).toContain('What the team says to the outage');
		expect(whole.thread).toHaveLength(5);
		expect(whole.commits).toBeGreaterThan(20);
	});

	it.concurrent.each(cases)(
		'case 39: over %s, at write %i: after a restart the thread is whole, and nothing is there twice',
		async (mode, commit) => {
			const at = await world(mode);
			const first = await live(at, { commit, when: commit % 2 === 0 ? 'before' : 'after' });
			const ts = await ask(at);
			await first.died;
			const second = await live(at);
			await untilShown(at, ts, whole.thread.length);
			// What comes too late comes before the program has ended.
			await second.end();
			await first.end();
			expect(shown(at.slack, ts)).toEqual(whole.thread);
		},
		60_000,
	);

	it('that is ended while messages wait to be posted ends at once, and the next one posts them', async () => {
		const at = await world('socket');
		const first = await live(at);
		const ts = await ask(at);
		await at.slack.waitFor(() => shown(at.slack, ts).length >= 2, 'some of the thread');
		await first.end();
		expect(shown(at.slack, ts).length).toBeLessThan(whole.thread.length);
		const second = await live(at);
		await at.slack.waitFor(() => shown(at.slack, ts).length >= whole.thread.length, 'the whole thread');
		await second.end();
		expect(shown(at.slack, ts)).toEqual(whole.thread);
	}, 60_000);

	it('by a real SIGKILL does the same', async () => {
		const at = await world('socket');
		await at.disk.store.close();
		const crash = { CRASH_AT: String(Math.round(whole.commits / 2)), CRASH_WHEN: 'after' };
		const env = environment(at, at.slack.apiUrl);
		const start = (script: string, more = {}) =>
			startScript(script, ['start', '--config', CONFIG], { env: { ...env, ...more } });
		const first = start('tests/e2e/crash-child.ts', crash);
		await first.shows(/On Slack/);
		const ts = await ask(at);
		expect((await first.ended).signal).toBe('SIGKILL');
		const second = start('src/main.ts');
		await untilShown(at, ts, whole.thread.length);
		second.process.kill('SIGTERM');
		await second.ended;
		expect(shown(at.slack, ts)).toEqual(whole.thread);
	}, 60_000);
}, 60_000);
