import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSqliteStore } from '../../../src/adapters/stores/sqlite.ts';
import type { Principal } from '../../../src/core/gateway.ts';
import type { StoreChange } from '../../../src/core/store.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import {
	approvalWorld,
	approve,
	type call,
	deny,
	edit,
	gatedRun,
	itemIn,
	person,
	policyOf,
	session,
	shipped,
	tool,
} from './approval-world.ts';

const [ada, ben, cleo, dora] = [person('ada'), person('ben'), person('cleo'), person('dora')];
const risky = () => policyOf('irreversible: high\n');
const twoPeople = () => policyOf('irreversible: medium\npeople: {medium: 2}\n');
const sentence = (answer: object) => ('refusal' in answer ? String(answer.refusal) : 'taken');

describe('who decides', () => {
	it('case 6: not who asked the question, at high risk: privately refused, in the audit, still pending', async () => {
		const world = await approvalWorld({ policy: await risky() });
		const approval = await world.asked();
		expect(sentence(await world.press(approval, approve, ada))).toContain('somebody else must approve');
		expect(sentence(await world.press(approval, edit({ to: 'x' }), ada))).toContain('somebody else');
		expect(await world.state(approval)).toEqual(['pending']);
		expect((await world.rows()).slice(1)).toEqual([
			'approval.approve refused requester',
			'approval.edit refused requester',
		]);
		expect(await world.press(approval, approve, ben)).toHaveProperty('approval');
	});

	it('case 6: not who asked the question by another account of theirs', async () => {
		const world = await approvalWorld({ policy: await risky(), linked: [['ada', 'dora']] });
		const approval = await world.asked();
		expect(sentence(await world.press(approval, approve, dora))).toContain('somebody else must approve');
		expect(await world.press(approval, deny(), dora)).toHaveProperty('approval');
	});

	it('who asked the question may up to medium risk, and where one is alone with the machine', async () => {
		const world = await approvalWorld();
		expect(await world.press(await world.asked(), approve, ada)).toHaveProperty('approval');
		const policy = await policyOf('irreversible: critical\n');
		const alone = await approvalWorld({ policy });
		const me = person('me', 'terminal', 'local');
		const run = gatedRun({
			session: session('c', 'terminal', 'local'),
			requester: { platform: 'terminal', tenant: 'local', user: 'me' },
		});
		const approval = await alone.asked({}, run);
		expect(approval.items[0]?.needed).toBe(2);
		expect(await alone.press(approval, approve, me)).toHaveProperty('approval');
		expect(await alone.state(approval)).toEqual(['approved']);
	});

	it.each<[string, Principal, string]>([
		['without the permission', person('mia'), 'lack the permission'],
		['a guest', person('gus'), 'Guests'],
		['a stranger', person('stan'), 'Guests'],
		['a bot', { ...person('robo'), kind: 'bot' }, 'Guests'],
		['of another server', person('ben', 'discord', 'g2'), 'another place'],
		['of another platform', person('ben', 'web', 'local'), 'another place'],
	])('not somebody %s', async (_, who, why) => {
		const world = await approvalWorld({ policy: await risky() });
		const approval = await world.asked();
		for (const verdict of [approve, deny('x'), edit({ to: 'x' })]) {
			expect(sentence(await world.press(approval, verdict, who))).toContain(why);
		}
		expect(await world.state(approval)).toEqual(['pending']);
		expect((await world.rows()).filter((row) => row.includes('refused'))).toHaveLength(3);
		await world.press(approval, approve, ben);
		// Also of what has been decided such a person hears nothing.
		expect(sentence(await world.press(approval, approve, who))).toContain(why);
	});

	it('not somebody whose role was taken away a moment ago', async () => {
		const world = await approvalWorld({ policy: await risky() });
		const approval = await world.asked();
		world.people.set('ben', { kind: 'member', roles: [] });
		expect(sentence(await world.press(approval, approve, ben))).toContain('lack the permission');
	});

	it('only the roles that the rule names, each group in its turn; an empty list is nobody', async () => {
		const policy = await policyOf(
			'rules:\n  - {rule: x, match: {}, verdict: ask, approvers: [[operator], [approver]]}\n',
		);
		const world = await approvalWorld({ policy });
		const approval = await world.asked();
		expect(approval.deciders).toBe('operator');
		expect(sentence(await world.press(approval, approve, ben))).toContain('names others');
		expect(await world.press(approval, approve, dora)).toHaveProperty('approval');
		const nobody = await approvalWorld({
			policy: { ...policy, rules: policy.rules.map((rule) => ({ ...rule, approvers: [] })) },
		});
		expect(await nobody.check()).toMatchObject({ type: 'ask', item: { state: 'denied', votes: [] } });
	});

	it('says who may decide', async () => {
		const world = await approvalWorld();
		expect((await world.asked()).deciders).toBe('owner, approver, operator, approvers, leads');
	});
});

describe('two people', () => {
	it('case 7: are needed, and one person on two accounts is one', async () => {
		const world = await approvalWorld({ policy: await twoPeople(), linked: [['ben', 'dora']] });
		const approval = await world.asked();
		await world.press(approval, approve, ben);
		expect(await world.check()).toMatchObject({ type: 'ask' });
		expect(sentence(await world.press(approval, approve, ben))).toContain('another person');
		expect(sentence(await world.press(approval, approve, dora))).toContain('another person');
		expect(await world.state(approval)).toEqual(['pending']);
		await world.press(approval, approve, cleo);
		expect(await world.state(approval)).toEqual(['approved']);
		expect(await world.check()).toMatchObject({ type: 'run' });
	});

	it('case 8: one denial among approvals denies, and its reason is kept', async () => {
		const world = await approvalWorld({ policy: await twoPeople() });
		const approval = await world.asked();
		await world.press(approval, approve, ben);
		await world.press(approval, deny('  not to Eve  '), cleo);
		expect(await world.item(approval)).toMatchObject({ state: 'denied', denial: 'not to Eve' });
		expect(sentence(await world.press(approval, approve, dora))).toContain('decided already');
		expect(await world.check()).toMatchObject({ type: 'refuse' });
	});

	it('case 7: at critical risk are needed by the shipped policy', async () => {
		const world = await approvalWorld();
		const approval = await world.asked({ tool: tool({ name: 'bank__make_payment', source: 'bank' }) });
		expect(approval.items[0]).toMatchObject({ risk: 'critical', needed: 2 });
		expect(approval.expiresAt - approval.createdAt).toBe(600_000);
	});
});

describe('an edit', () => {
	const input = { to: 'ben@example.com', text: 'hi' };

	it.each<[string, string, string]>([
		['no JSON', '{to:', 'not valid JSON'],
		['no arguments of the tool', '{"text":"x"}', "must have required property 'to'"],
		['a text in the place of the arguments', '"x"', 'must be object'],
		['half a character', '{"to":"\\ud800"}', 'not valid JSON'],
		['what the policy forbids', '{"to":"http://169.254.169.254/"}', 'forbids'],
		['the same arguments', '{"text":"hello","to":"eve@example.com"}', 'already'],
	])('case 10: with %s leaves the original pending', async (_, text, why) => {
		const world = await approvalWorld();
		const approval = await world.asked();
		expect(sentence(await world.press(approval, { type: 'edit', arguments: text }, ben))).toContain(why);
		expect(await world.desk.find(approval.id)).toEqual(approval);
		expect(await world.rows()).toHaveLength(2);
	});

	it('case 11: resets the votes, and a press on what was shown before is refused', async () => {
		const world = await approvalWorld({ policy: await twoPeople() });
		const approval = await world.asked();
		await world.press(approval, approve, cleo);
		await world.press(approval, edit(input), ben);
		const item = await world.item(approval);
		expect(item).toMatchObject({ revision: 2, votes: [], state: 'pending', editedBy: { user: 'ben' } });
		expect(item.before).toBe('{"text":"hello","to":"eve@example.com"}');
		expect(item.digest).not.toBe(approval.items[0]?.digest);
		expect(sentence(await world.press(approval, approve, dora))).toContain('changed since you saw it');
		expect(sentence(await world.press(approval, approve, ben, { revision: 2 }))).toContain('You edited this');
		for (const who of [cleo, dora]) await world.press(approval, approve, who, { revision: 2 });
		expect(await world.check()).toEqual({ type: 'run', input, edited: true });
	});

	it('is judged again, and lowers nothing', async () => {
		const policy = await policyOf(
			`rules:
  - {rule: eve, match: {source: mail, arguments: {to: {matches: 'eve.*'}}}, verdict: ask, risk: high}
  - {rule: all, match: {source: mail, arguments: {to: {matches: 'all.*'}}}, verdict: ask, risk: critical, approvers: [[operator]]}
`,
		);
		const world = await approvalWorld({ policy });
		const approval = await world.asked();
		await world.press(approval, edit({ to: 'ben@example.com' }), ben);
		expect(await world.item(approval)).toMatchObject({ risk: 'high', needed: 1 });
		await world.press(approval, edit({ to: 'all@example.com' }), ben, { revision: 2 });
		expect(await world.item(approval)).toMatchObject({
			risk: 'critical',
			needed: 2,
			approvers: [['operator']],
			revision: 3,
		});
		expect((await world.item(approval)).reasons.map(({ rule }) => rule)).toEqual(['eve', 'code:irreversible', 'all']);
		const now = await world.desk.find(approval.id);
		expect(now?.expiresAt).toBe(approval.createdAt + 600_000);
	});

	it('cannot name another tool', async () => {
		const world = await approvalWorld();
		const approval = await world.asked();
		const answer = await world.press(approval, edit({ ...input, tool: 'mail__delete' }), ben);
		expect(sentence(answer)).toContain('must NOT have additional properties: tool');
	});
});

describe('a card with several calls', () => {
	const three = async (world: Awaited<ReturnType<typeof approvalWorld>>, more: Parameters<typeof call>[0][] = []) => {
		const given = ['c1', 'c2', 'c3'].map((callId, n) => ({
			callId,
			input: { to: `${callId}@example.com` },
			...more[n],
		}));
		return world.request(await Promise.all(given.map(async (one) => itemIn(await world.check(one)))));
	};

	it('case 20: gives each call its own decision, in whatever order', async () => {
		const world = await approvalWorld();
		const approval = await three(world);
		await world.press(approval, approve, ben, { callId: 'c3' });
		await world.press(approval, deny('no'), ben, { callId: 'c1' });
		await world.press(approval, edit({ to: 'x@example.com' }), ben, { callId: 'c2' });
		await world.press(approval, approve, ben, { callId: 'c2', revision: 2 });
		expect(await world.state(approval)).toEqual(['denied', 'approved', 'approved']);
		const verdict = (callId: string) => world.check({ callId, input: { to: `${callId}@example.com` } });
		expect(await verdict('c3')).toMatchObject({ type: 'run', input: { to: 'c3@example.com' }, edited: false });
		expect(await verdict('c1')).toMatchObject({ type: 'refuse' });
		expect(await verdict('c2')).toMatchObject({ type: 'run', input: { to: 'x@example.com' }, edited: true });
	});

	it('is approved at once up to medium risk, as it was shown', async () => {
		const world = await approvalWorld();
		const approval = await three(world);
		expect(await world.press(approval, approve, ben, { callId: null })).toHaveProperty('approval');
		expect(await world.state(approval)).toEqual(['approved', 'approved', 'approved']);
		expect((await world.rows()).filter((row) => row === 'approval.approve done')).toHaveLength(3);
	});

	it('is not approved at once above it, nor after an edit, but denied at once', async () => {
		const world = await approvalWorld();
		const risky = await three(world, [{ tool: tool({ name: 'mail__delete_all' }) }]);
		expect(sentence(await world.press(risky, approve, ben, { callId: null }))).toContain('one by one');
		expect(await world.press(risky, deny(), ben, { callId: null })).toHaveProperty('approval');
		expect(await world.state(risky)).toEqual(['denied', 'denied', 'denied']);
		const other = await approvalWorld();
		const edited = await three(other);
		await other.press(edited, edit({ to: 'x' }), ben, { callId: 'c2' });
		expect(sentence(await other.press(edited, approve, cleo, { callId: null }))).toContain('one by one');
	});
});

describe('many at once', () => {
	it('case 14: 100 presses on two processes over one store are one decision, and 99 polite answers', async () => {
		const dataDir = await mkdtemp(join(tmpdir(), 'massgen-presses-'));
		const clock = createManualClock();
		const store = await createSqliteStore({ dataDir, clock });
		onTestFinished(async () => {
			await store.close();
			await rm(dataDir, { recursive: true, force: true });
		});
		const people = Array.from({ length: 100 }, (_, n) => person(`p${n}`));
		const worlds = [await approvalWorld({ store, clock, dataDir }), await approvalWorld({ store, clock, dataDir })];
		const [one, two] = worlds;
		if (one === undefined || two === undefined) throw new Error('two');
		for (const { people: known } of worlds) {
			for (const { user } of people) known.set(user, { kind: 'member', roles: ['approvers'] });
		}
		const approval = await one.asked();
		const seen: string[] = [];
		for (const { approvals } of worlds) approvals.watch('r1', ({ items }) => seen.push(items[0]?.state ?? ''));
		const answers = await Promise.all(
			people.map((who, n) => (n % 2 === 0 ? one : two).press(approval, n % 3 === 0 ? deny() : approve, who)),
		);
		const taken = answers.filter((answer) => 'approval' in answer);
		expect(taken).toHaveLength(1);
		expect(new Set(answers.map(sentence))).toEqual(
			new Set(['taken', 'Somebody was faster: this has been decided already.']),
		);
		const item = await one.item(approval);
		expect(item.votes).toHaveLength(1);
		expect((await one.rows()).filter((row) => /^approval\.(approve|deny) done/.test(row))).toHaveLength(1);
		expect(await one.rows()).toHaveLength(101);
		for (const { engine } of worlds) await engine.sweep();
		expect(seen).toEqual([item.state, item.state]);
	}, 60_000);

	it('case 15: the same press three times is one vote', async () => {
		const world = await approvalWorld({ policy: await twoPeople() });
		const approval = await world.asked();
		const answers = await Promise.all([1, 2, 3].map(() => world.press(approval, approve, ben)));
		expect(answers.map(sentence).filter((text) => text === 'taken')).toHaveLength(1);
		expect((await world.item(approval)).votes).toHaveLength(1);
	});
});

describe('what a press names', () => {
	it.each(['', 'x', '__proto__', 'constructor', 'A'.repeat(22), '../approvals'])('%j is no request', async (id) => {
		const world = await approvalWorld();
		await world.asked();
		const how = { via: 'thread', locale: null, request: 'i' };
		const decision = { approval: id, callId: 'c', revision: 1, verdict: approve };
		expect(sentence(await world.desk.decide(decision, ben, how))).toBe('There is no such request.');
		expect((await world.rows()).at(-1)).toBe('approval.approve refused unknown');
	});

	it('no call of the request, or none that takes the answer', async () => {
		const world = await approvalWorld();
		const approval = await world.asked();
		expect(sentence(await world.press(approval, approve, ben, { callId: '__proto__' }))).toContain('no such request');
		const outcome = { type: 'outcome', outcome: 'again' } as const;
		expect(sentence(await world.press(approval, outcome, ben))).toContain('that way');
	});

	it('case 23: is in the audit, decided or refused, and nothing is decided while the audit cannot be written', async () => {
		const world = await approvalWorld();
		const approval = await world.asked();
		await world.press(approval, approve, person('mia'));
		await world.press(approval, deny('because'), ben);
		expect(await world.rows()).toEqual([
			'approval.request done',
			'approval.approve refused lacking',
			'approval.deny done because',
		]);
		const { store } = world;
		const deaf = {
			...store,
			async commit(changes: readonly StoreChange[]) {
				if (changes.some(({ type }) => type === 'append')) throw new Error('the disk of the audit is full');
				return store.commit(changes);
			},
		};
		const broken = await approvalWorld({ store: deaf, clock: world.clock, dataDir: world.dataDir, policy: shipped });
		const run = gatedRun({ run: 'r7' });
		const second = await world.request([itemIn(await world.check({ callId: 'c7' }, run))], run);
		await expect(broken.press(second, approve, ben)).rejects.toThrow('audit is full');
		expect(await world.state(second)).toEqual(['pending']);
	});
});
