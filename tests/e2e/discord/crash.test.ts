import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../../../src/app.ts';
import { createFakeDiscord, type FakeDiscord } from '../../platforms/discord/discord.ts';
import { breakableLine } from '../../support/breakable-line.ts';
import { startScript, temporaryFolder } from '../../support/command.ts';
import { createMortal, type Death } from '../../support/mortal.ts';
import { createQuickClock } from '../../support/quick-clock.ts';
import { requireService } from '../../support/services.ts';
import { createDisks, type Disk, deathsOf, STORES, type StoreName } from '../crash-world.ts';

const CONFIG = 'tests/e2e/fixtures/crash.yaml';
const QUESTION = 'the outage';
/** How much faster than the machine's the time of the program goes: edits are a second apart. */
const SPEED = 10;
const disks = { sqlite: createDisks('sqlite'), redis: createDisks('redis') };

afterAll(() => disks.redis.close());

/**
 * The messages without what differs from run to run: ids, times, anonymous names, and which of them was posted first,
 * as a presentation that is streamed and then reviewed may be there before the vote of the next round.
 */
const comparable = (transcript: string) =>
	transcript
		.replace(/edited \d+x/g, 'edited')
		.replace(/ \((?:silent, )?edited\)/g, (note) => (note.includes('silent') ? ' (silent)' : ''))
		.replace(/<t:\d+:R>|<@\d+>|run `\w+`|· [\d.]+ s|agent\d|channels\/[\d/]+/g, '*')
		.replace(/MassGen \(answers .*\):\n.*\n/g, '')
		.split(/^(?= *MassGen)/m)
		.map((message) => message.trim())
		.sort();

const environment = (discord: FakeDiscord, api: string) => ({
	DISCORD_TOKEN: discord.token,
	DISCORD_API_URL: api,
	DISCORD_DEPLOY: 'yes',
	PORT: '0',
});

/** The program on Discord, in this process; at its death its way to Discord is cut. */
async function live(discord: FakeDiscord, disk: Disk, death: Death | null) {
	const line = await breakableLine(discord.api);
	const mortal = createMortal(disk.store, createQuickClock(SPEED), death);
	void mortal.died.then(line.cut);
	const app = await createApp({
		...{ file: CONFIG, flags: {}, cwd: process.cwd(), terminal: null, web: false, chats: true },
		env: { ...environment(discord, line.address + new URL(discord.api).pathname), DATA_DIR: disk.dataDir },
		clock: mortal.clock,
		openStore: async () => mortal.store,
		observe: () => {},
		onProblem: () => {},
	});
	const joined = app.joinChats(() => {}).then(() => app.bot.recover());
	joined.catch(() => {});
	return {
		...mortal,
		/** Resolves when it is there, or dead. */
		ready: () => Promise.race([joined, mortal.died]),
		async end() {
			mortal.bury();
			await app.close();
			await line.close();
		},
	};
}

/** Whether a run has ended and its thread is shown to the end, as the store knows it. */
async function isOver({ store }: Disk): Promise<boolean> {
	const [run] = await store.list('run', { limit: 1 });
	const open = await Promise.all(['busy', 'showing'].map((kind) => store.list(kind, { limit: 1 })));
	return (run?.value as { status?: string } | undefined)?.status === 'finished' && open.flat().length === 0;
}

async function over(disk: Disk): Promise<void> {
	while (!(await isOver(disk))) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** A bot that dies, or lives to the end; then another that goes on. */
async function play(death: Death | null, store: StoreName = 'sqlite') {
	const discord = await createFakeDiscord();
	const disk = await disks[store].make();
	const general = discord.channel('Alpha', 'general');
	const first = await live(discord, disk, death);
	const shown = () => discord.transcript(general);
	try {
		await first.ready();
		const before = first.commits();
		discord.person('Ada').say(general, `<@${discord.clientId}> ${QUESTION}`);
		await Promise.race([first.died, over(disk)]);
		const second = death === null ? null : await live(discord, disk, null);
		await second?.ready();
		await over(disk);
		await second?.end();
		return { thread: comparable(shown()), before, commits: first.commits(), violations: discord.violations };
	} finally {
		await first.end();
		await disk.remove();
		await discord.close();
	}
}

describe('case 39: a bot that dies at any commit, those of its messages included', async () => {
	const whole = await play(null);
	/** Before its run is opened nothing was promised: Discord does not tell of a message again. */
	const opening = whole.before + 2;
	const deaths = deathsOf(whole.commits).filter(
		({ commit, when }) => commit > opening || (commit === opening && when === 'after'),
	);

	it('has an undisturbed thread to compare with', () => {
		expect(whole.commits).toBeGreaterThan(30);
		expect(whole.violations).toEqual([]);
	});

	describe.each(STORES)('in %s', (store) => {
		beforeEach((context) => (store === 'redis' ? requireService('redis', context) : undefined));

		it.concurrent.each(deaths)(
			'$when commit $commit: the thread ends as it should, nothing is missing and nothing there twice',
			async (death) => {
				const { thread, violations } = await play(death, store);
				expect(thread).toEqual(whole.thread);
				expect(violations).toEqual([]);
			},
			60_000,
		);
	});

	it('by a real SIGKILL does the same', async () => {
		const discord = await createFakeDiscord();
		const folder = await temporaryFolder();
		const general = discord.channel('Alpha', 'general');
		const start = (script: string, more = {}) => {
			const env = { ...environment(discord, discord.api), DATA_DIR: folder.path, ...more };
			return startScript(script, ['start', '--config', CONFIG], { env });
		};
		const crash = { CRASH_AT: String(Math.round(whole.commits / 2)), CRASH_WHEN: 'after' };
		const first = start('tests/e2e/crash-child.ts', crash);
		await first.shows(/On Discord as/);
		discord.person('Ada').say(general, `<@${discord.clientId}> ${QUESTION}`);
		expect((await first.ended).signal).toBe('SIGKILL');
		const second = start('src/main.ts');
		await discord.until('the end', () => {
			const shown = comparable(discord.transcript(general));
			return shown.length === whole.thread.length && shown.every((message) => whole.thread.includes(message));
		});
		second.process.kill('SIGTERM');
		await second.ended;
		expect(comparable(discord.transcript(general))).toEqual(whole.thread);
		await discord.close();
		await folder.remove();
	}, 60_000);
}, 60_000);
