import { webApi } from '@slack/bolt';
import { expect, it } from 'vitest';
import { createManualClock } from '../../support/manual-clock.ts';
import { clientOf, type SceneOptions, startScene } from './bolt-app.ts';

const quiet = { unfurl_links: false, unfurl_media: false };

async function startFaulty(options: SceneOptions = {}) {
	const scene = await startScene('socket', options);
	const token = scene.slack.tokenOf('T1');
	const post = (more: object = {}) =>
		scene.app.client.apiCall('chat.postMessage', { token, channel: 'C1', text: 'x', ...quiet, ...more });
	const shown = () => scene.slack.messages('T1', 'C1').length;
	return { ...scene, post, shown };
}

it('a message that was taken before the socket dropped is there, and the SDK sends it again', async () => {
	const { slack, post, shown } = await startFaulty({ client: { retryConfig: { retries: 1, minTimeout: 1 } } });
	slack.faults.next('chat.postMessage', { type: 'drop_after_accept' });
	await post();
	expect(shown()).toBe(2);
	expect(slack.requests.filter(({ method }) => method === 'chat.postMessage').map(({ error }) => error)).toEqual([
		'dropped',
		null,
	]);
	expect(slack.violations).toEqual([]);
});

it('a message that was not taken is not there', async () => {
	const { slack, post, shown } = await startFaulty();
	slack.faults.next('chat.postMessage', { type: 'drop_before_accept' });
	slack.faults.next('chat.postMessage', { type: 'status', status: 503 });
	slack.faults.next(
		'chat.postMessage',
		{ type: 'error', error: 'invalid_blocks' },
		1,
		({ blocks }) => blocks !== undefined,
	);
	await expect(post()).rejects.toThrow();
	await expect(post()).rejects.toMatchObject({ statusCode: 503 });
	expect(slack.faults.left()).toBe(1);
	await post();
	await expect(post({ blocks: [{ type: 'divider' }] })).rejects.toThrow('invalid_blocks');
	expect([shown(), slack.faults.left()]).toEqual([1, 0]);
	expect(slack.violations).toEqual([]);
});

it('an answer can be slow, or never come', async () => {
	const clock = createManualClock();
	const { slack, post, shown } = await startFaulty({ clock, client: { timeout: 300 } });
	slack.faults.next('chat.postMessage', { type: 'slow', ms: 5000 });
	const slow = post();
	await slack.waitFor(() => shown() === 1);
	await clock.advance(5000);
	await slow;
	slack.faults.next('chat.postMessage', { type: 'hang' });
	await expect(post()).rejects.toThrow();
	expect(shown()).toBe(1);
});

it('a 429 holds up every method of one client, and no other client', async () => {
	const { slack, app, post } = await startFaulty();
	const token = slack.tokenOf('T1');
	const { ts } = await app.client.chat.postMessage({ token, channel: 'C1', text: 'root', ...quiet });
	slack.faults.next('chat.update', { type: 'rate_limit', retryAfter: 1 });
	const client = clientOf(slack, { rejectRateLimitedCalls: false, retryConfig: { retries: 1, minTimeout: 1 } });
	const limited = new Promise((resolve) => client.once(webApi.WebClientEvent.RATE_LIMITED, resolve));
	const update = client.chat.update({ channel: 'C1', ts: String(ts), text: 'root 2' });
	await limited;
	const held = client.chat.postMessage({ channel: 'C1', text: 'held', ...quiet });
	await post({ text: 'free' });
	await Promise.all([held, update]);
	expect(slack.messages('T1', 'C1').map(({ text }) => text)).toEqual(['root 2', 'free', 'held']);
	expect(slack.violations).toEqual([]);
});
