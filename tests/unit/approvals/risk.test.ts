import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kindOfAddress } from '../../../src/adapters/tools/mcp/addresses.ts';
import { assess, type RatedCall } from '../../../src/approvals/risk.ts';
import { type Finding, isRiskier, type Ruling, rulingOf } from '../../../src/approvals/ruling.ts';
import type { RiskPolicy } from '../../../src/core/risk-policy.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { approvalWorld, gatedRun, policyOf, say, shipped, tool } from './approval-world.ts';

type Given = Partial<Omit<RatedCall, 'tool'>> & { tool?: Parameters<typeof tool>[0]; judge?: () => Promise<'low'> };

async function rulingFor(policy: RiskPolicy, { tool: of = {}, judge, ...given }: Given = {}): Promise<Ruling> {
	const call = { input: { to: 'eve@example.com' }, tainted: false, ...given, tool: tool(of) };
	const facts = {
		policy,
		clock: createManualClock(),
		judge: judge ?? null,
		secrets: [],
		addressKind: kindOfAddress,
		say,
	};
	return (await assess(call, facts, AbortSignal.timeout(5_000))).ruling;
}
const rulesOf = ({ reasons }: Ruling) => reasons.map(({ rule }) => rule);

const RULES = `
rules:
  - {rule: no-prod, match: {source: deploy, arguments: {environment: {equals: production}}}, verdict: deny, text: Not from here.}
  - {rule: ask-mail, match: {tool: 'send*'}, verdict: ask, risk: high, needed: 2, for_run: [to]}
  - {rule: ask-all-mail, match: {source: mail, effects: [external, irreversible]}, verdict: ask, risk: low, for_run: [text], approvers: [[operator]]}
  - {rule: home, match: {source: chat, tool: post, arguments: {to: {in: ['#home', '#team']}, text: {any: true}}}, verdict: allow}
  - {rule: slow, match: {source: slow, arguments: {to: {matches: '(a+)+'}}}, verdict: deny}
`;

describe('the risk of a call', () => {
	it('case 3: unknown tools, servers and absent annotations ask', async () => {
		const ruling = await rulingFor(shipped);
		expect(ruling).toMatchObject({ verdict: 'ask', risk: 'medium', needed: 1, width: null });
		expect(rulesOf(ruling)).toEqual(['code:irreversible']);
		expect(await rulingFor(shipped, { tool: { effects: 'external' } })).toMatchObject({ verdict: 'ask', risk: 'low' });
	});

	it.each(['none', 'workspace'] as const)('tools with the effects %s run', async (effects) => {
		expect(await rulingFor(shipped, { tool: { effects } })).toMatchObject({ verdict: 'run' });
	});

	it('is what the strictest of all rules that ask say', async () => {
		const policy = await policyOf(RULES);
		const ruling = await rulingFor(policy, { tool: { effects: 'external' } });
		expect(ruling).toMatchObject({ verdict: 'ask', risk: 'high', needed: 2, approvers: [['operator']], width: null });
		expect(rulesOf(ruling)).toEqual(['ask-mail', 'ask-all-mail']);
	});

	it('is denied by a rule whatever else is said', async () => {
		const policy = await policyOf(RULES);
		const given = { tool: { source: 'deploy', name: 'deploy__go' }, input: { environment: 'production' } };
		const ruling = await rulingFor(policy, given);
		expect(ruling).toMatchObject({ verdict: 'deny', reasons: [{ rule: 'no-prod', text: 'Not from here.' }] });
		expect(await rulingFor(policy, { ...given, input: { environment: 'test' } })).toMatchObject({ verdict: 'ask' });
	});

	it.each<[string, unknown, 'run' | 'ask']>([
		['one of the values', { to: '#home', text: 'hi' }, 'run'],
		['another value', { to: '#all', text: 'hi' }, 'ask'],
		['an argument that the rule does not name', { to: '#home', text: 'hi', also: '#all' }, 'ask'],
		['a list in which one is another', { to: ['#home', '#all'], text: 'hi' }, 'ask'],
		['a map in the place of the value', { to: { x: '#home' }, text: 'hi' }, 'ask'],
		['a missing argument', { to: '#home' }, 'ask'],
		['a name that only looks like a path', { 'to.': '#all', to: '#home', text: '' }, 'ask'],
		['a name that is a path', { 'to.x': '#all', to: '#home', text: '' }, 'ask'],
		['a name of the prototype', JSON.parse('{"__proto__": "#all", "to": "#home", "text": ""}'), 'ask'],
	])('what is allowed is allowed exactly: %s', async (_, input, verdict) => {
		const policy = await policyOf(RULES);
		const given = { tool: { source: 'chat', name: 'chat__post', effects: 'external' as const }, input };
		expect(await rulingFor(policy, given)).toMatchObject({ verdict });
	});

	it('case 4: a rule that takes for ever asks, and nothing runs', async () => {
		const policy = await policyOf(RULES);
		const input = { to: `${'a'.repeat(60)}!` };
		const ruling = await rulingFor(policy, { tool: { source: 'slow', effects: 'none' }, input });
		expect(ruling).toMatchObject({ verdict: 'ask', risk: 'high' });
		expect(rulesOf(ruling)).toEqual(['slow']);
	});

	it('case 4: where nobody can be asked, trouble refuses', async () => {
		const { check } = await approvalWorld({ policy: await policyOf(RULES) });
		const given = { tool: tool({ source: 'slow', effects: 'none' }), input: { to: `${'a'.repeat(60)}!` } };
		expect(await check(given, gatedRun({ canAsk: false }))).toMatchObject({ item: { state: 'denied', votes: [] } });
	});
});

describe('what no policy can switch off', () => {
	const outside = { effects: 'external', source: 'chat', name: 'chat__post' } as const;

	it.each<[string, string, string, string]>([
		['metadata of a cloud', 'see http://169.254.169.254/latest', 'deny', 'code:link-local-address'],
		['metadata by its name', 'http://metadata.google.internal/x', 'deny', 'code:link-local-address'],
		['metadata as a number', 'http://2852039166/', 'deny', 'code:link-local-address'],
		['metadata as mapped IPv6', 'http://[::ffff:169.254.169.254]/', 'deny', 'code:link-local-address'],
		['loopback', 'http://127.1:8080/', 'ask', 'code:private-address'],
		['loopback by name', 'https://LOCALHOST./', 'ask', 'code:private-address'],
		['a bare address with a port', '10.0.0.7:6379', 'ask', 'code:private-address'],
		['loopback over a socket', 'ws://[::1]/', 'ask', 'code:private-address'],
		['a token', `Authorization: Bearer ${'x'.repeat(30)}`, 'ask', 'code:secret'],
		['a key', `use sk-${'a'.repeat(30)} please`, 'ask', 'code:secret'],
		['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----', 'ask', 'code:secret'],
		['a password in an address', 'https://ada:secret@example.com/', 'ask', 'code:secret'],
		['everybody on Discord', 'hi @everyone', 'ask', 'code:mass-mention'],
		['everybody on Slack', 'hi <!channel>', 'ask', 'code:mass-mention'],
		['a role', '<@&123>', 'ask', 'code:mass-mention'],
	])('%s', async (_, text, verdict, rule) => {
		const policy = await policyOf(
			'rules:\n  - {rule: all, match: {source: chat, tool: post, arguments: {text: {any: true}}}, verdict: allow}\n',
		);
		const ruling = await rulingFor(policy, { tool: outside, input: { text: [{ deep: text }] } });
		expect([ruling.verdict, rulesOf(ruling)]).toEqual([verdict, expect.arrayContaining([rule])]);
		expect(ruling.width).toBeNull();
		const harmless = await rulingFor(policy, { tool: outside, input: { text: 'see https://example.com, v10.2 @ada' } });
		expect(harmless.verdict).toBe('run');
	});

	it('holds for tools that only read outside, and not for what stays in the folder', async () => {
		const input = { url: 'http://169.254.169.254/' };
		expect(await rulingFor(shipped, { tool: { effects: 'none', openWorld: true }, input })).toMatchObject({
			verdict: 'deny',
		});
		expect(await rulingFor(shipped, { tool: { effects: 'workspace' }, input })).toMatchObject({ verdict: 'run' });
	});

	it('knows the secrets of this program', async () => {
		const { check } = await approvalWorld();
		const verdict = await check({
			tool: tool({ effects: 'none', openWorld: true }),
			input: { to: 'a hunter2-hunter2 b' },
		});
		expect(verdict).toMatchObject({ type: 'ask', item: { reasons: [{ rule: 'code:secret' }] } });
	});
});

describe('a run that has read what anyone may have written', () => {
	it.each([
		['changes something outside', { effects: 'external' }, 'ask', 'high'],
		['reads outside', { effects: 'none', openWorld: true }, 'ask', 'medium'],
		['reads private data', { effects: 'none', source: 'crm', name: 'crm__find' }, 'ask', 'medium'],
		['works in its folder', { effects: 'workspace' }, 'run', 'low'],
	] as const)('%s', async (_, of, verdict, risk) => {
		const policy = await policyOf('taint: {private: [{source: crm}]}\n');
		expect(await rulingFor(policy, { tool: of, tainted: true })).toMatchObject({ verdict, risk });
		const { verdict: before } = await rulingFor(policy, { tool: of });
		expect(before).toBe(of.effects === 'external' ? 'ask' : 'run');
	});

	it('is not helped by a rule that allows', async () => {
		const policy = await policyOf(
			'rules:\n  - {rule: all, match: {source: mail, tool: send, arguments: {to: {any: true}}}, verdict: allow}\n',
		);
		expect(await rulingFor(policy)).toMatchObject({ verdict: 'run', reasons: [{ rule: 'all' }] });
		expect(await rulingFor(policy, { tainted: true })).toMatchObject({
			verdict: 'ask',
			reasons: [{ rule: 'code:taint' }],
		});
	});
});

describe('later findings', () => {
	const risk = fc.constantFrom('low', 'medium', 'high', 'critical' as const);
	const roles = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 });
	const finding: fc.Arbitrary<Finding> = fc.record({
		rule: fc.constantFrom('x', 'y'),
		text: fc.constant(''),
		verdict: fc.constantFrom('run', 'ask', 'deny'),
		risk,
		needed: fc.option(fc.integer({ min: 1, max: 4 })),
		forRun: fc.option(fc.array(fc.constantFrom('to', 'text'), { maxLength: 2 })),
		approvers: fc.option(fc.array(roles, { maxLength: 2 })),
		waitMs: fc.option(fc.integer({ min: 1, max: 3_600_000 })),
	});
	const order = ['run', 'ask', 'deny'];

	it('may only raise what was decided', () => {
		fc.assert(
			fc.property(finding, fc.array(finding, { maxLength: 6 }), finding, (first, some, last) => {
				const before = rulingOf([first, ...some], shipped);
				const after = rulingOf([first, ...some, last], shipped);
				expect(order.indexOf(after.verdict)).toBeGreaterThanOrEqual(order.indexOf(before.verdict));
				expect(isRiskier(before.risk, after.risk)).toBe(false);
				// Who is asked matters from the moment on that somebody is.
				if (before.verdict === 'run') return;
				expect(after.needed).toBeGreaterThanOrEqual(before.needed);
				expect(after.waitMs).toBeLessThanOrEqual(before.waitMs);
				if (before.width === null) expect(after.width).toBeNull();
				else for (const path of before.width) expect(after.width ?? before.width).toContain(path);
				if (before.approvers !== null) {
					const were = before.approvers.flat();
					for (const role of after.approvers?.flat() ?? ['everybody']) expect(were).toContain(role);
				}
			}),
		);
	});
});
