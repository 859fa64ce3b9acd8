import { expect, it, onTestFinished, vi } from 'vitest';
import { createManualClock } from '../../support/manual-clock.ts';
import { startScene } from './bolt-app.ts';
import { startFakeSlack } from './fake-slack.ts';

it('a refresh in the middle of traffic loses nothing', async () => {
	const { slack, app, ada } = await startScene('socket', {
		retryDelaysMs: [20, 200, 600, 2000],
		reconnectAfterMs: 500,
	});
	const seen: string[] = [];
	app.event('message', async ({ event }) => void seen.push('text' in event ? String(event.text) : ''));
	const texts = Array.from({ length: 30 }, (_, index) => `message ${index}`);
	for (const [index, text] of texts.entries()) {
		if (index === 10) slack.sockets.refresh('warning');
		if (index === 20) slack.sockets.refresh('refresh_requested', 'oldest');
		await ada.dm(text);
	}
	await vi.waitFor(() => expect(new Set(seen)).toEqual(new Set(texts)), 10_000);
	expect(slack.sockets.opened()).toBeGreaterThan(1);
	expect(slack.violations).toEqual([]);
});

it('what was not acknowledged when the connection dropped comes again', async () => {
	const { slack, app, ada } = await startScene('socket', { retryDelaysMs: [100, 500, 2000], reconnectAfterMs: 500 });
	let calls = 0;
	app.use(async ({ next }) => {
		calls += 1;
		if (calls === 1) slack.sockets.drop();
		await next();
	});
	app.event('message', async () => {});
	const { deliveries } = await ada.dm('hello');
	await slack.waitFor(() => deliveries[0]?.acked, 'the second delivery');
	const outcomes = deliveries[0]?.attempts.map(({ outcome }) => outcome) ?? [];
	expect([outcomes[0], outcomes.at(-1)]).toEqual(['lost', 'acked']);
});

it('events that meet nobody are tried at once, after a minute and after five', async () => {
	const clock = createManualClock();
	const { slack, ada } = await startScene('socket', { clock });
	slack.http.requestUrl = 'http://127.0.0.1:9/nobody';
	const { deliveries } = await ada.dm('hello');
	for (const ms of [0, 60_000, 300_000]) {
		const before = deliveries[0]?.attempts.length ?? 0;
		await clock.advance(ms);
		await slack.waitFor(() => (deliveries[0]?.attempts.length ?? 0) > before);
	}
	await clock.advance(3_600_000);
	expect(deliveries[0]?.attempts.map(({ retryNum, outcome }) => [retryNum, outcome])).toEqual(
		[0, 1, 2, 3].map((retryNum) => [retryNum, 'lost']),
	);
	expect((await ada.command('C1', '/massgen')).shown).toBe('/massgen failed with the error "dispatch_failed"');
});

it('envelopes are spread over the connections of an app, ten at the most', async () => {
	const { slack, app, ada } = await startScene('socket');
	app.event('message', async () => {});
	const urls = await Promise.all(
		Array.from({ length: 10 }, async () => {
			const { url } = await app.client.apps.connections.open({ token: slack.app.appToken });
			return String(url);
		}),
	);
	const told: string[] = [];
	const sockets = urls.map((url) => new WebSocket(url));
	for (const socket of sockets) {
		socket.addEventListener('message', ({ data }) => {
			const message = JSON.parse(String(data));
			told.push(message.reason ?? message.type);
			if (message.envelope_id) socket.send(JSON.stringify({ envelope_id: message.envelope_id }));
		});
	}
	await vi.waitFor(() => expect(told).toContain('too_many_websockets'));
	await slack.waitFor(() => slack.sockets.count() === 10);
	await Promise.all(Array.from({ length: 10 }, (_, index) => ada.dm(`message ${index}`)));
	expect(told.filter((type) => type === 'events_api').length).toBe(9);
	expect(slack.violations).toEqual([]);
	for (const socket of sockets) socket.close();
});

it('answers the pings of its clients', async () => {
	const { slack, app } = await startScene('socket');
	const { url } = await app.client.apps.connections.open({ token: slack.app.appToken });
	const { WebSocket: Client } = await import('ws');
	const client = new Client(String(url));
	const pong = new Promise((resolve) => client.on('pong', resolve));
	client.on('open', () => client.ping());
	await pong;
	expect(slack.sockets.pings()).toBe(1);
	client.close();
});

it('gives connections to the app token alone, and each ticket once', async () => {
	const { slack, app } = await startScene('socket');
	const open = (token: string) => app.client.apps.connections.open({ token });
	await expect(open(slack.tokenOf('T1'))).rejects.toThrow('not_allowed_token_type');
	await expect(open('xapp-other')).rejects.toThrow('invalid_auth');
	const { url } = await open(slack.app.appToken);
	const first = new WebSocket(String(url));
	await new Promise((resolve) => first.addEventListener('open', resolve));
	const second = new WebSocket(String(url));
	await new Promise((resolve) => second.addEventListener('error', resolve));
	first.close();
	expect(slack.violations.map(({ code }) => code)).toEqual(['not_allowed_token_type', 'invalid_auth']);
});

it('says when an acknowledgement is for nothing, or says more than it may', async () => {
	const slack = await startFakeSlack();
	onTestFinished(() => slack.close());
	const opened = await fetch(`${slack.apiUrl}apps.connections.open`, {
		method: 'POST',
		headers: { authorization: `Bearer ${slack.app.appToken}` },
	});
	const client = new WebSocket(((await opened.json()) as { url: string }).url);
	client.addEventListener('message', ({ data }) => {
		const { envelope_id } = JSON.parse(String(data));
		if (envelope_id) client.send(JSON.stringify({ envelope_id, payload: { text: 'words' } }));
	});
	await new Promise((resolve) => client.addEventListener('open', resolve));
	client.send(JSON.stringify({ envelope_id: 'nobody asked' }));
	await slack.waitFor(() => slack.violations.length === 1);
	await slack.person('T1', 'U1').dm('hello');
	expect(slack.violations.map(({ code }) => code)).toEqual(['unknown_envelope', 'unexpected_ack_payload']);
	// Told to reconnect, this client stays: nothing more comes over its connection.
	slack.sockets.refresh('warning');
	const { deliveries } = await slack.person('T1', 'U1').dm('hello?');
	expect(deliveries[0]?.attempts.map(({ outcome }) => outcome)).toEqual(['unreachable']);
});
