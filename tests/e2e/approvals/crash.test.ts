import { describe, expect, it, onTestFinished } from 'vitest';
import { createFakeDiscord } from '../../platforms/discord/discord.ts';
import { text, tool } from '../../platforms/mcp-server/behaviour.ts';
import { startMcpHttpServer } from '../../platforms/mcp-server/http-server.ts';
import { startFakeSlack } from '../../platforms/slack/fake-slack.ts';
import { startScript, temporaryFolder } from '../../support/command.ts';
import * as onDiscord from './on-discord.ts';
import * as onSlack from './on-slack.ts';
import type { Actor, Card, Place, Platform } from './place.ts';
import { PLATFORMS } from './place.ts';

const ARGS = ['start', '--config', 'tests/e2e/fixtures/approvals.yaml'];

/** A platform for a program in a process of its own. */
interface World extends Pick<Place, 'until' | 'cards'> {
	env: Readonly<Record<string, string>>;
	/** What the program says when it is there. */
	greeting: RegExp;
	owner: Actor;
	asker: Actor;
	/** Whether everybody reads this. */
	shows(words: string): boolean;
}

async function discordWorld(): Promise<World> {
	const discord = await createFakeDiscord();
	onTestFinished(discord.close);
	const general = discord.channel('Alpha', 'general');
	const ada = discord.person('Ada');
	const thread = () => discord.threads(general).at(-1) ?? general;
	const shown = () => [general, ...discord.threads(general)].flatMap((one) => discord.messages(one));
	const roleId = () => discord.roleId('Alpha', 'Approvers');
	return {
		env: {
			DISCORD_TOKEN: discord.token,
			DISCORD_API_URL: discord.api,
			DISCORD_DEPLOY: 'yes',
			OWNERS: `discord:${discord.guildId('Alpha')}:${ada.user.id}`,
		},
		greeting: /On Discord as/,
		owner: onDiscord.actorOf(discord, ada, { general, thread, roleId }),
		asker: onDiscord.actorOf(discord, discord.join('Alpha', 'Mia'), { general, thread, roleId }),
		cards: () => shown().filter(onDiscord.isCard).map(onDiscord.cardOf),
		shows: (words) => shown().some(({ content }) => content.includes(words)),
		until: onDiscord.untilOn(discord),
	};
}

async function slackWorld(): Promise<World> {
	const slack = await startFakeSlack({ tiers: { enforced: false }, retryDelaysMs: [50, 500] });
	onTestFinished(() => slack.close());
	for (const user of slack.team('T1').users.values()) user.locale = 'en-GB';
	const own = () => slack.messages('T1', 'C1').filter(({ bot }) => bot !== null);
	return {
		env: {
			SLACK_BOT_TOKEN: slack.tokenOf('T1'),
			SLACK_APP_TOKEN: slack.app.appToken,
			SLACK_API_URL: slack.apiUrl,
			SLACK_PORT: '0',
			OWNERS: 'slack:T1:U1',
		},
		greeting: /On Slack/,
		owner: onSlack.actorOf(slack, slack.person('T1', 'U1')),
		asker: onSlack.actorOf(slack, slack.person('T1', 'U2')),
		cards: () => own().filter(onSlack.isCard).map(onSlack.cardOf),
		shows: (words) => JSON.stringify(own()).includes(words),
		until: (what, probe) => slack.waitFor(probe, what),
	};
}

/** A charge was asked for and approved by the owner, and the program has died at the commit that holds `on`. */
async function dead(platform: Platform, when: 'before' | 'after', on: string) {
	const world = await (platform === 'discord' ? discordWorld : slackWorld)();
	const folder = await temporaryFolder();
	onTestFinished(folder.remove);
	const till = await startMcpHttpServer({ tools: [tool('charge')], call: () => text('done at the till') });
	onTestFinished(till.close);
	const start = async (script: string, more: Readonly<Record<string, string>> = {}) => {
		const env = { ...world.env, ...more, DATA_DIR: folder.path, PORT: '0', TILL_URL: till.url };
		const running = startScript(script, ARGS, { env });
		onTestFinished(async () => {
			running.process.kill('SIGKILL');
			await running.ended;
		});
		await running.shows(world.greeting);
		return running;
	};
	const card = (label: string): Promise<Card> =>
		world.until(`a card with ${label}`, () => world.cards().findLast(({ buttons }) => buttons.includes(label)));
	const first = await start('tests/e2e/crash-child.ts', { CRASH_ON: on, CRASH_WHEN: when });
	await world.asker.ask('Please charge her.');
	const approve = (await card('Approve once')).button('Approve once');
	// Whoever pressed is not always answered by a program that is dying.
	await world.owner.press(approve).catch(() => {});
	expect((await first.ended).signal).toBe('SIGKILL');
	return {
		...world,
		card,
		restart: () => start('src/main.ts'),
		charges: () => till.received.filter(({ method }) => method === 'tools/call').length,
	};
}

const ENDS = 'The charge was decided.';

describe('kill -9 between a decision and its effect', () => {
	it.each(PLATFORMS)(
		'case 16: on %s before the call was begun: it runs once, and nobody is asked again',
		async (platform) => {
			const on = await dead(platform, 'before', '"effect":"started"');
			expect(on.charges()).toBe(0);
			await on.restart();
			await on.until('the answer', () => on.shows(ENDS));
			await on.until('the card', () => on.cards().at(-1)?.text.includes('It has run.'));
			expect([on.charges(), on.cards().length]).toEqual([1, 1]);
		},
		60_000,
	);

	it('cases 16 and 47: on Discord once it was begun: people are asked what became of it before it is made again', async () => {
		const on = await dead('discord', 'after', '"effect":"started"');
		await on.restart();
		const question = await on.card('Run again');
		expect(question.text).toContain('was cut off: did it happen?');
		expect([on.charges(), question.buttons.includes('Approve once')]).toEqual([0, false]);
		await on.owner.press(question.button('Run again'));
		await on.until('the answer', () => on.shows(ENDS));
		expect(on.charges()).toBe(1);
	}, 60_000);

	it('case 47: on Slack what has happened and was not noted is not run a second time', async () => {
		const on = await dead('slack', 'before', '"effect":"done"');
		expect(on.charges()).toBe(1);
		await on.restart();
		const question = await on.card('It happened');
		await on.owner.press(question.button('It happened'));
		await on.until('the answer', () => on.shows(ENDS));
		expect(on.charges()).toBe(1);
	}, 60_000);
});
