import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { BotError } from '../../../../../src/core/errors.ts';
import type { Inbound } from '../../../../../src/core/gateway.ts';
import { decodeSessionId } from '../../../../../src/core/session-id.ts';
import { type Served, served } from './served.ts';
import { finished, placeIn, question, sessionNamed } from './thread-messages.ts';

/** The bot begins every question: it shows it in its thread. */
function beginsAll({ host, show }: Served): void {
	host.onReceive = async ({ session }) => void (await show({ session, run: 'r1' }, question()));
}

/** The bot answers everything with this sentence and shows nothing. */
function says({ host, gateway }: Served, text: string): void {
	host.onReceive = (inbound) => gateway.reply(inbound, text);
}

const answerOf = async (response: Response) => ({ status: response.status, ...((await response.json()) as object) });
const refusal = (status: number, code: string, message: unknown = expect.any(String)) => ({
	status,
	error: { code, message },
});

describe('the page', () => {
	it('is served at / and at the address of every thread, and is asked for again each time', async () => {
		const page = await served();
		for (const path of ['/', '/t/anything']) {
			const response = await page.get(path);
			expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-cache']);
			expect(await response.text()).toContain('<title>MassGen Chat</title>');
		}
	});

	it('has assets that may be kept for ever', async () => {
		const response = await (await served()).get('/assets/index-abc123.js');
		expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
		expect(response.headers.get('content-type')).toContain('/javascript');
	});

	it.each(['/nothing', '/.secret', '/assets/', '/assets/..%2f..%2fpackage.json', '/%2e%2e/package.json'])(
		'has nothing at %s',
		async (path) => {
			const page = await served();
			expect(await page.raw('GET', path, {})).toBe(404);
		},
	);

	it('says so as a page to a person, and as JSON to a program', async () => {
		const page = await served();
		const shown = await page.get('/nothing', { accept: 'text/html' });
		expect([shown.status, shown.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
		expect(await shown.text()).toContain('There is nothing at this address.');
		expect(await answerOf(await page.get('/api/nothing', { accept: 'text/html' }))).toEqual(refusal(404, 'not_found'));
	});

	it('runs nothing but its own files, in nobody else’s frame', async () => {
		const page = await served();
		for (const path of ['/', '/api/info', '/nothing', '/assets/index-abc123.js']) {
			const { headers } = await page.get(path);
			const policy = headers.get('content-security-policy')?.split('; ');
			expect(policy).toEqual([
				"default-src 'none'",
				"script-src 'self'",
				"style-src 'self'",
				"connect-src 'self'",
				"img-src 'self' data:",
				"base-uri 'none'",
				"form-action 'none'",
				"frame-ancestors 'none'",
			]);
			expect(headers.get('x-content-type-options')).toBe('nosniff');
			expect(headers.get('referrer-policy')).toBe('no-referrer');
		}
	});

	it('tells that it is alive', async () => {
		expect(await (await (await served()).get('/healthz')).json()).toEqual({ status: 'ok' });
	});

	it('has a sentence when it was never built', async () => {
		const page = await served({ assets: new URL('./no-such-folder/', import.meta.url) });
		expect((await page.get('/')).status).toBe(404);
		expect((await page.get('/api/info')).status).toBe(200);
	});
});

describe('what there is', () => {
	it('the teams, what people should know, the longest question, and what time it is there', async () => {
		const page = await served();
		expect(await (await page.get('/api/info')).json()).toEqual({
			version: '1.2.3',
			teams: [page.host.team],
			notes: ['The demo team answers.'],
			limits: { question: 100_000 },
			signedIn: true,
			tokenNeeded: false,
			now: page.clock.now(),
		});
	});

	it('threads, newest first, a page at a time', async () => {
		const page = await served();
		const about = { title: 'Why?', startedAt: 5, state: 'finished', outcome: 'answered', runs: 2 } as const;
		page.host.summaries = [{ session: sessionNamed('t2'), ...about }];
		expect(await (await page.get('/api/threads?limit=7&before=t3')).json()).toEqual({
			threads: [{ id: 't2', ...about }],
		});
		await page.get('/api/threads');
		expect(page.host.listed).toEqual([
			['web', 'local', { limit: 7, before: sessionNamed('t3') }],
			['web', 'local', { limit: 30 }],
		]);
	});

	it.each(['limit=0', 'limit=101', 'limit=many', 'before=a:b', 'before='])('no threads for ?%s', async (query) => {
		const page = await served();
		expect(await answerOf(await page.get(`/api/threads?${query}`))).toEqual(refusal(400, 'input_invalid'));
		expect(page.host.listed).toEqual([]);
	});
});

describe('a question', () => {
	it('begins a thread of its own', async () => {
		const page = await served();
		beginsAll(page);
		const response = await page.post('/api/threads', { question: 'Why?', team: 'trio', quick: true });
		expect(response.status).toBe(201);
		const { id } = (await response.json()) as { id: string };
		const [inbound] = page.host.inbounds;
		expect(inbound).toMatchObject({
			type: 'command',
			name: 'ask',
			options: { question: 'Why?', team: 'trio', quick: true },
			principal: { platform: 'web', tenant: 'local' },
		});
		expect(decodeSessionId(inbound?.session ?? '')).toEqual({
			platform: 'web',
			tenant: 'local',
			channel: 'page',
			thread: id,
		});
		await page.post('/api/threads', { question: 'Why?' });
		expect(page.host.inbounds[1]?.session).not.toBe(inbound?.session);
	});

	it('leaves out what was not chosen', async () => {
		const page = await served();
		beginsAll(page);
		await page.post('/api/threads', { question: 'Why?', team: null });
		await page.post('/api/threads', { question: 'Why?', team: '', quick: false });
		expect(page.host.inbounds).toMatchObject([
			{ options: { question: 'Why?' } },
			{ options: { question: 'Why?', quick: false } },
		]);
		expect(Object.keys(page.host.inbounds[0]?.type === 'command' ? page.host.inbounds[0].options : {})).toEqual([
			'question',
		]);
	});

	it('that the bot refuses is refused with the bot’s sentence', async () => {
		const page = await served();
		says(page, 'The question is empty. Type one.');
		const response = await page.post('/api/threads', { question: '' });
		expect(await answerOf(response)).toEqual(refusal(400, 'refused', 'The question is empty. Type one.'));
	});

	it('that came to nothing without a word is refused as well', async () => {
		const page = await served();
		expect(await answerOf(await page.post('/api/threads', { question: 'Why?' }))).toEqual(refusal(400, 'refused'));
	});

	it('of 100,000 characters of four bytes each arrives whole', async () => {
		const page = await served();
		beginsAll(page);
		const text = '\u{1F600}'.repeat(50_000);
		expect((await page.post('/api/threads', { question: text })).status).toBe(201);
		expect(page.host.inbounds).toMatchObject([{ options: { question: text } }]);
	});

	it('of more than 1 MB is not read', async () => {
		const page = await served();
		const response = await page.post('/api/threads', { question: 'a'.repeat(1_048_577) });
		expect(await answerOf(response)).toEqual(refusal(413, 'too_large'));
		expect(page.host.inbounds).toEqual([]);
	});

	it.each([[{}], [{ question: 7 }], [{ question: 'Why?', team: 3 }], [{ question: 'Why?', quick: 'yes' }], [[]]])(
		'is not in %j',
		async (body) => {
			const page = await served();
			expect(await answerOf(await page.post('/api/threads', body))).toEqual(refusal(400, 'input_invalid'));
			expect(page.host.inbounds).toEqual([]);
		},
	);

	it('is not in broken JSON', async () => {
		const page = await served();
		const headers = { 'content-type': 'application/json' };
		const response = await fetch(page.url('/api/threads'), { method: 'POST', body: '{"question":', headers });
		expect(await answerOf(response)).toEqual(refusal(400, 'input_invalid'));
	});

	it('is not begun by a bot that does not answer; its late sentence is not lost', async () => {
		const page = await served();
		const asked = Promise.withResolvers<Inbound>();
		page.host.onReceive = (inbound) => {
			asked.resolve(inbound);
			return new Promise(() => {});
		};
		const response = page.post('/api/threads', { question: 'Why?' });
		const inbound = await asked.promise;
		await page.clock.advance(30_000);
		expect(await answerOf(await response)).toEqual(refusal(504, 'timeout'));
		await page.gateway.reply(inbound, 'Too late.');
		expect(page.problems).toEqual(['Too late.']);
	});

	it('that fails inside the bot is answered without details, which go to the log', async () => {
		const page = await served();
		page.host.onReceive = () => Promise.reject(new Error('disk on fire'));
		const answer = await answerOf(await page.post('/api/threads', { question: 'Why?' }));
		expect(answer).toEqual(refusal(500, 'internal'));
		expect(JSON.stringify(answer)).not.toContain('fire');
		expect(page.problems).toEqual(['A request of the page failed: disk on fire']);
	});
});

describe('a bot that cannot answer', () => {
	it.each([
		['config_invalid', 503, ['A request of the page failed: broken team']],
		['team_unknown', 400, []],
	] as const)('says why in its own words: %s', async (code, status, problems) => {
		const page = await served();
		page.host.teams = () => Promise.reject(new BotError(code, 'broken team', { userMessage: 'Repair the team.' }));
		expect(await answerOf(await page.get('/api/info'))).toEqual(refusal(status, code, 'Repair the team.'));
		expect(page.problems).toEqual(problems);
	});
});

describe('a request that is sent twice', () => {
	it('begins one thread, though the second comes while the first is going', async () => {
		const page = await served();
		const begun = Promise.withResolvers<void>();
		page.host.onReceive = async ({ session }) => {
			await begun.promise;
			await page.show({ session, run: 'r1' }, question());
		};
		const key = { 'idempotency-key': 'click-1' };
		const both = [
			page.post('/api/threads', { question: 'Why?' }, key),
			page.post('/api/threads', { question: 'Why?' }, key),
		];
		begun.resolve();
		const [first, second] = await Promise.all(both.map(async (one) => answerOf(await one)));
		expect(first).toEqual({ status: 201, id: expect.any(String) });
		expect(second).toEqual(first);
		expect(page.host.inbounds.map(({ id }) => id)).toEqual(['click-1']);
	});

	it('finds the thread of the first after a restart, when the bot drops the second', async () => {
		const page = await served();
		const thread = createHash('sha256').update('thread click-1').digest('base64url').slice(0, 22);
		page.host.journals.set(sessionNamed(thread), [{ run: 'r1', message: question() }]);
		const response = await page.post('/api/threads', { question: 'Why?' }, { 'idempotency-key': 'click-1' });
		expect(await answerOf(response)).toEqual({ status: 201, id: thread });
	});

	it('is refused twice with the same words', async () => {
		const page = await served();
		says(page, 'There is no team x.');
		const key = { 'idempotency-key': 'click-1' };
		for (let i = 0; i < 2; i += 1) {
			const response = await page.post('/api/threads', { question: 'Why?', team: 'x' }, key);
			expect(await answerOf(response)).toEqual(refusal(400, 'refused', 'There is no team x.'));
		}
		expect(page.host.inbounds).toHaveLength(1);
	});

	it('may be sent again after it failed', async () => {
		const page = await served();
		const key = { 'idempotency-key': 'click-1' };
		page.host.onReceive = () => Promise.reject(new Error('disk on fire'));
		expect((await page.post('/api/threads', { question: 'Why?' }, key)).status).toBe(500);
		beginsAll(page);
		expect((await page.post('/api/threads', { question: 'Why?' }, key)).status).toBe(201);
	});

	it('must not have a name that is none', async () => {
		const page = await served();
		const key = { 'idempotency-key': 'a b' };
		expect(await answerOf(await page.post('/api/threads', { question: 'Why?' }, key))).toEqual(
			refusal(400, 'input_invalid'),
		);
	});
});

describe('in a thread', () => {
	const actions = [
		['questions', { question: 'And?', quick: true }, { name: 'ask', options: { question: 'And?', quick: true } }],
		['stop', {}, { name: 'stop', options: {} }],
		['retry', { run: 'r1' }, { name: 'retry', options: { run: 'r1' } }],
		[
			'choice',
			{ run: 'r1', orchestration: 2, agent: 'b' },
			{ type: 'choice', run: 'r1', orchestration: 2, agent: 'b' },
		],
	] as const;

	it.each(actions)('%s is handed on, and what the bot says comes back', async (path, body, expected) => {
		const page = await served();
		await page.show(placeIn('t1'), finished('Because.'));
		says(page, 'Queued, position 2.');
		const response = await page.post(`/api/threads/t1/${path}`, body, { 'idempotency-key': 'k1' });
		expect(await answerOf(response)).toEqual({ status: 202, said: ['Queued, position 2.'] });
		expect(page.host.inbounds).toMatchObject([{ id: 'k1', session: sessionNamed('t1'), ...expected }]);
	});

	it.each(actions)('%s works in a thread of an earlier process', async (path, body) => {
		const page = await served();
		page.host.journals.set(sessionNamed('t1'), [{ run: 'r1', message: question() }]);
		expect(await answerOf(await page.post(`/api/threads/t1/${path}`, body))).toEqual({ status: 202, said: [] });
	});

	it.each(actions)('%s is refused where there is no thread', async (path, body) => {
		const page = await served();
		for (const id of ['t1', 'a:b', 'x'.repeat(65)]) {
			const answer = await answerOf(await page.post(`/api/threads/${id}/${path}`, body));
			expect(answer).toEqual(refusal(404, 'thread_unknown'));
		}
		expect(page.host.inbounds).toEqual([]);
	});

	it.each([
		['questions', { question: null }],
		['retry', {}],
		['choice', { run: 'r1', orchestration: 0, agent: 'a' }],
		['choice', { run: 'r1', agent: 'a' }],
	])('%s does not understand %j', async (path, body) => {
		const page = await served();
		await page.show(placeIn('t1'), question());
		expect(await answerOf(await page.post(`/api/threads/t1/${path}`, body))).toEqual(refusal(400, 'input_invalid'));
		expect(page.host.inbounds).toEqual([]);
	});

	it('stop needs no body', async () => {
		const page = await served();
		await page.show(placeIn('t1'), question());
		const headers = { 'content-type': 'application/json' };
		const response = await fetch(page.url('/api/threads/t1/stop'), { method: 'POST', headers });
		expect(await answerOf(response)).toEqual({ status: 202, said: [] });
	});

	it('each person is told what is meant for them', async () => {
		const page = await served();
		await page.show(placeIn('t1'), question());
		page.host.onReceive = async (inbound) => {
			await page.gateway.reply(inbound, `for ${inbound.id}`);
		};
		const answers = ['one', 'two'].map(async (key) =>
			answerOf(await page.post('/api/threads/t1/stop', {}, { 'idempotency-key': key })),
		);
		expect(await Promise.all(answers)).toMatchObject([{ said: ['for one'] }, { said: ['for two'] }]);
	});
});

describe('a command that is typed at the page', () => {
	it('goes to the bot as such, about the page or a thread, and what is said of it comes back', async () => {
		const page = await served();
		says(page, 'Done.');
		const post = (body: unknown) => page.post('/api/commands', body);
		expect(await answerOf(await post({ text: 'stop' }))).toEqual({ status: 200, said: ['Done.'] });
		expect(await answerOf(await post({ text: 'no such thing' }))).toEqual({ status: 200, said: ['Done.'] });
		expect(page.host.inbounds).toMatchObject([
			{ type: 'command', name: 'stop', session: 'web:local:page:-', principal: { platform: 'web', user: 'local' } },
			{ type: 'command', name: 'help', session: 'web:local:page:-' },
		]);
		expect(await answerOf(await post({ text: 'stop', thread: 'nowhere' }))).toMatchObject({ status: 404 });
	});
});
