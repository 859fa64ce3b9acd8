import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/system-clock.ts';
import type { Signature } from '../../platforms/slack/signed-http.ts';
import { MODES, SPEED, stage } from './stage.ts';

describe('signed requests', () => {
	it.each<Signature>(['stale', 'future', 'wrong', 'missing', 'garbled'])(
		'case 6: a signature that is %s is answered with 401, and nothing is done',
		async (signature) => {
			const { slack, ada, until, finished, started } = await stage('http', { clock: systemClock });
			slack.http.signature = signature;
			const { delivery } = await ada.command('C1', '/massgen', 'ask Why?');
			expect(delivery.attempts).toMatchObject([{ outcome: 'refused', status: 401 }]);
			slack.http.signature = 'right';
			await ada.command('C1', '/massgen', 'ask The last word?');
			await until('the end', () => finished().length === 1);
			expect(started().map(({ question }) => question)).toEqual(['The last word?']);
		},
	);

	it('case 6: what was signed and taken once is not taken again', async () => {
		const { slack, ada, until, finished } = await stage('http');
		await ada.command('C1', '/massgen', 'ask Why?');
		const [first, last] = [await until('the end', () => finished().length === 1), slack.http.last];
		if (last === null) throw new Error('nothing was sent');
		expect([first, (await slack.http.replay(last)).status]).toEqual([true, 401]);
	});

	it.each([['   '], ['']])(
		'case 6: an empty secret (%j) is refused at the start, and the page goes on',
		async (secret) => {
			const { slack, problems, about } = await stage('http', { env: { SLACK_SIGNING_SECRET: secret } });
			expect(problems).toEqual([expect.stringMatching(/SLACK_SIGNING_SECRET.*must not be empty/)]);
			expect([about, slack.requests]).toEqual([[], []]);
		},
	);

	it('answers the challenge of a new address and the look whether somebody is there, and nothing else', async () => {
		const { slack } = await stage('http');
		const answer = { status: 200, body: '{"challenge":"are you there"}' };
		expect(await slack.http.verifyUrl('are you there')).toEqual(answer);
		expect((await slack.http.checkSsl()).status).toBe(200);
		const origin = new URL(slack.http.requestUrl ?? '').origin;
		const paths = ['/', '/slack/install', '/slack/oauth_redirect', '/slack/events'];
		const found = await Promise.all(paths.map((path) => fetch(origin + path)));
		expect(found.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
		const big = await fetch(`${origin}/slack/events`, { method: 'POST', body: 'x'.repeat(2_000_000) }).catch(
			() => null,
		);
		expect(big?.status ?? 413).toBe(413);
	});
});

describe('socket mode', () => {
	it.each(['refresh_requested', 'warning'] as const)(
		'case 48: after %s no event is lost and none is doubled',
		async (reason) => {
			const { slack, ada, until, finished, started, problems } = await stage('socket');
			const questions = Array.from({ length: 8 }, (_, index) => `Question ${index}?`);
			for (const [index, question] of questions.entries()) {
				if (index % 3 === 1) slack.sockets.refresh(reason);
				if (index === 6) slack.sockets.drop();
				await ada.dm(question);
			}
			await until('all ends', () => finished().length === questions.length);
			expect(
				started()
					.map(({ question }) => question)
					.sort(),
			).toEqual(questions);
			expect([slack.sockets.count(), problems]).toEqual([1, []]);
		},
	);

	it('case 48: where there are too many connections it backs off, and comes in as soon as there is room', async () => {
		const others: WebSocket[] = [];
		const { slack, ada, until, finished, problems } = await stage('socket', {
			async before({ sockets, url, waitFor }) {
				for (let count = 0; count < 10; count += 1) {
					others.push(new WebSocket(sockets.ticket(url.replace('http', 'ws'))));
				}
				await waitFor(() => sockets.count() === 10);
			},
		});
		const tries = () => slack.requests.filter(({ method }) => method === 'apps.connections.open').map(({ at }) => at);
		const times = await until('some tries', () => (tries().length >= 4 ? tries() : null));
		const waits = times.slice(1).map((at, index) => at - (times[index] ?? 0));
		// 1, 2 and 4 seconds of the program's time.
		expect(waits.map((wait, index) => wait >= (1000 / SPEED) * 2 ** index * 0.9)).toEqual([true, true, true]);
		for (const other of others) other.close();
		await until('a connection', () => slack.sockets.opened() === 11 && slack.sockets.count() === 1);
		await ada.dm('Why?');
		await until('the end', () => finished().length === 1);
		expect(problems).toEqual([expect.stringContaining('Slack cannot be reached now')]);
	});

	it('a wrong app-level token is told at the start with what repairs it', async () => {
		const { problems, about } = await stage('socket', { env: { SLACK_APP_TOKEN: 'xapp-wrong' } });
		expect(problems).toEqual([expect.stringMatching(/SLACK_APP_TOKEN \(invalid_auth\).*connections:write/)]);
		expect(about).toEqual([]);
	});
});

describe.each(MODES)('over %s, at the start', (mode) => {
	it('a wrong bot token is told with what repairs it', async () => {
		const { problems, about } = await stage(mode, { env: { SLACK_BOT_TOKEN: 'xoxb-wrong' } });
		expect(problems).toEqual([expect.stringMatching(/SLACK_BOT_TOKEN \(invalid_auth\).*Bot User OAuth Token/)]);
		expect(about).toEqual([]);
	});

	it('while Slack does not say whose the token is the bot starts all the same, and answers when Slack does', async () => {
		const { slack, ada, until, finished, problems } = await stage(mode, {
			before: (fake) => fake.faults.next('auth.test', { type: 'drop_before_accept' }),
		});
		await ada.dm('Why?');
		await until('the end', () => finished().length === 1);
		expect(problems).toHaveLength(1);
		expect(slack.violations).toEqual([]);
	});
});
