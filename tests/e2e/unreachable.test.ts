import { expect, it, onTestFinished } from 'vitest';
import { createMemoryStore } from '../../src/adapters/stores/memory.ts';
import { createApp } from '../../src/app.ts';
import { createFakeDiscord } from '../platforms/discord/discord.ts';
import { createRunningClock } from '../platforms/discord/running-clock.ts';
import { createBlackHole } from '../support/black-hole.ts';
import { startScript, temporaryFolder } from '../support/command.ts';

const TOKEN = 'MTIzNDU2Nzg5MDEyMzQ1Njc4.abcdef.abcdefghijklmnopqrstuvwxyz0';
const discordAt = (host: string) => ({ DISCORD_TOKEN: TOKEN, DISCORD_API_URL: `http://${host}/api` });
const slackAt = (host: string) => ({
	SLACK_BOT_TOKEN: 'xoxb-1-made-up',
	SLACK_APP_TOKEN: 'xapp-1-made-up',
	SLACK_API_URL: `http://${host}/api/`,
});

it.each([
	['discord', discordAt],
	['slack', slackAt],
])(
	'a %s that never answers keeps neither the page nor the end waiting',
	async (name, at) => {
		const hole = await createBlackHole();
		const dataDir = await temporaryFolder();
		onTestFinished(async () => {
			await hole.close();
			await dataDir.remove();
		});
		const bot = startScript('src/main.ts', ['start'], {
			env: { DATA_DIR: dataDir.path, PORT: '0', ...at(hole.host) },
		});
		onTestFinished(() => void bot.process.kill('SIGKILL'));
		const early = await bot.shows(/http:\/\/127\.0\.0\.1:\d{4,}/);
		const [address = ''] = /http:\/\/127\.0\.0\.1:\d{4,}/.exec(early) ?? [];
		expect((await fetch(address)).status).toBe(200);
		await bot.shows(new RegExp(`No answer from ${name} yet`));
		// The last that the start says: what was interrupted goes on already.
		await bot.shows(/scripted agents answer/);
		bot.process.kill('SIGTERM');
		expect((await bot.ended).code).toBe(0);
	},
	20_000,
);

it('ends at once when it is told to while a platform does not answer', async () => {
	const hole = await createBlackHole();
	const dataDir = await temporaryFolder();
	onTestFinished(async () => {
		await hole.close();
		await dataDir.remove();
	});
	const env = { DATA_DIR: dataDir.path, PORT: '0', ...discordAt(hole.host), ...slackAt(hole.host) };
	const bot = startScript('src/main.ts', ['start'], { env });
	onTestFinished(() => void bot.process.kill('SIGKILL'));
	await bot.shows(/http:\/\/127\.0\.0\.1:\d{4,}/);
	bot.process.kill('SIGTERM');
	expect(await bot.ended).toMatchObject({ code: 0, stderr: '' });
}, 15_000);

it('ends soon when Discord stops to answer in the middle of a run', async () => {
	const discord = await createFakeDiscord();
	const hole = await createBlackHole();
	const dataDir = await temporaryFolder();
	onTestFinished(async () => {
		await hole.close();
		await discord.close();
		await dataDir.remove();
	});
	hole.leadTo(Number(new URL(discord.api).port));
	const env = { DATA_DIR: dataDir.path, PORT: '0', ...discordAt(hole.host), DISCORD_TOKEN: discord.token };
	const bot = startScript('src/main.ts', ['start', '--config', 'tests/e2e/fixtures/chat.yaml'], {
		env: { ...env, DISCORD_DEPLOY: 'yes' },
	});
	onTestFinished(() => void bot.process.kill('SIGKILL'));
	await bot.shows(/in 2 servers/);
	const general = discord.channel('Alpha', 'general');
	const ada = discord.person('Ada');
	await ada.slash(general, 'massgen ask', { question: 'Long?', team: 'stuck' });
	const board = await discord.until('the board', () =>
		discord.messages(general).find((one) => JSON.stringify(one.components).includes('Stop')),
	);
	hole.leadTo(null);
	const before = hole.connections();
	void ada.press(board, 'Stop').catch(() => {});
	await expect.poll(() => hole.connections(), { timeout: 5_000 }).toBeGreaterThan(before);
	bot.process.kill('SIGTERM');
	expect((await bot.ended).code).toBe(0);
}, 20_000);

it('tries Discord again until it is there, says so once, and answers then', async () => {
	const discord = await createFakeDiscord();
	const hole = await createBlackHole();
	const clock = createRunningClock();
	const problems: string[] = [];
	const lines: string[] = [];
	const app = await createApp({
		...{ file: 'tests/e2e/fixtures/chat.yaml', flags: {}, cwd: process.cwd(), terminal: null, web: false, chats: true },
		env: { DISCORD_TOKEN: discord.token, DISCORD_API_URL: `http://${hole.host}/api`, DISCORD_DEPLOY: 'yes' },
		observe: () => {},
		onProblem: (text) => void problems.push(text),
		openStore: async () => createMemoryStore(),
		clock,
	});
	onTestFinished(async () => {
		await app.close();
		await hole.close();
		await discord.close();
	});
	// Where nobody is: each request breaks off.
	hole.leadTo(1);
	await app.joinChats((line) => void lines.push(line));
	expect(problems).toEqual([expect.stringMatching(/^Discord cannot be reached at .*tried again until it succeeds\.$/)]);
	const before = hole.connections();
	clock.advance(5_000);
	await expect.poll(() => hole.connections()).toBeGreaterThan(before);
	expect(problems).toHaveLength(1);
	hole.leadTo(Number(new URL(discord.api).port));
	const poll = { timeout: 10_000 };
	await expect.poll(() => [clock.advance(300_000), ...lines].at(-1), poll).toContain('in 2 servers');
	const general = discord.channel('Alpha', 'general');
	await discord.person('Ada').slash(general, 'massgen ask', { question: 'Are you there?' });
	await discord.until('the board', () => discord.transcript(general).includes('Are you there?'));
	expect(problems).toHaveLength(1);
});
