import { describe, expect, it } from 'vitest';
import type { Approval } from '../../../src/core/approval.ts';
import { approvalWorld, approve, gatedRun, itemIn, person, policyOf, session } from './approval-world.ts';

const ben = person('ben');
const MINUTE = 60_000;

describe('time', () => {
	it('case 12: denies at expiry by the clock, whether somebody has swept or not', async () => {
		const world = await approvalWorld();
		const approval = await world.asked();
		await world.clock.advance(30 * MINUTE + 1_000);
		const answer = await world.press(approval, approve, ben);
		expect(answer).toEqual({ refusal: 'The time for this is over, so it was denied. The agent can ask again.' });
		expect(await world.state(approval)).toEqual(['expired']);
		expect(await world.desk.open(session())).toEqual([]);
		expect(await world.check()).toMatchObject({ type: 'refuse', isError: true });
		expect(await world.rows()).toEqual([
			'approval.request done',
			'approval.expire done',
			'approval.approve refused late',
		]);
	});

	it('case 12: one moment before it, it is decided', async () => {
		const world = await approvalWorld();
		const approval = await world.asked();
		await world.clock.advance(approval.expiresAt - world.clock.now() - 1);
		expect(await world.press(approval, approve, ben)).toHaveProperty('approval');
	});

	it('case 12: a call whose time is over is refused also when nobody has noticed', async () => {
		const world = await approvalWorld();
		await world.asked();
		await world.clock.advance(31 * MINUTE);
		expect(await world.check()).toMatchObject({ type: 'refuse' });
	});

	it('case 13: reminds at a quarter, goes to the next group at half, and expires, across restarts', async () => {
		const policy = await policyOf(
			'rules:\n  - {rule: x, match: {}, verdict: ask, approvers: [[operator], [approver]]}\n',
		);
		let world = await approvalWorld({ policy });
		const approval = await world.asked();
		const told: string[] = [];
		const restart = async () => {
			const { store, clock, dataDir } = world;
			world = await approvalWorld({ store, clock, dataDir, policy });
			world.approvals.watch('r1', (one: Approval) =>
				told.push(`${one.remindedAt !== null} ${one.tier} ${one.deciders} ${one.items[0]?.state}`),
			);
		};
		const at = async (minutes: number) => {
			await world.clock.advance(approval.createdAt + minutes * MINUTE - world.clock.now());
			await world.engine.sweep();
			await world.engine.sweep();
			return told.splice(0).at(-1);
		};
		await restart();
		expect(await at(7)).toBe('false 0 operator pending');
		expect(await at(7.5)).toBe('true 0 operator pending');
		await restart();
		expect(await at(14)).toBe('true 0 operator pending');
		expect((await world.press(approval, approve, ben)) as object).toHaveProperty('refusal');
		expect(await at(15)).toBe('true 1 operator, approver pending');
		await restart();
		expect(await at(29)).toBe('true 1 operator, approver pending');
		expect(await at(30)).toBe('true 1 operator, approver expired');
		expect((await world.rows()).filter((row) => row.endsWith('done'))).toEqual([
			'approval.request done',
			'approval.remind done',
			'approval.escalate done',
			'approval.expire done',
		]);
		expect(await at(60)).toBeUndefined();
	});

	it('case 13: a decision of the second group counts once it has been asked', async () => {
		const policy = await policyOf(
			'rules:\n  - {rule: x, match: {}, verdict: ask, approvers: [[operator], [approver]]}\n',
		);
		const world = await approvalWorld({ policy });
		const approval = await world.asked();
		await world.clock.advance(20 * MINUTE);
		await world.engine.sweep();
		expect(await world.press(approval, approve, ben)).toHaveProperty('approval');
	});

	it('case 13: what a dead process missed is done at once, each thing one time, by however many sweep', async () => {
		const world = await approvalWorld();
		const approval = await world.asked();
		await world.clock.advance(20 * MINUTE);
		const other = await approvalWorld({ store: world.store, clock: world.clock, dataDir: world.dataDir });
		await Promise.all([world.engine.sweep(), other.engine.sweep(), world.engine.sweep(), other.engine.sweep()]);
		expect(await world.desk.find(approval.id)).toMatchObject({ tier: 1, remindedAt: world.clock.now() });
		expect((await world.rows()).filter((row) => !row.includes('request'))).toEqual(['approval.escalate done']);
	});

	it('goes on for all others when one request cannot be read, which is told once', async () => {
		const world = await approvalWorld();
		const [one, two] = [await world.asked(), await world.asked({ callId: 'r2/c' }, gatedRun({ run: 'r2' }))];
		const [first, second] = [one, two].toSorted((a, b) => (a.id < b.id ? -1 : 1));
		await world.store.commit([{ type: 'put', kind: 'approvals', key: first?.id ?? '', value: {} }]);
		await world.clock.advance(31 * MINUTE);
		await world.engine.sweep();
		await world.engine.sweep();
		expect((await world.desk.find(second?.id ?? ''))?.items.map(({ state }) => state)).toEqual(['expired']);
		expect(world.problems.map(String)).toEqual([expect.stringContaining(`the approval ${first?.id} is unreadable`)]);
	});

	it('is at critical risk shorter', async () => {
		const world = await approvalWorld({ policy: await policyOf('irreversible: critical\n') });
		const { createdAt, expiresAt } = await world.asked();
		expect(expiresAt - createdAt).toBe(10 * MINUTE);
	});
});

describe('a run that is over', () => {
	it('case 22: takes its requests with it, and a late press says so', async () => {
		const world = await approvalWorld();
		const [one, two] = [await world.asked(), await world.asked({ callId: 'c2', input: { to: 'b' } })];
		const other = await world.asked({ callId: 'r2/c' }, gatedRun({ run: 'r2' }));
		await world.approvals.cancel('r1', two.id);
		expect([await world.state(one), await world.state(two)]).toEqual([['pending'], ['cancelled']]);
		await world.approvals.cancel('r1', null);
		await world.approvals.cancel('r1', null);
		expect(await world.state(one)).toEqual(['cancelled']);
		expect(await world.state(other)).toEqual(['pending']);
		expect(await world.press(one, approve, ben)).toEqual({
			refusal: 'This is no longer needed: its run has ended or was stopped.',
		});
		expect(await world.check()).toMatchObject({ type: 'refuse' });
		expect((await world.rows()).filter((row) => row === 'approval.cancel done')).toHaveLength(2);
	});

	it('keeps what was decided before', async () => {
		const world = await approvalWorld();
		const approval = await world.asked();
		await world.press(approval, approve, ben);
		await world.approvals.cancel('r1', null);
		expect(await world.state(approval)).toEqual(['approved']);
	});
});

describe('those who watch a run', () => {
	it('hear each change once, also that of another process, until they stop', async () => {
		const world = await approvalWorld({ policy: await policyOf('people: {medium: 2}\n') });
		const other = await approvalWorld({ ...world });
		const heard: number[] = [];
		const stop = world.approvals.watch('r1', ({ items }) => heard.push(items[0]?.votes.length ?? -1));
		const approval = await world.request([itemIn(await world.check())]);
		await world.press(approval, approve, ben);
		await other.press(approval, approve, person('cleo'));
		expect(heard).toEqual([1]);
		await world.engine.sweep();
		await world.engine.sweep();
		expect(heard).toEqual([1, 2]);
		stop();
		await world.engine.sweep();
		expect(heard).toEqual([1, 2]);
		expect((await world.approvals.of('r1')).map(({ id }) => id)).toEqual([approval.id]);
	});
});
