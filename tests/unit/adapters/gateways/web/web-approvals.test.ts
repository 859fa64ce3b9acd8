import { describe, expect, it } from 'vitest';
import type { Approval } from '../../../../../src/core/approval.ts';
import type { ThreadMessage } from '../../../../../src/core/gateway.ts';
import { approvalItem, approvalOf } from '../../../../support/approvals.ts';
import { type Served, served } from './served.ts';
import { placeIn, question, sessionNamed } from './thread-messages.ts';

const TOKEN = 'correct horse battery staple';

const card = (approval: Approval): ThreadMessage => ({ type: 'approval', key: `approval:${approval.id}`, approval });

/** A thread `t1` with a card, and one without. */
async function waiting(approval: Approval = approvalOf(), options: Parameters<typeof served>[0] = {}): Promise<Served> {
	const page = await served(options);
	await page.show(placeIn('t1'), question());
	await page.show(placeIn('t1'), card(approval));
	await page.show(placeIn('t2', 'r2'), question());
	return page;
}

const press = (change: object = {}) => ({
	approval: approvalOf().id,
	callId: 'call_1',
	revision: 1,
	verdict: { type: 'approve', forRun: false },
	...change,
});
const answerOf = async (response: Response) => [
	response.status,
	((await response.json()) as { error?: { code: string } }).error?.code ?? null,
];

describe('a decision at the page', () => {
	it.each([
		['approve', { type: 'approve', forRun: false }],
		['approve for the run', { type: 'approve', forRun: true }],
		['deny', { type: 'deny', reason: 'Not now.' }],
		['deny without a reason', { type: 'deny', reason: null }],
		['edit', { type: 'edit', arguments: '{"title":"Other"}' }],
		['say what happened', { type: 'outcome', outcome: 'abandon' }],
	])('can %s, of one call in the revision that was seen', async (_what, verdict) => {
		const page = await waiting();
		const response = await page.post('/api/threads/t1/decision', press({ verdict }), { 'idempotency-key': 'k1' });
		expect([response.status, await response.json()]).toEqual([202, { said: [] }]);
		const decision = { approval: approvalOf().id, callId: 'call_1', revision: 1, verdict };
		expect(page.host.inbounds).toEqual([
			{
				type: 'decision',
				id: 'k1',
				principal: { platform: 'web', tenant: 'local', user: 'local', roles: [], kind: 'member' },
				session: sessionNamed('t1'),
				decision,
				via: 'page',
			},
		]);
	});

	it('comes back with the sentence that refuses it', async () => {
		const page = await waiting();
		page.host.onReceive = (inbound) => page.gateway.reply(inbound, 'The person who asked may not approve this.');
		const response = await page.post('/api/threads/t1/decision', press());
		expect(await response.json()).toEqual({ said: ['The person who asked may not approve this.'] });
	});

	it('is handed on once, however often it is sent', async () => {
		const page = await waiting();
		const send = () => page.post('/api/threads/t1/decision', press(), { 'idempotency-key': 'same' });
		await Promise.all([send(), send(), send()]);
		expect(page.host.inbounds).toHaveLength(1);
	});

	it.each([
		['another thread', '/api/threads/t2/decision', press()],
		['no thread', '/api/threads/t9/decision', press()],
		['a name that no thread has', '/api/threads/a:b/decision', press()],
		['another request', '/api/threads/t1/decision', press({ approval: 'AAAAAAAAAAAAAAAAAAAAAA' })],
		['a call that it does not hold', '/api/threads/t1/decision', press({ callId: 'call_2' })],
		['a name of JavaScript', '/api/threads/t1/decision', press({ approval: '__proto__', callId: 'constructor' })],
	])('is refused for %s', async (_what, path, body) => {
		const page = await waiting();
		expect(await answerOf(await page.post(path, body))).toEqual([404, 'approval_unknown']);
		expect(page.host.inbounds).toEqual([]);
	});

	it.each([
		['all calls at once', press({ callId: null })],
		['no revision', press({ revision: null })],
		['an unknown verdict', press({ verdict: { type: 'always' } })],
		['a reason of 2,001 characters', press({ verdict: { type: 'deny', reason: 'x'.repeat(2_001) } })],
		['nothing', {}],
	])('is refused for %s', async (_what, body) => {
		const page = await waiting();
		expect(await answerOf(await page.post('/api/threads/t1/decision', body))).toEqual([400, 'input_invalid']);
		expect(page.host.inbounds).toEqual([]);
	});

	it('takes arguments of 100 kB', async () => {
		const page = await waiting();
		const text = JSON.stringify({ body: 'ü'.repeat(100_000) });
		const verdict = { type: 'edit', arguments: text };
		expect((await page.post('/api/threads/t1/decision', press({ verdict }))).status).toBe(202);
		expect(page.host.inbounds).toMatchObject([{ decision: { verdict: { arguments: text } } }]);
	});

	it('sent by another site is refused', async () => {
		const page = await waiting();
		const response = await page.post('/api/threads/t1/decision', press(), { origin: 'https://evil.example' });
		expect(await answerOf(response)).toEqual([403, 'origin_refused']);
		expect(page.host.inbounds).toEqual([]);
	});
});

describe('a critical call', () => {
	const critical = () => approvalOf({ items: [approvalItem({ risk: 'critical' })] });
	const confirm = 'github__create_issue';

	it.each([
		['nothing', {}],
		['another name', { confirm: 'github' }],
		['the name in capitals', { confirm: confirm.toUpperCase() }],
	])('is not approved with %s typed', async (_what, typed) => {
		const page = await waiting(critical());
		for (const verdict of [
			{ type: 'approve', forRun: false },
			{ type: 'outcome', outcome: 'again' },
		]) {
			const response = await page.post('/api/threads/t1/decision', press({ verdict, ...typed }));
			expect(await answerOf(response)).toEqual([403, 'confirm_needed']);
		}
		expect(page.host.inbounds).toEqual([]);
	});

	it('is approved with the name of its tool, and denied or edited without', async () => {
		const page = await waiting(critical());
		const verdicts = [
			{ verdict: { type: 'approve', forRun: false }, confirm },
			{ verdict: { type: 'deny', reason: null } },
			{ verdict: { type: 'edit', arguments: '{}' } },
		];
		for (const given of verdicts) {
			expect((await page.post('/api/threads/t1/decision', press(given))).status).toBe(202);
		}
		expect(page.host.inbounds).toHaveLength(3);
		expect(JSON.stringify(page.host.inbounds)).not.toContain('confirm');
	});

	it('asks for the token again where the page has one', async () => {
		const page = await waiting(critical(), { token: TOKEN });
		const login = await page.post('/api/login', { token: TOKEN });
		const cookie = { cookie: login.headers.get('set-cookie')?.split(';')[0] ?? '' };
		const send = (given: object) => page.post('/api/threads/t1/decision', press({ confirm, ...given }), cookie);
		expect(await answerOf(await send({}))).toEqual([403, 'wrong_token']);
		expect(await answerOf(await send({ token: 'wrong' }))).toEqual([403, 'wrong_token']);
		expect(page.host.inbounds).toEqual([]);
		expect((await send({ token: TOKEN })).status).toBe(202);
		expect(JSON.stringify(page.host.inbounds)).not.toContain(TOKEN);
		expect(await (await page.get('/api/info', cookie)).json()).toMatchObject({ tokenNeeded: true });
	});
});
