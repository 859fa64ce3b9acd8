import { expect, it } from 'vitest';
import { createManualClock } from '../../support/manual-clock.ts';
import { clientOf, startScene } from './bolt-app.ts';

const quiet = { unfurl_links: false, unfurl_media: false };

async function startPaced() {
	const clock = createManualClock();
	const scene = await startScene('socket', { clock });
	const client = clientOf(scene.slack);
	const post = (channel = 'C1') => client.chat.postMessage({ channel, text: 'x', ...quiet });
	return { ...scene, clock, client, post };
}

it('a channel takes a burst, then one message a second; other channels are not held up', async () => {
	const { slack, clock, post } = await startPaced();
	for (let index = 0; index < 4; index++) await post();
	await expect(post()).rejects.toMatchObject({ retryAfter: 1 });
	await post('U1');
	await clock.advance(1000);
	await post();
	expect(slack.violations.map(({ code }) => code)).toEqual(['ratelimited']);
});

it('a caller that does not wait is told again, and it is a violation of its own', async () => {
	const { slack, clock, client, post } = await startPaced();
	const { ts } = await post();
	slack.faults.next('chat.update', { type: 'rate_limit', retryAfter: 30 });
	const update = () => client.chat.update({ channel: 'C1', ts: String(ts), text: 'y' });
	await expect(update()).rejects.toMatchObject({ retryAfter: 30 });
	expect(slack.violations).toEqual([]);
	await clock.advance(10_000);
	await expect(update()).rejects.toMatchObject({ retryAfter: 20 });
	await post();
	await clock.advance(20_000);
	await update();
	expect(slack.violations.map(({ code }) => code)).toEqual(['retry_after_ignored']);
});

it('updates are 50 a minute over all channels of a workspace', async () => {
	const { slack, clock, client, post } = await startPaced();
	const { ts } = await post();
	const update = () => client.chat.update({ channel: 'C1', ts: String(ts), text: 'y' });
	for (let index = 0; index < 50; index++) await update();
	await expect(update()).rejects.toMatchObject({ retryAfter: 60 });
	await clock.advance(60_000);
	await update();
	slack.tiers.enforce(false);
	for (let index = 0; index < 60; index++) await update();
	expect(slack.violations.map(({ code }) => code)).toEqual(['ratelimited']);
});

it('an unlisted commercial app reads 15 messages a minute', async () => {
	const clock = createManualClock();
	const { slack } = await startScene('socket', { clock, app: { restrictedHistory: true } });
	const client = clientOf(slack);
	for (let index = 0; index < 20; index++) slack.otherBotSays('T1', 'C1', `message ${index}`);
	const read = () => client.conversations.history({ channel: 'C1', limit: 100 });
	expect((await read()).messages?.length).toBe(15);
	await expect(read()).rejects.toMatchObject({ retryAfter: 60 });
	await clock.advance(60_000);
	await read();
});
