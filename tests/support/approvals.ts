import type { Approval, ApprovalItem, ApprovalVote, Person } from '../../src/core/approval.ts';

/** A person of a platform in its first tenant. */
export const personOf = (platform: string, user: string, tenant = 'T1'): Person => ({ platform, tenant, user });

/** A vote in the thread. */
export const voteBy = (by: Person, decision: ApprovalVote['decision'] = 'approve'): ApprovalVote => ({
	by,
	decision,
	at: 1_700_000_060_000,
	via: 'thread',
	forRun: false,
});

/** A call that waits for one person. `callId`: also what makes it another one. */
export function approvalItem(change: Partial<ApprovalItem> = {}): ApprovalItem {
	return {
		callId: 'call_1',
		question: 'run',
		tool: 'github__create_issue',
		source: 'github',
		effects: 'irreversible',
		fingerprint: 'f1',
		definition: 'd1',
		arguments: '{"repository":"massgen/chat","title":"Flaky test"}',
		proposed: '{"repository":"massgen/chat","title":"Flaky test"}',
		tainted: false,
		digest: 'a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90',
		risk: 'high',
		reasons: [{ rule: 'default-ask', text: 'nothing allows it' }],
		said: 'I file what we found.',
		needed: 1,
		approvers: null,
		waitMs: 1_800_000,
		votes: [],
		state: 'pending',
		denial: null,
		revision: 1,
		editedBy: null,
		before: null,
		grant: null,
		width: null,
		outcome: null,
		effect: 'none',
		...change,
	};
}

/** A request of the winner of a run, with one call unless `items` says otherwise. */
export function approvalOf(change: Partial<Approval> = {}): Approval {
	return {
		v: 1,
		id: 'k3J9x0Qm1ZrT7bYwL5vNaA',
		run: 'r-1',
		session: 'web:local:main:t1',
		agent: 'writer',
		name: 'agent2',
		attempt: 1,
		locale: null,
		title: 'File the bug',
		requester: null,
		deciders: 'the owners of this channel',
		items: [approvalItem()],
		createdAt: 1_700_000_000_000,
		expiresAt: 1_700_001_800_000,
		remindedAt: null,
		tier: 0,
		policy: 'p1',
		heldBack: 0,
		...change,
	};
}
