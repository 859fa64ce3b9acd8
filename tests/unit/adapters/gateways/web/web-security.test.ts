import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BotError } from '../../../../../src/core/errors.ts';
import { createServed, type Served, served } from './served.ts';
import { placeIn, question } from './thread-messages.ts';

const TOKEN = 'correct horse battery staple';
const DAY = 86_400_000;

const errorOf = async (response: Response) => ((await response.json()) as { error: { code: string } }).error;

/** The cookie that a person who knows the token is given. */
async function signedIn(page: Served): Promise<{ cookie: string }> {
	const response = await page.post('/api/login', { token: TOKEN });
	expect(response.status).toBe(204);
	return { cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '' };
}

async function refusalOf(start: Promise<void>): Promise<BotError> {
	const error = await start.then(
		() => null,
		(thrown: unknown) => thrown,
	);
	if (error instanceof BotError) return error;
	throw new Error('it started');
}

describe('a token', () => {
	it('is needed for everything but the page itself and signs of life', async () => {
		const page = await served({ token: TOKEN });
		await page.show(placeIn('t1'), question());
		for (const path of ['/', '/t/t1', '/healthz', '/assets/index-abc123.js']) {
			expect((await page.get(path)).status, path).toBe(200);
		}
		for (const path of ['/api/info', '/api/threads', '/api/threads/t1/events', '/%61pi/info', '/api/./info']) {
			expect(await page.raw('GET', path, {}), path).not.toBe(200);
		}
		const actions = ['', '/t1/questions', '/t1/stop', '/t1/retry', '/t1/choice', '/t1/decision'];
		for (const response of await Promise.all(actions.map((path) => page.post(`/api/threads${path}`)))) {
			expect([response.status, (await errorOf(response)).code]).toEqual([401, 'sign_in']);
		}
		expect(page.host.inbounds).toEqual([]);
	});

	it('signs in for 30 days, for this browser only', async () => {
		const page = await served({ token: TOKEN });
		const response = await page.post('/api/login', { token: TOKEN });
		const cookie = response.headers.get('set-cookie') ?? '';
		expect(cookie).toMatch(/^massgen_\d+=[^;]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=2592000$/);
		expect(decodeURIComponent(cookie)).not.toContain(TOKEN);
		const headers = { cookie: `other=1; ${cookie.split(';')[0]}` };
		expect(await (await page.get('/api/info', headers)).json()).toMatchObject({ signedIn: true });
		await page.clock.advance(30 * DAY - 1_000);
		expect((await page.get('/api/info', headers)).status).toBe(200);
		await page.clock.advance(1_000);
		expect((await page.get('/api/info', headers)).status).toBe(401);
	});

	it('stays signed in over a restart, until the token is another one', async () => {
		const cookie = await signedIn(await served({ token: TOKEN }));
		expect((await (await served({ token: TOKEN })).get('/api/info', cookie)).status).toBe(200);
		expect((await (await served({ token: 'another one' })).get('/api/info', cookie)).status).toBe(401);
	});

	it.each(['', 'wrong', `${TOKEN} `, TOKEN.slice(1), TOKEN.toUpperCase()])('is not %j', async (token) => {
		const page = await served({ token: TOKEN });
		const response = await page.post('/api/login', { token });
		expect([response.status, response.headers.get('set-cookie')]).toEqual([401, null]);
		const error = await errorOf(response);
		expect(error.code).toBe('wrong_token');
		expect(JSON.stringify(error)).not.toContain(TOKEN);
		expect(page.problems).toEqual([]);
	});

	it.each([
		['made up', 'massgen_0=1.abc'],
		['empty', 'massgen_0='],
		['the token itself', `massgen_0=${encodeURIComponent(TOKEN)}`],
	])('is not replaced by a cookie that is %s', async (_what, cookie) => {
		expect((await (await served({ token: TOKEN })).get('/api/info', { cookie })).status).toBe(401);
	});

	it('is not replaced by a cookie whose time was moved', async () => {
		const page = await served({ token: TOKEN });
		const { cookie } = await signedIn(page);
		const moved = cookie.replace(/=(\d+)/, (_, at: string) => `=${Number(at) - 60}`);
		expect((await page.get('/api/info', { cookie: moved })).status).toBe(401);
	});

	it('cannot be guessed fast, not even by the right one after ten wrong', async () => {
		const page = await served({ token: TOKEN });
		for (let i = 0; i < 10; i += 1) expect((await page.post('/api/login', { token: `${i}` })).status).toBe(401);
		const response = await page.post('/api/login', { token: TOKEN });
		expect([response.status, (await errorOf(response)).code]).toEqual([429, 'rate_limited']);
		expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
	});

	it('is forgotten by signing out', async () => {
		const page = await served({ token: TOKEN });
		const response = await page.post('/api/logout', {}, await signedIn(page));
		expect([response.status, response.headers.get('set-cookie')]).toEqual([
			204,
			expect.stringMatching(/^massgen_\d+=; .*Max-Age=0$/),
		]);
	});

	it('is not asked for where none is set', async () => {
		const page = await served();
		expect((await page.get('/api/info')).status).toBe(200);
		expect((await page.post('/api/login', { token: 'anything' })).status).toBe(204);
	});
});

describe('other sites', () => {
	it.each(['evil.example', 'evil.example:8080', '127.0.0.1.evil.example', 'x@127.0.0.1', '10.0.0.1', '127.0.0.1/x'])(
		'get nothing under the name %j',
		async (host) => {
			const page = await served();
			for (const path of ['/', '/api/info', '/healthz']) {
				expect(await page.raw('GET', path, { host }), path).toBe(403);
			}
		},
	);

	it.each(['127.0.0.1', 'localhost:9000', 'LOCALHOST', '[::1]:8080'])('may be this machine as %s', async (host) => {
		expect(await (await served()).raw('GET', '/api/info', { host })).toBe(200);
	});

	it.each([
		[{ origin: 'https://evil.example' }],
		[{ origin: 'null' }],
		[{ origin: 'http://127.0.0.1:1' }],
		[{ 'sec-fetch-site': 'cross-site' }],
		[{ 'sec-fetch-site': 'same-site' }],
		[{ 'sec-fetch-site': 'none' }],
	])('cannot make a browser act with %j', async (headers) => {
		const page = await served();
		await page.show(placeIn('t1'), question());
		const json = { 'content-type': 'application/json' };
		for (const path of ['/api/threads', '/api/threads/t1/stop', '/api/login', '/api/logout']) {
			expect(await page.raw('POST', path, { ...json, ...headers }), path).toBe(403);
		}
		expect(page.host.inbounds).toEqual([]);
	});

	it('are not the page itself', async () => {
		const page = await served();
		await page.show(placeIn('t1'), question());
		const origin = page.gateway.address();
		const headers = { 'content-type': 'application/json', origin, 'sec-fetch-site': 'same-origin' };
		expect(await page.raw('POST', '/api/threads/t1/stop', headers)).toBe(202);
	});

	it.each([
		'text/plain',
		'application/x-www-form-urlencoded',
		'multipart/form-data; boundary=x',
		'application/jsonp',
		'',
	])('cannot send a form: %j', async (type) => {
		const page = await served();
		await page.show(placeIn('t1'), question());
		const headers: Record<string, string> = type === '' ? {} : { 'content-type': type };
		expect(await page.raw('POST', '/api/threads/t1/stop', headers)).toBe(415);
		expect(page.host.inbounds).toEqual([]);
	});

	it('cannot ask without end', async () => {
		const page = await served();
		const codes: number[] = [];
		for (let i = 0; i < 61; i += 1) codes.push((await page.post('/api/threads', { question: 'Why?' })).status);
		expect(codes).toEqual([...Array(60).fill(400), 429]);
		expect(page.host.inbounds).toHaveLength(60);
	});
});

describe('where it listens', () => {
	it('is told as the address to open', async () => {
		const { gateway } = await served();
		expect(gateway.address()).toMatch(/^http:\/\/127\.0\.0\.1:\d{2,5}$/);
		expect((await (await served({ host: '0.0.0.0', token: TOKEN })).get('/healthz')).status).toBe(200);
	});

	it('is not told before it listens', async () => {
		const { gateway } = await createServed();
		expect(() => gateway.address()).toThrow('does not listen');
	});

	it.each(['0.0.0.0', '::', '192.168.1.5', 'example.org'])('is not %s without a token', async (host) => {
		const { gateway, host: bot } = await createServed({ host });
		const { code, userMessage } = await refusalOf(gateway.start(bot));
		expect(code).toBe('config_invalid');
		expect(userMessage).toContain('WEB_TOKEN');
		expect(userMessage).toContain(`HOST=${host}`);
	});

	it('answers to any name where other machines may reach it', async () => {
		const page = await served({ host: '0.0.0.0', token: TOKEN });
		const { cookie } = await signedIn(page);
		expect(await page.raw('GET', '/api/info', { host: 'bot.example', cookie })).toBe(200);
	});

	it('is not a port that is in use, and says which and what to set', async () => {
		const other = createServer();
		await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
		onTestFinished(() => void other.close());
		const bound = other.address();
		const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
		const { gateway, host } = await createServed({ port });
		const { code, userMessage } = await refusalOf(gateway.start(host));
		expect(code).toBe('config_invalid');
		expect(userMessage).toContain(`Port ${port} is already in use`);
		expect(userMessage).toContain('PORT=');
	});

	it('is not an address of another machine', async () => {
		const { gateway, host } = await createServed({ host: '192.0.2.1', token: TOKEN });
		const { code, userMessage } = await refusalOf(gateway.start(host));
		expect(code).toBe('config_invalid');
		expect(userMessage).toContain('HOST=192.0.2.1 is not an address of this machine');
	});
});

describe('stopping', () => {
	it('ends every stream and frees the port within a second', async () => {
		const page = await served();
		await page.show(placeIn('t1'), question());
		const readers = [await page.watch('t1'), await page.watch('t1')];
		await Promise.all(readers.map((reader) => reader.next()));
		readers[1]?.pause();
		const hanging = Promise.withResolvers<void>();
		page.host.onReceive = async () => {
			hanging.resolve();
			await new Promise(() => {});
		};
		const unanswered = page.post('/api/threads', { question: 'Why?' }).catch(() => 'cut off');
		await hanging.promise;
		const address = page.gateway.address();
		const began = performance.now();
		await page.gateway.stop();
		expect(performance.now() - began).toBeLessThan(1_000);
		await readers[0]?.ended;
		expect(await unanswered).toBe('cut off');
		await expect(fetch(address)).rejects.toThrow();
		await page.gateway.stop();
	});

	it('takes messages of runs that are still going, and harms nothing', async () => {
		const page = await served();
		await page.gateway.stop();
		await page.show(placeIn('t1'), question());
		await page.show(placeIn('t1'), question('What?'));
	});

	it('works before it was started', async () => {
		const { gateway } = await createServed();
		await gateway.stop();
	});
});
