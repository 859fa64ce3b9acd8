import { App } from '@slack/bolt';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createManualClock } from '../../support/manual-clock.ts';
import { type Mode, silent, startScene } from './bolt-app.ts';
import { startFakeSlack } from './fake-slack.ts';

const MODES: readonly Mode[] = ['socket', 'http'];
/** What a Bolt listener gets, for those that count. */
const idOf = (body: unknown) => (body as { event_id: string }).event_id;

describe.each(MODES)('over %s, what happens in Slack', (mode) => {
	it('a command is acknowledged with words that only the person sees', async () => {
		const { slack, app, ada, grace } = await startScene(mode);
		app.command('/massgen', async ({ ack, command }) => ack(`got ${command.text} in ${command.channel_name}`));
		const { delivery, shown } = await ada.command('C1', '/massgen', 'ask why');
		expect(shown).toBe('got ask why in general');
		expect(delivery.ackMs).toBeLessThan(3000);
		expect(ada.ephemerals('C1').map(({ text }) => text)).toEqual(['got ask why in general']);
		expect([grace.ephemerals(), slack.messages('T1', 'C1'), slack.violations]).toEqual([[], [], []]);
	});

	it('a mention comes as two events, a reply in the thread as one, and edits are hidden', async () => {
		const { slack, app, ada } = await startScene(mode);
		const seen: string[] = [];
		app.event('app_mention', async ({ event }) => void seen.push(`mention ${event.text}`));
		app.event('message', async ({ event }) => {
			seen.push(`message ${event.subtype ?? ''} ${'thread_ts' in event ? 'thread' : 'root'}`);
		});
		const { message } = await ada.mention('C1', 'why?');
		await ada.say('C1', 'and how?', { threadTs: message.ts });
		await ada.edit(message, 'why not?');
		await ada.remove(message);
		expect(seen.sort()).toEqual([
			'mention <@UBOTT1> why?',
			'message  root',
			'message  thread',
			'message message_changed root',
			'message message_deleted root',
		]);
		expect(slack.violations).toEqual([]);
	});

	it('channels the app is not in, and events it has not subscribed to, are not told', async () => {
		const { slack, app, ada } = await startScene(mode, { app: { events: new Set(['message.im']) } });
		const seen: string[] = [];
		app.event('message', async ({ event }) => void seen.push('text' in event ? String(event.text) : ''));
		const said = [await ada.say('C2', 'one'), await ada.mention('C1', 'two'), await ada.dm('three')];
		expect(said.map(({ deliveries }) => deliveries.length)).toEqual([0, 0, 1]);
		expect(seen).toEqual(['three']);
		expect(slack.messages('T1', 'C2').map(({ text }) => text)).toEqual(['one']);
	});

	it('one event can come three times, with retry numbers 0, 0 and 1', async () => {
		const { slack, app, ada } = await startScene(mode);
		const seen: string[] = [];
		app.event('app_mention', async ({ body, context }) => void seen.push(`${idOf(body)} ${context.retryNum ?? 0}`));
		slack.deliveries.duplicate(2);
		const { deliveries } = await ada.mention('C1', 'why?');
		const mention = deliveries.find(({ name }) => name === 'app_mention');
		if (mention === undefined) throw new Error('no mention');
		await slack.deliveries.again(mention, 1);
		await vi.waitFor(() => expect(seen.length).toBe(3));
		const id = idOf(mention.body);
		expect(seen).toEqual([`${id} 0`, `${id} 0`, `${id} 1`]);
	});

	it('what is not acknowledged in 3 s is a violation, and the person is told', async () => {
		const clock = createManualClock();
		const { slack, app, ada } = await startScene(mode, { clock });
		const { promise: never, resolve: release } = Promise.withResolvers<void>();
		app.command('/massgen', async ({ ack }) => {
			await never;
			await ack();
		});
		const late = ada.command('C1', '/massgen');
		await slack.waitFor(() => slack.deliveries.all.length === 1);
		await clock.advance(3000);
		const { delivery, shown } = await late;
		expect(shown).toBe('/massgen failed with the error "operation_timeout"');
		expect(delivery.attempts).toEqual([{ retryNum: 0, outcome: 'timeout', status: 0, ms: 3000 }]);
		expect(slack.violations.map(({ code }) => code)).toEqual(['operation_timeout']);
		release();
	});

	it('a token look-up that waits keeps the acknowledgement back', async () => {
		const clock = createManualClock();
		const { promise: slow, resolve: answer } = Promise.withResolvers<void>();
		const { slack, app, ada } = await startScene(mode, { clock, beforeAuthorize: () => slow });
		app.event('message', async () => {});
		const said = ada.dm('hello');
		await slack.waitFor(() => slack.deliveries.all.length === 1);
		await clock.advance(3000);
		const [delivery] = (await said).deliveries;
		expect(delivery?.acked).toBe(false);
		answer();
		// Slack tries at once again, and now the app is quick.
		await clock.advance(1);
		await slack.waitFor(() => delivery?.acked);
		expect(delivery?.attempts.map(({ retryNum, outcome }) => [retryNum, outcome])).toEqual([
			[0, 'timeout'],
			[1, 'acked'],
		]);
	});

	it('the app hears its own messages and those of other bots', async () => {
		const { slack, app } = await startScene(mode);
		const seen: unknown[] = [];
		// Bolt itself leaves out what the app says.
		app.event('message', async ({ event }) => void seen.push('bot_id' in event && event.bot_id));
		await app.client.chat.postMessage({
			token: slack.tokenOf('T1'),
			channel: 'C1',
			text: 'mine',
			unfurl_links: false,
			unfurl_media: false,
		});
		slack.otherBotSays('T1', 'C1', 'theirs');
		await slack.waitFor(() => slack.deliveries.all.filter(({ acked }) => acked).length === 2);
		expect(seen).toEqual(['BOTHER']);
	});

	it('two teams with the same channel ids stay apart', async () => {
		const { slack, app, ada } = await startScene(mode);
		slack.addTeam({ id: 'T2' });
		app.command('/massgen', async ({ ack, client, command }) => {
			await ack();
			const text = `hello ${command.team_id}`;
			await client.chat.postMessage({ channel: command.channel_id, text, unfurl_links: false, unfurl_media: false });
		});
		await Promise.all([ada.command('C1', '/massgen'), slack.person('T2', 'U1').command('C1', '/massgen')]);
		const texts = (team: string) => slack.messages(team, 'C1').map(({ text }) => text);
		await slack.waitFor(() => texts('T1').length === 1 && texts('T2').length === 1);
		expect([texts('T1'), texts('T2')]).toEqual([['hello T1'], ['hello T2']]);
		expect(slack.violations).toEqual([]);
	});
});

it('starts as the header of the fake says, with nothing but a URL', async () => {
	const slack = await startFakeSlack();
	const app = new App({
		token: slack.tokenOf('T1'),
		appToken: slack.app.appToken,
		socketMode: true,
		clientOptions: { slackApiUrl: slack.apiUrl },
		logger: silent,
	});
	await app.start();
	onTestFinished(async () => {
		await app.stop();
		await slack.waitFor(() => slack.sockets.count() === 0);
		await slack.close();
	});
	app.command('/massgen', async ({ ack, say }) => {
		await ack();
		await say({ text: 'hello', unfurl_links: false, unfurl_media: false });
	});
	await slack.person('T1', 'U1').command('C1', '/massgen', 'ask why');
	await slack.waitFor(() => slack.messages('T1', 'C1').length > 0);
	expect([slack.render('T1', 'C1'), slack.violations]).toEqual(['APP\n  hello', []]);
});
