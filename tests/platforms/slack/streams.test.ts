import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../support/manual-clock.ts';
import { clientOf, startScene } from './bolt-app.ts';

async function startStreaming() {
	const clock = createManualClock();
	const scene = await startScene('socket', { clock });
	const client = clientOf(scene.slack);
	const { message } = await scene.ada.mention('C1', 'why?');
	const place = { channel: 'C1', thread_ts: message.ts, recipient_user_id: 'U1', recipient_team_id: 'T1' };
	return { ...scene, clock, client, place, root: message };
}

describe('a stream', () => {
	it('grows by what is appended and ends with blocks, through the helper of the SDK', async () => {
		const { slack, client, place } = await startStreaming();
		const streamer = client.chatStream({ ...place, buffer_size: 1 });
		await streamer.append({ markdown_text: '**one** ' });
		expect(slack.render('T1', 'C1')).toContain('APP (streaming)\n      **one**');
		await streamer.append({ chunks: [{ type: 'task_update', id: 't', title: 'look', status: 'in_progress' }] });
		await streamer.append({ chunks: [{ type: 'task_update', id: 't', title: 'look', status: 'complete' }] });
		await streamer.stop({
			markdown_text: 'two',
			blocks: [
				{
					type: 'context_actions',
					elements: [
						{
							type: 'feedback_buttons',
							action_id: 'rate',
							positive_button: { text: { type: 'plain_text', text: 'Good' }, value: 'up' },
							negative_button: { text: { type: 'plain_text', text: 'Bad' }, value: 'down' },
						},
					],
				},
			],
		});
		expect(slack.render('T1', 'C1')).toBe(
			'ada\n  <@UBOTT1> why?\n    APP\n      **one** two\n      (x) look\n      [Good] [Bad]',
		);
		expect(slack.violations).toEqual([]);
	});

	it('dies five minutes after it began, and can then be edited', async () => {
		const { slack, clock, client, place } = await startStreaming();
		const { ts } = await client.chat.startStream({ ...place, markdown_text: 'one' });
		const append = () => client.chat.appendStream({ channel: 'C1', ts: String(ts), markdown_text: ' two' });
		await clock.advance(299_000);
		await append();
		const edit = () => client.chat.update({ channel: 'C1', ts: String(ts), text: 'one two three' });
		await expect(edit()).rejects.toThrow('streaming_state_conflict');
		await clock.advance(1000);
		await expect(append()).rejects.toThrow('message_not_in_streaming_state');
		await edit();
		expect(slack.render('T1', 'C1', place.thread_ts)).toContain('one two three');
	});

	it('can be killed by a test without that being a violation of the app', async () => {
		const { slack, client, place } = await startStreaming();
		const { ts } = await client.chat.startStream({ ...place, markdown_text: 'one' });
		const message = slack.messages('T1', 'C1').find((one) => one.ts === ts);
		if (message === undefined) throw new Error('no stream');
		slack.killStream(message);
		const append = client.chat.appendStream({ channel: 'C1', ts: String(ts), markdown_text: ' two' });
		await expect(append).rejects.toThrow('message_not_in_streaming_state');
		const stop = client.chat.stopStream({ channel: 'C1', ts: String(ts) });
		await expect(stop).rejects.toThrow('message_not_in_streaming_state');
		expect(slack.violations).toEqual([]);
	});

	it.each([
		['no recipient', { recipient_user_id: undefined }, 'missing_recipient_user_id'],
		['no team of the recipient', { recipient_team_id: undefined }, 'missing_recipient_team_id'],
		['text and chunks', { markdown_text: 'x', chunks: [] }, 'cannot_provide_both_markdown_text_and_chunks'],
		['a chunk it does not know', { chunks: [{ type: 'song' }] }, 'invalid_chunks'],
		['too much text', { markdown_text: 'x'.repeat(12_001) }, 'msg_too_long'],
	])('with %s is refused', async (_title, more, code) => {
		const { slack, client, place } = await startStreaming();
		await expect(client.apiCall('chat.startStream', { ...place, ...more })).rejects.toThrow(code);
		expect(slack.messages('T1', 'C1').length).toBe(1);
	});

	it('takes 12,000 characters in all, of one kind', async () => {
		const { client, place } = await startStreaming();
		const { ts } = await client.chat.startStream({ ...place, markdown_text: 'x'.repeat(11_999) });
		const append = (more: object) => client.apiCall('chat.appendStream', { channel: 'C1', ts, ...more });
		await expect(append({ chunks: [{ type: 'markdown_text', text: 'x' }] })).rejects.toThrow('streaming_mode_mismatch');
		await expect(append({ markdown_text: 'xx' })).rejects.toThrow('msg_too_long');
		await append({ markdown_text: 'x' });
	});

	it('with live mentions, or outside a thread, is a violation', async () => {
		const { slack, client, place } = await startStreaming();
		await client.chat.startStream({ ...place, markdown_text: 'hi <!here>' });
		await client.apiCall('chat.startStream', { ...place, thread_ts: undefined, markdown_text: 'hi' });
		expect(slack.violations.map(({ code }) => code)).toEqual(['live_mention', 'stream_without_thread']);
	});
});

describe('an agent session', () => {
	it('is stopped by the native button, with its streams', async () => {
		const { slack, app, ada, client, place, root } = await startStreaming();
		const stops: unknown[] = [];
		app.event('agent_session_stopped', async ({ event }) => void stops.push(event.streaming_message_ts));
		expect(await ada.stopSession('C1', root.ts)).toBeNull();
		const set = (status: string) => client.agents.sessions.setStatus({ channel_id: 'C1', thread_ts: root.ts, status });
		expect((await set('processing')).warning).toBeUndefined();
		const { ts } = await client.chat.startStream({ ...place, markdown_text: 'one' });
		await ada.stopSession('C1', root.ts);
		expect(stops).toEqual([[ts]]);
		const append = client.chat.appendStream({ channel: 'C1', ts: String(ts), markdown_text: ' two' });
		await expect(append).rejects.toThrow('stopped_by_user');
		await client.agents.sessions.rename({ channel_id: 'C1', thread_ts: root.ts, title: 'Why' });
		await set('active');
		expect(slack.team('T1').sessions).toEqual([
			{ channel: 'C1', threadTs: root.ts, status: 'active', title: 'Why', history: ['processing', 'active'] },
		]);
	});

	it('has no button without the event, and is not there without the agent view', async () => {
		const { slack, client, ada, root } = await startStreaming();
		const set = () => client.agents.sessions.setStatus({ channel_id: 'C1', thread_ts: root.ts, status: 'processing' });
		slack.app.events.delete('agent_session_stopped');
		expect((await set()).warning).toBe('missing_agent_session_stopped_event_subscription');
		expect(await ada.stopSession('C1', root.ts)).toBeNull();
		slack.app.agent = false;
		await expect(set()).rejects.toThrow('feature_disabled');
	});
});

it('the assistant pane is opened and moved, and shows status, title and prompts', async () => {
	const { slack, app, ada } = await startStreaming();
	const contexts: unknown[] = [];
	app.event('assistant_thread_started', async ({ event, client }) => {
		const { channel_id, thread_ts, context } = event.assistant_thread;
		contexts.push(context.channel_id);
		await client.assistant.threads.setSuggestedPrompts({
			channel_id,
			thread_ts,
			prompts: [{ title: 'Ask', message: 'ask why' }],
		});
		await client.assistant.threads.setTitle({ channel_id, thread_ts, title: 'Why' });
		await client.assistant.threads.setStatus({ channel_id, thread_ts, status: 'thinking', loading_messages: ['a'] });
	});
	app.event('assistant_thread_context_changed', async ({ event }) => {
		contexts.push(event.assistant_thread.context.channel_id);
	});
	const { root } = await ada.openAssistant('C1');
	const pane = await slack.waitFor(() => slack.team('T1').assistantThreads.find(({ status }) => status !== ''));
	await ada.moveAssistant(root, 'C2');
	expect(contexts).toEqual(['C1', 'C2']);
	expect(pane).toEqual({
		channel: root.channel,
		threadTs: root.ts,
		status: 'thinking',
		loadingMessages: ['a'],
		title: 'Why',
		prompts: [{ title: 'Ask', message: 'ask why' }],
	});
	const tooMany = Array.from({ length: 5 }, () => ({ title: 'Ask', message: 'ask' }));
	const prompt = app.client.apiCall('assistant.threads.setSuggestedPrompts', {
		token: slack.tokenOf('T1'),
		channel_id: root.channel,
		prompts: tooMany,
	});
	await expect(prompt).rejects.toThrow('invalid_arguments');
});
