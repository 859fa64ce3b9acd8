import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFakeDiscord, type DiscordOptions, type FakeDiscord } from '../../platforms/discord/discord.ts';
import { massgen, startScript, temporaryFolder } from '../../support/command.ts';

let dataDir: Awaited<ReturnType<typeof temporaryFolder>>;
let discord: FakeDiscord;
let output = '';

beforeEach(async () => {
	dataDir = await temporaryFolder();
	output = '';
});
afterEach(async () => {
	// No command may say a secret.
	expect(output).not.toContain(discord.token);
	await discord.close();
	await dataDir.remove();
});

const envOf = (more: Record<string, string> = {}) => ({
	DATA_DIR: dataDir.path,
	PORT: '0',
	DISCORD_TOKEN: discord.token,
	DISCORD_API_URL: discord.api,
	...more,
});

async function run(args: readonly string[], more: Record<string, string> = {}, options: DiscordOptions | null = null) {
	if (options !== null) discord = await createFakeDiscord(options);
	const ended = await massgen(args, { env: envOf(more) });
	output += ended.stdout + ended.stderr;
	return ended;
}

describe('from the developer portal to the first answer', () => {
	it('works on a fake Discord as the README says it', async () => {
		discord = await createFakeDiscord();
		const before = await run(['doctor']);
		expect(before.stdout).toContain('Discord knows the bot as MassGen.');
		expect(before.stdout).toContain('/massgen is not registered everywhere');
		const [link = ''] = /https:\/\/discord\.com\/oauth2\/authorize\S+/.exec(before.stdout) ?? [];
		const query = new URL(link).searchParams;
		expect(query.get('client_id')).toBe(discord.clientId);
		expect(query.get('scope')).toBe('bot applications.commands');
		expect(BigInt(query.get('permissions') ?? '0')).toBe(
			[10n, 11n, 15n, 16n, 35n, 38n].reduce((bits, bit) => bits | (1n << bit), 0n),
		);

		const deployed = await run(['deploy-commands']);
		expect(deployed).toMatchObject({ code: 0, stderr: '' });
		expect(deployed.stdout).toContain('/massgen is registered everywhere: 2 changes.');
		const again = await run(['deploy-commands']);
		expect(again.stdout).toContain('Nothing was written.');
		expect(discord.commands.writes()).toBe(2);
		expect((await run(['doctor'])).stdout).toContain('/massgen is registered everywhere.');

		const bot = startScript('src/main.ts', ['start'], { env: envOf() });
		output += await bot.shows(/On Discord as massgen\S*, in 2 servers/);
		const ada = discord.person('Ada');
		await ada.slash(discord.channel('Alpha', 'general'), 'massgen ask', { question: 'Is it there?', team: 'demo' });
		const text = () => discord.transcript(discord.channel('Alpha', 'general'));
		await discord.until('the answer', () => text().includes('What you just saw is how a team works on it'));
		bot.process.kill('SIGTERM');
		expect(await bot.ended).toMatchObject({ code: 0, stderr: '' });
		expect(discord.violations).toEqual([]);
	}, 60_000);
});

describe('the doctor', () => {
	it.each<[string, Record<string, string>, DiscordOptions, RegExp]>([
		['a wrong token', { DISCORD_TOKEN: 'wrong' }, {}, /✗ Discord refuses the token.*\n.*Reset Token/],
		[
			'a missing intent',
			{ DISCORD_MESSAGE_CONTENT: 'yes' },
			{},
			/✗ DISCORD_MESSAGE_CONTENT=yes needs.*\n.*Privileged Gateway Intents/,
		],
		[
			'a granted intent',
			{ DISCORD_MESSAGE_CONTENT: 'yes' },
			{ granted: ['MessageContent'] },
			/✓ The Message Content Intent is granted/,
		],
		[
			'a server without the bot',
			{ DISCORD_DEV_GUILD: '123456789012345678' },
			{},
			/✗ The bot is not in the server 123456789012345678/,
		],
		[
			'an address where nobody is',
			{ DISCORD_API_URL: 'http://127.0.0.1:1/api' },
			{},
			/✗ Discord cannot be asked at 127\.0\.0\.1:1/,
		],
		[
			'a variable that makes no sense',
			{ DISCORD_SHARDS: 'many' },
			{},
			/✗ environment DISCORD_SHARDS: expected auto or a number/,
		],
	])('tells %s', async (_what, env, options, expected) => {
		const { stdout, stderr } = await run(['doctor'], env, options);
		expect(stdout + stderr).toMatch(expected);
	});

	it.each([
		['general', /✓ The bot may do what it needs in #general/],
		[
			'no-threads',
			/! The bot cannot open threads.* in #no-threads.*\n.*Create Public Threads, Send Messages in Threads/,
		],
		['read-only', /✗ The bot cannot answer in #read-only.*\n.*Send Messages/],
		['hidden', /✗ The bot does not see the channel \d+.*\n.*View Channels/],
	] as const)('looks at what the bot may do in #%s', async (name, expected) => {
		discord = await createFakeDiscord();
		const { stdout } = await run(['doctor', '--discord-channel', discord.channel('Alpha', name).id]);
		expect(stdout).toMatch(expected);
	});

	it('looks at a thread, and says when there is no such channel', async () => {
		discord = await createFakeDiscord();
		const ada = discord.person('Ada');
		const thread = ada.startThread(ada.say(discord.channel('Alpha', 'no-threads'), 'x'), 'talk');
		expect((await run(['doctor', '--discord-channel', thread.id])).stdout).toContain('cannot answer in #talk');
		expect((await run(['doctor', '--discord-channel', '1'])).stdout).toContain('does not see the channel 1');
	});
});

describe('a start that Discord refuses', () => {
	it.each<[string, Record<string, string>, RegExp]>([
		['the token is wrong', { DISCORD_TOKEN: 'wrong' }, /Discord refuses the token in DISCORD_TOKEN/],
		['an intent is not granted', { DISCORD_MESSAGE_CONTENT: 'yes' }, /Turn on Message Content Intent/],
		['nobody is there', { DISCORD_API_URL: 'http://127.0.0.1:1/api' }, /Discord cannot be reached at 127\.0\.0\.1:1/],
	])('says so and serves the page: %s', async (_what, env, expected) => {
		discord = await createFakeDiscord();
		const bot = startScript('src/main.ts', ['start'], { env: envOf(env) });
		const shown = await bot.shows(expected);
		output += shown;
		const [address = ''] = /http:\/\/127\.0\.0\.1:\d{4,}/.exec(shown) ?? [];
		expect((await fetch(address)).status).toBe(200);
		bot.process.kill('SIGTERM');
		expect((await bot.ended).code).toBe(0);
	});

	it('needs a token to register commands, and says where to find it', async () => {
		discord = await createFakeDiscord();
		const without = await run(['deploy-commands'], { DISCORD_TOKEN: '' });
		expect(without).toMatchObject({ code: 1, stdout: '' });
		expect(without.stderr).toContain('DISCORD_TOKEN is not set');
		expect((await run(['deploy-commands'], { DISCORD_TOKEN: 'wrong' })).stderr).toContain('Discord refuses the token');
		const elsewhere = await run(['deploy-commands'], { DISCORD_DEV_GUILD: '123456789012345678' });
		expect(elsewhere.stderr).toContain('The bot is not in the server 123456789012345678');
	});
});
