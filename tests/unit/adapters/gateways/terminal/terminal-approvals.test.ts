import { describe, expect, it } from 'vitest';
import type { Approval, ApprovalItem } from '../../../../../src/core/approval.ts';
import type { Inbound } from '../../../../../src/core/gateway.ts';
import { approvalItem, approvalOf, personOf, voteBy } from '../../../../support/approvals.ts';
import { createScript, STARTED_AT } from '../../../../support/run-events.ts';
import { type Seat, seated } from './terminal-runs.ts';

const here = { ...voteBy(personOf('terminal', 'local')), via: 'terminal' };
const TOOL = 'github__create_issue';

/** Somebody at a terminal in whose thread a call waits. */
async function waiting(items: readonly ApprovalItem[] = [approvalItem()], seat: Seat = {}) {
	const world = await seated({ approve: 'ask', env: { NO_COLOR: '1' }, rows: 200, columns: 100, ...seat });
	const script = createScript().begin().start('sage', 1, 'present');
	const projector = world.watch();
	let approval = approvalOf({ items: [...items], createdAt: STARTED_AT, expiresAt: STARTED_AT + 1_800_000 });
	const change = async (changed: Partial<Approval>) => {
		approval = { ...approval, ...changed };
		const { events } = script.lasting({ type: 'approval_changed', approval });
		await world.play(events.slice(-1), projector);
	};
	/** What becomes of the first call. */
	const become = (item: Partial<ApprovalItem>) =>
		change({ items: approval.items.map((one, index) => (index === 0 ? { ...one, ...item } : one)) });
	await world.play(script.events, projector);
	await change({});
	return { ...world, change, become, finish: () => world.play(script.finish().events.slice(-1), projector) };
}

const decisionsIn = (inbounds: readonly Inbound[]) =>
	inbounds.flatMap((inbound) => (inbound.type === 'decision' ? [inbound.decision] : []));

describe('a call that waits', () => {
	it('is shown with what it would do, why it waits, who may decide, and every argument', async () => {
		const { lines } = await waiting();
		for (const part of [
			'1 tool call waits for approval',
			'the owners of this channel',
			`${TOOL} · github`,
			'It acts outside of this program and cannot be taken back.',
			'Risk: high',
			'nothing allows it (rule default-ask)',
			'What the agent claims, unchecked: “I file what we found.”',
			'Fingerprint a1b2c3d4e5f6',
			'│   "repository": "massgen/chat",',
			'[y] Approve once  [e] Edit  [n] Deny  [d] Details  [s] Stop run:',
		])
			expect(lines()).toContain(part);
	});

	it.each(['y', 'YES', ' y '])('is approved once with %j, and says what became of it', async (typed) => {
		const { type, inbounds, gateway, become, lines } = await waiting();
		await type(typed);
		expect(inbounds).toMatchObject([{ type: 'decision', via: 'terminal', principal: gateway.principal }]);
		expect(decisionsIn(inbounds)).toEqual([
			{ approval: approvalOf().id, callId: 'call_1', revision: 1, verdict: { type: 'approve', forRun: false } },
		]);
		await become({ state: 'approved', votes: [here] });
		await become({ effect: 'done' });
		expect(lines().match(/✓ github__create_issue: Approved by local \(terminal\)\./g)).toHaveLength(1);
	});

	it.each([
		['with a reason', 'Wrong repository.', 'Wrong repository.'],
		['without one', '', null],
	])('is denied %s', async (_how, typed, reason) => {
		const { type, inbounds, become, lines } = await waiting();
		await type('n');
		expect(inbounds).toEqual([]);
		await type(typed);
		expect(decisionsIn(inbounds)).toMatchObject([{ verdict: { type: 'deny', reason } }]);
		await become({ state: 'denied', votes: [{ ...here, decision: 'deny' }], denial: reason });
		expect(lines()).toContain('✗ github__create_issue: Denied by local (terminal).');
	});

	it('is edited on one line of JSON, and asked about anew as the next revision', async () => {
		const { type, inbounds, become, lines } = await waiting();
		await type('e');
		expect(lines()).toContain(' { "repository": "massgen/chat", "title": "Flaky test" }');
		await type('{ "title": ');
		expect(lines()).toContain('That is not JSON:');
		await type('e');
		await type('{"repository":"massgen/chat","title":"Slow test"}');
		const text = '{"repository":"massgen/chat","title":"Slow test"}';
		expect(decisionsIn(inbounds)).toMatchObject([{ revision: 1, verdict: { type: 'edit', arguments: text } }]);
		const before = approvalItem().arguments;
		await become({ revision: 2, arguments: text, before, editedBy: personOf('terminal', 'local') });
		expect(lines()).toMatch(/local \(terminal\) has edited it[\s\S]*│ - .*Flaky test[\s\S]*│ \+ .*Slow test/);
		await type('y');
		expect(decisionsIn(inbounds).at(-1)).toMatchObject({ revision: 2, verdict: { type: 'approve' } });
	});

	it('is left as it is by an empty edit and by a word that means nothing', async () => {
		const { type, inbounds, lines } = await waiting();
		await type('e');
		await type('');
		await type('perhaps');
		expect(lines()).toContain('Please type one of: y, e, n, d, s.');
		await type('r');
		await type('toString');
		expect(inbounds).toEqual([]);
	});

	it('is allowed for the run only where the policy offers it', async () => {
		const grant = 'github__create_issue in massgen/chat';
		const { type, inbounds, lines } = await waiting([approvalItem({ grant })]);
		expect(lines()).toContain(grant);
		await type('r');
		expect(decisionsIn(inbounds)).toMatchObject([{ verdict: { type: 'approve', forRun: true } }]);
	});

	it('that is critical needs the name of its tool typed', async () => {
		const { type, inbounds, lines } = await waiting([approvalItem({ risk: 'critical' })]);
		await type('y');
		await type('github');
		expect(lines()).toContain('nothing was approved');
		expect(inbounds).toEqual([]);
		await type('y');
		await type(TOOL);
		expect(decisionsIn(inbounds)).toMatchObject([{ verdict: { type: 'approve' } }]);
	});

	it('may stop its run, in the session that the run belongs to', async () => {
		const { type, inbounds } = await waiting();
		await type('s');
		expect(inbounds).toMatchObject([{ type: 'command', name: 'stop', session: approvalOf().session }]);
	});

	it('is asked about again when the decision was refused', async () => {
		const { type, inbounds, lines, gateway } = await waiting([approvalItem()], {
			receive: async (inbound) => void (await gateway.reply(inbound, 'Who asked may not approve it.')),
		});
		await type('y');
		await type('n');
		await type('');
		expect(decisionsIn(inbounds).map(({ verdict }) => verdict.type)).toEqual(['approve', 'deny']);
		expect(lines().match(/\[y\] Approve once/g)?.length).toBeGreaterThanOrEqual(2);
	});

	it('that needs somebody else too is not asked about twice', async () => {
		const { type, inbounds, become, lines } = await waiting([approvalItem({ needed: 2 })]);
		await type('y');
		await become({ votes: [here] });
		await type('y');
		expect(decisionsIn(inbounds)).toHaveLength(1);
		expect(lines()).toContain('1 of 2 approvals: local (terminal)');
	});

	it('is taken back when it was decided elsewhere, and the next one is asked about', async () => {
		const second = approvalItem({ callId: 'call_2', tool: 'mail__send', source: 'mail' });
		const { become, type, inbounds, lines } = await waiting([approvalItem(), second]);
		await become({ state: 'approved', votes: [voteBy(personOf('web', 'local'))] });
		expect(lines()).toContain('It does not wait for you any more.');
		await type('y');
		expect(decisionsIn(inbounds)).toMatchObject([{ callId: 'call_2' }]);
	});

	it('that was cut off is asked about as such', async () => {
		const { type, inbounds, lines } = await waiting([approvalItem({ question: 'outcome', effect: 'unknown' })]);
		expect(lines()).toContain('[h] It happened  [a] Run again  [g] Abandon  [d] Details  [s] Stop run:');
		await type('y');
		expect(inbounds).toEqual([]);
		await type('g');
		expect(decisionsIn(inbounds)).toMatchObject([{ verdict: { type: 'outcome', outcome: 'abandon' } }]);
	});

	it('gives way to the result when the run ends', async () => {
		const { become, finish, lines, type, inbounds } = await waiting();
		await become({ state: 'cancelled' });
		await finish();
		expect(lines()).toMatch(/Cancelled: the run ended[\s\S]*Answer/);
		await type('y');
		expect(inbounds).toEqual([]);
	});
});

describe('arguments that mean no good', () => {
	const deceit = { path: 'a\u202Egpj.exe\u200B\u001b[2J', note: 'x"\n\n Risk: low' };

	it('are shown with every unseen character, and nothing in them is obeyed', async () => {
		const said = 'ok\n │ Risk: low\u202E';
		const { lines, type, output } = await waiting([approvalItem({ arguments: JSON.stringify(deceit), said })]);
		expect(lines()).toContain('"path": "a\\u202egpj.exe\\u200b\\u001b[2J"');
		expect(lines()).toContain('"note": "x\\"\\n\\n Risk: low"');
		expect(lines()).not.toMatch(/^ │ Risk: low/m);
		await type('d');
		for (const live of ['\u202e', '\u200b', '\u001b[2J']) expect(output.written()).not.toContain(live);
		expect(lines()).toContain(' │  │ Risk: low<U+202E>');
	});

	it('of 100 kB are cut with a word on it, and shown to the end in the details', async () => {
		const long = { command: `${'x'.repeat(100_000)}; rm -rf /` };
		const { lines, type } = await waiting([approvalItem({ arguments: JSON.stringify(long) })], { isTTY: false });
		expect(lines()).toContain('Shown are the first 4,000 of 100,');
		expect(lines()).not.toContain('rm -rf /');
		await type('d');
		expect(lines()).toContain('; rm -rf /"');
	});
});

describe('where nobody is asked', () => {
	it('a call that waits is denied at once, and one line says so', async () => {
		const { inbounds, become, lines } = await waiting([approvalItem()], { approve: 'deny', isTTY: false });
		const reason = 'Nobody can be asked here. Go on without it.';
		expect(decisionsIn(inbounds)).toMatchObject([{ callId: 'call_1', verdict: { type: 'deny', reason } }]);
		const before = lines().split('\n').length;
		await become({ state: 'denied', votes: [{ ...here, decision: 'deny' }], denial: reason });
		expect(lines().split('\n')).toHaveLength(before + 1);
		expect(lines()).toContain(`${TOOL}: Denied by local (terminal). The agent is told: “${reason}”`);
		expect(lines()).not.toContain('Approve once');
	});

	it('a call that was refused without a question is told of in a line too', async () => {
		const denied = approvalItem({ state: 'denied', denial: 'Nobody can be asked.' });
		const { inbounds, lines } = await waiting([denied], { approve: 'deny', isTTY: false });
		expect(inbounds).toEqual([]);
		expect(lines()).toContain(`${TOOL}: Denied. The agent is told: “Nobody can be asked.”`);
	});

	it('the end of a pipe that was to be asked denies, so that nothing hangs', async () => {
		const { input, clock, inbounds } = await waiting([approvalItem()], { isTTY: false });
		expect(inbounds).toEqual([]);
		input.end();
		await clock.advance(100);
		expect(decisionsIn(inbounds)).toMatchObject([{ verdict: { type: 'deny' } }]);
	});

	it('answers that were piped in are taken in turn', async () => {
		const second = approvalItem({ callId: 'call_2', tool: 'mail__send', source: 'mail' });
		const { input, clock, inbounds, become } = await waiting([approvalItem(), second], { isTTY: false });
		input.end('y\nn\nNot that.\n');
		await clock.advance(100);
		await become({ state: 'approved', votes: [here] });
		expect(decisionsIn(inbounds)).toMatchObject([
			{ callId: 'call_1', verdict: { type: 'approve' } },
			{ callId: 'call_2', verdict: { type: 'deny', reason: 'Not that.' } },
		]);
	});

	it('says in its capabilities whether somebody can be asked', async () => {
		expect((await seated({ approve: 'ask' })).gateway.capabilities.canAsk).toBe(true);
		expect((await seated({ approve: 'deny' })).gateway.capabilities.canAsk).toBe(false);
	});
});
