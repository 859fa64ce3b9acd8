import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createFakeDiscord, type FakeDiscord } from '../../platforms/discord/discord.ts';
import { type Running, startScript, temporaryFolder } from '../../support/command.ts';

const CONFIG = ['--config', 'tests/e2e/fixtures/crash.yaml'];
const QUESTION = 'the outage';

/** Without what differs from run to run: ids, times, and anonymous names. */
const comparable = (transcript: string) =>
	transcript
		.replace(/edited \d+x/g, 'edited')
		.replace(/ \((?:silent, )?edited\)/g, (note) => (note.includes('silent') ? ' (silent)' : ''))
		.replace(/<t:\d+:R>|<@\d+>|run `\w+`|· [\d.]+ s|agent\d|channels\/[\d/]+/g, '*')
		.replace(/MassGen \(answers .*\):\n.*\n/g, '');

function start(discord: FakeDiscord, dataDir: string, crashAt: number, script: string): Running {
	const env = {
		CRASH_AT: String(crashAt),
		CRASH_WHEN: 'before',
		COMMITS: join(dataDir, 'commits'),
		DATA_DIR: dataDir,
		PORT: '0',
		DISCORD_TOKEN: discord.token,
		DISCORD_API_URL: discord.api,
		DISCORD_DEPLOY: 'yes',
	};
	return startScript(script, ['start', ...CONFIG], { env });
}

const left: (() => Promise<unknown>)[] = [];
afterAll(async () => {
	for (const clear of left) await clear();
});

async function folder(): Promise<string> {
	const made = await temporaryFolder();
	left.push(made.remove);
	return made.path;
}

/** A bot that dies at its n-th commit (0: never) after the question; then another that goes on. */
async function live(crashAt: number) {
	const discord = await createFakeDiscord();
	left.push(discord.close);
	const dataDir = await folder();
	const ada = discord.person('Ada');
	const general = discord.channel('Alpha', 'general');
	const first = start(discord, dataDir, crashAt, 'tests/e2e/crash-child.ts');
	await first.shows(/On Discord as/);
	ada.say(general, `<@${discord.clientId}> ${QUESTION}`);
	if (crashAt > 0) await first.ended;
	const bot = crashAt > 0 ? start(discord, dataDir, 0, 'src/main.ts') : first;
	const isWhole = () =>
		/Presented: both causes[\s\S]*\[Retry\]|\[Retry\][\s\S]*Presented: both causes/.test(discord.transcript(general));
	await discord.until('the end', () => isWhole() && discord.transcript(general).includes('model calls'));
	bot.process.kill('SIGTERM');
	await bot.ended;
	const commits = crashAt > 0 ? 0 : (await readFile(join(dataDir, 'commits'), 'utf8')).length;
	return { thread: comparable(discord.transcript(general)), commits, violations: discord.violations };
}

describe('case 39: kill -9 in the middle of a run', async () => {
	const whole = await live(0);
	const points = [0.25, 0.5, 0.8].map((part) => Math.round(part * whole.commits));

	it('has an undisturbed thread to compare with', () => {
		expect(whole.commits).toBeGreaterThan(30);
		expect(whole.violations).toEqual([]);
	});

	it.each(points)(
		'before write %i: the thread ends as it should, nothing is missing and nothing there twice',
		async (at) => {
			const { thread, violations } = await live(at);
			expect(thread).toEqual(whole.thread);
			expect(violations).toEqual([]);
		},
		60_000,
	);
}, 60_000);
