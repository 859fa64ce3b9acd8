import { expect, it } from 'vitest';
import { startScene } from './bolt-app.ts';
import type { Signature } from './signed-http.ts';

const REFUSED: readonly Signature[] = ['wrong', 'missing', 'stale', 'garbled'];

it.each(REFUSED)('Bolt refuses a request whose signature is %s', async (signature) => {
	const { slack, app, ada } = await startScene('http');
	let calls = 0;
	app.command('/massgen', async ({ ack }) => {
		calls += 1;
		await ack();
	});
	slack.http.signature = signature;
	const { delivery, shown } = await ada.command('C1', '/massgen');
	expect(delivery.attempts).toMatchObject([{ outcome: 'refused', status: 401 }]);
	expect([calls, shown]).toEqual([0, '/massgen failed with the error "dispatch_failed"']);
});

it('Bolt takes a signature from the future, and the same request twice', async () => {
	const { slack, app, ada } = await startScene('http');
	let calls = 0;
	app.command('/massgen', async ({ ack }) => {
		calls += 1;
		await ack();
	});
	slack.http.signature = 'future';
	expect((await ada.command('C1', '/massgen')).delivery.acked).toBe(true);
	slack.http.signature = 'right';
	await ada.command('C1', '/massgen');
	const { last } = slack.http;
	if (last === null) throw new Error('nothing was sent');
	expect((await slack.http.replay(last)).status).toBe(200);
	expect(calls).toBe(3);
});

it('a new request URL is verified, and certificates are looked at', async () => {
	const { slack } = await startScene('http');
	expect(await slack.http.verifyUrl('abc')).toEqual({ status: 200, body: JSON.stringify({ challenge: 'abc' }) });
	expect((await slack.http.checkSsl()).status).toBe(200);
});

it('an event that failed comes again with its retry headers', async () => {
	const { slack, app, ada } = await startScene('http', { retryDelaysMs: [1] });
	const retries: unknown[] = [];
	app.event('message', async ({ context }) => void retries.push([context.retryNum, context.retryReason]));
	slack.http.signature = 'wrong';
	const said = ada.dm('hello');
	await slack.waitFor(() => slack.deliveries.all[0]?.attempts.length === 1);
	slack.http.signature = 'right';
	await said;
	await slack.waitFor(() => slack.deliveries.all[0]?.acked);
	expect(retries).toEqual([[1, 'http_error']]);
});
