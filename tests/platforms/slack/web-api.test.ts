import type { webApi } from '@slack/bolt';
import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../support/manual-clock.ts';
import { clientOf, type Scene, type SceneOptions, startScene } from './bolt-app.ts';

const quiet = { unfurl_links: false, unfurl_media: false };
const button = (text: string) => ({
	type: 'actions',
	elements: [{ type: 'button', text: { type: 'plain_text', text }, action_id: 'go' }],
});

/** A client of the app with the token of T1. */
async function startClient(options: SceneOptions = {}): Promise<Scene & { client: webApi.WebClient }> {
	const scene = await startScene('socket', options);
	return { ...scene, client: clientOf(scene.slack, options.client) };
}

const codes = ({ slack }: Scene) => slack.violations.map(({ code }) => code);

describe('messages', () => {
	it('are posted, edited and deleted, and every face is kept', async () => {
		const scene = await startClient();
		const { slack, client } = scene;
		const posted = await client.chat.postMessage({ channel: 'C1', text: 'one', ...quiet });
		const ts = String(posted.ts);
		const reply = await client.chat.postMessage({ channel: 'C1', thread_ts: ts, markdown_text: '**two**', ...quiet });
		await client.chat.update({ channel: 'C1', ts, text: 'uno', blocks: [button('Go')] });
		await client.chat.update({ channel: 'C1', ts, text: 'eins' });
		const [root] = slack.messages('T1', 'C1');
		expect(root?.edits.map(({ text, blocks }) => [text, blocks.length])).toEqual([
			['one', 0],
			['uno', 1],
		]);
		expect(slack.render('T1', 'C1')).toBe('APP (edited)\n  eins\n    APP\n      **two**');
		await client.chat.delete({ channel: 'C1', ts: String(reply.ts) });
		await client.reactions.add({ channel: 'C1', timestamp: ts, name: 'eyes' });
		expect(slack.render('T1', 'C1', ts)).toBe('APP (edited)\n  eins\n  :eyes: 1');
		const { permalink } = await client.chat.getPermalink({ channel: 'C1', message_ts: ts });
		expect(permalink).toBe(`https://team-t1.slack.com/archives/C1/p${ts.replace('.', '')}`);
		expect(codes(scene)).toEqual([]);
	});

	it('carry metadata that history gives back to who asks for it', async () => {
		const { client } = await startClient();
		const metadata = { event_type: 'massgen_slot', event_payload: { run: 'r1', slot: 'board' } };
		const { ts } = await client.chat.postMessage({ channel: 'C1', text: 'board', metadata, ...quiet });
		await client.chat.postMessage({ channel: 'C1', thread_ts: String(ts), text: 'slot', metadata, ...quiet });
		await client.chat.update({ channel: 'C1', ts: String(ts), text: 'board 2' });
		const found = await client.conversations.history({ channel: 'C1', include_all_metadata: true });
		expect(found.messages?.map((message) => message.metadata)).toEqual([metadata]);
		const replies = await client.conversations.replies({ channel: 'C1', ts: String(ts), include_all_metadata: true });
		expect(replies.messages?.map(({ text, metadata: kept }) => [text, kept])).toEqual([
			['board 2', metadata],
			['slot', metadata],
		]);
		const bare = await client.conversations.history({ channel: 'C1' });
		expect(bare.messages?.[0]).not.toHaveProperty('metadata');
	});

	it('are read page by page', async () => {
		const { slack, client } = await startClient({ tiers: { enforced: false } });
		for (let index = 0; index < 7; index++) slack.otherBotSays('T1', 'C1', `message ${index}`);
		const texts: unknown[] = [];
		for await (const page of client.paginate('conversations.history', { channel: 'C1', limit: 3 })) {
			texts.push(
				(page as unknown as { messages: { text: string }[] }).messages.map(({ text }) => text.slice(-1)).join(''),
			);
		}
		expect(texts).toEqual(['654', '321', '0']);
	});

	it('that only one person sees are shown to no other', async () => {
		const scene = await startClient();
		const { slack, client, ada, grace } = scene;
		await client.chat.postEphemeral({ channel: 'C1', user: 'U2', text: 'psst' });
		expect([ada.ephemerals(), grace.ephemerals().map(({ text }) => text)]).toEqual([[], ['psst']]);
		expect(slack.render('T1', 'C1')).toBe('APP (only grace)\n  psst');
		const stranger = client.chat.postEphemeral({ channel: 'C1', user: 'U9', text: 'psst' });
		await expect(stranger).rejects.toThrow('user_not_in_channel');
	});
});

describe('what Slack refuses', () => {
	const post = (client: webApi.WebClient, more: object) =>
		client.apiCall('chat.postMessage', { channel: 'C1', text: 'x', ...quiet, ...more });

	it.each([
		['a channel there is none of', { channel: 'C9' }, 'channel_not_found'],
		['a private channel the app is not in', { channel: 'G1' }, 'channel_not_found'],
		['a channel the app is not in', { channel: 'C2' }, 'not_in_channel'],
		['an archived channel', { channel: 'C3' }, 'is_archived'],
		['a thread there is none of', { thread_ts: '1.000001' }, 'cannot_reply_to_message'],
		['nothing to say', { text: '' }, 'no_text'],
		['text beside markdown', { markdown_text: 'y' }, 'markdown_text_conflict'],
		['markdown that is too long', { text: '', markdown_text: 'y'.repeat(12_001) }, 'msg_too_long'],
		['blocks that are no list', { blocks: { type: 'divider' } }, 'invalid_blocks_format'],
		['metadata without a type', { metadata: { event_payload: {} } }, 'invalid_metadata_schema'],
		['a name of its own without the scope', { username: 'agent1' }, 'missing_scope'],
		['no channel', { channel: '' }, 'invalid_arguments'],
	])('%s', async (_title, more, code) => {
		const scene = await startClient();
		await expect(post(scene.client, more)).rejects.toThrow(code);
		expect(codes(scene)).toEqual([code]);
	});

	it('an edit that is too long, of a message that is gone, or of somebody else', async () => {
		const { slack, client, ada } = await startClient();
		const { ts } = await client.chat.postMessage({ channel: 'C1', text: 'x', ...quiet });
		const { message } = await ada.say('C1', 'mine');
		const edit = (at: unknown, text: string) => client.chat.update({ channel: 'C1', ts: String(at), text });
		await expect(edit(ts, 'x'.repeat(4001))).rejects.toThrow('msg_too_long');
		await expect(edit(message.ts, 'x')).rejects.toThrow('cant_update_message');
		await ada.remove(slack.messages('T1', 'C1')[0] ?? message);
		await expect(edit(ts, 'x')).rejects.toThrow('message_not_found');
	});

	it('a scope that was not granted, saying which', async () => {
		const scene = await startClient({ app: { scopes: ['chat:write'] } });
		const error = await scene.client.users.info({ user: 'U1' }).catch((refused: unknown) => refused);
		expect(error).toMatchObject({ data: { error: 'missing_scope', needed: 'users:read', provided: 'chat:write' } });
		await expect(scene.client.conversations.info({ channel: 'C1' })).rejects.toThrow('missing_scope');
		const { response_metadata } = await scene.client.auth.test();
		expect(response_metadata?.scopes).toEqual(['chat:write']);
	});

	it('tokens that are wrong, missing, revoked or old, and methods it does not know', async () => {
		const clock = createManualClock();
		const { slack, client } = await startClient({ clock, app: { tokenLifeSeconds: 43_200 } });
		await expect(client.auth.test({ token: 'xoxb-wrong' })).rejects.toThrow('invalid_auth');
		await expect(client.apiCall('chat.fly')).rejects.toThrow('unknown_method');
		const bare = await fetch(`${slack.apiUrl}auth.test`, { method: 'POST' });
		expect(await bare.json()).toEqual({ ok: false, error: 'not_authed' });
		await clock.advance(43_200_000);
		await expect(client.auth.test()).rejects.toThrow('token_expired');
		slack.uninstall('T1');
		await expect(client.auth.test()).rejects.toThrow('account_inactive');
	});
});

describe('what people pay for', () => {
	it.each([
		['blocks without text', { text: undefined, blocks: [button('Go')] }, 'no_text_fallback'],
		['everybody in the channel', { text: 'hi <!channel>' }, 'live_mention'],
		['a person', { text: 'hi <@U2>' }, 'live_mention'],
		[
			'a user group in a block',
			{ blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '<!subteam^S1>' } }] },
			'live_mention',
		],
		[
			'a broadcast in rich text',
			{
				blocks: [
					{
						type: 'rich_text',
						elements: [{ type: 'rich_text_section', elements: [{ type: 'broadcast', range: 'here' }] }],
					},
				],
			},
			'live_mention',
		],
		['names turned into mentions', { link_names: true }, 'live_mention'],
		['links that unfold', { unfurl_links: undefined }, 'unfurl_not_off'],
		['media that unfold', { unfurl_media: true }, 'unfurl_not_off'],
		['a text longer than advised', { text: 'x'.repeat(4001) }, 'text_over_advised'],
	])('%s', async (_title, more, code) => {
		const scene = await startClient();
		await scene.client.apiCall('chat.postMessage', { channel: 'C1', text: 'x', ...quiet, ...more });
		expect(codes(scene)).toEqual([code]);
	});

	it('escaped words and plain text ping nobody, and approvers may be mentioned', async () => {
		const scene = await startClient();
		scene.slack.world.mayMention.add('U2');
		const table = { type: 'table', rows: [[{ type: 'raw_text', text: '<!channel>' }]] };
		const task = { type: 'task_card', task_id: 'a', title: '<!here>', status: 'pending' };
		const blocks = [
			{ type: 'header', text: { type: 'plain_text', text: 'about <!channel>' } },
			button('<!here>'),
			table,
			task,
		];
		await scene.client.apiCall('chat.postMessage', { channel: 'C1', text: '<@U2> &lt;!channel&gt;', blocks, ...quiet });
		expect(codes(scene)).toEqual([]);
	});

	it('a text of more than 40,000 characters is cut', async () => {
		const scene = await startClient();
		await scene.client.chat.postMessage({ channel: 'C1', text: 'x'.repeat(40_001), ...quiet });
		expect(scene.slack.messages('T1', 'C1')[0]?.text.length).toBe(40_000);
		expect(codes(scene)).toContain('text_truncated');
	});

	it('an answer to a reply is put into its thread', async () => {
		const scene = await startClient();
		const { ts } = await scene.client.chat.postMessage({ channel: 'C1', text: 'root', ...quiet });
		const reply = await scene.client.chat.postMessage({ channel: 'C1', thread_ts: String(ts), text: 'a', ...quiet });
		await scene.client.chat.postMessage({ channel: 'C1', thread_ts: String(reply.ts), text: 'b', ...quiet });
		expect(scene.slack.messages('T1', 'C1', String(ts)).map(({ text }) => text)).toEqual(['root', 'a', 'b']);
		expect(codes(scene)).toEqual(['thread_of_reply']);
	});
});

describe('channels and people', () => {
	it('are found, opened and joined', async () => {
		const { slack, client } = await startClient();
		const member = async (channel: string) => (await client.conversations.info({ channel })).channel?.is_member;
		expect([await member('C1'), await member('C2')]).toEqual([true, false]);
		await client.conversations.join({ channel: 'C2' });
		expect(await member('C2')).toBe(true);
		const { channel } = await client.conversations.open({ users: 'U1' });
		await client.chat.postMessage({ channel: 'U1', text: 'hello', ...quiet });
		expect(slack.messages('T1', String(channel?.id)).map(({ text }) => text)).toEqual(['hello']);
		const all = await client.conversations.list({ types: 'public_channel,private_channel' });
		expect(all.channels?.map(({ id }) => id)).toEqual(['C1', 'C2', 'C3']);
		expect((await client.conversations.members({ channel: 'C1' })).members).toEqual(['U1', 'U2', 'UBOTT1']);
		const { user } = await client.users.info({ user: 'U2', include_locale: true });
		expect([user?.name, user?.locale]).toEqual(['grace', 'de-DE']);
	});
});
