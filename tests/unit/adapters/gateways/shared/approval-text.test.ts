import { describe, expect, it } from 'vitest';
import {
	type ApprovalStyle,
	actsOf,
	canApproveAll,
	cardTexts,
	excerptOf,
	itemTexts,
	reminderTexts,
} from '../../../../../src/adapters/gateways/shared/approval-text.ts';
import type { ApprovalItem } from '../../../../../src/core/approval.ts';
import { approvalItem, approvalOf, personOf, voteBy } from '../../../../support/approvals.ts';
import { strictEnglish } from '../../../../support/say.ts';

const say = await strictEnglish();
const style: ApprovalStyle = {
	plain: (text, max) => (text.length <= max ? text : `${text.slice(0, max)}…`).replace(/\s+/g, ' '),
	person: ({ user }) => `@${user}`,
	time: (at) => new Date(at).toISOString(),
};
const [ada, bob] = [personOf('slack', 'ada'), personOf('slack', 'bob')];
const textsOf = (change: Partial<ApprovalItem>, room = 1) => {
	const texts = itemTexts(approvalOf({ items: [approvalItem(change)] }), 0, say, style, room);
	if (texts === null) throw new Error('no item');
	return texts;
};

describe('the texts of an approval', () => {
	it('say who wants what, who may decide and until when', () => {
		expect(cardTexts(approvalOf(), say, style)).toEqual({
			heading: '1 tool call waits for approval',
			about: [
				'writer (agent2) wants this, for: File the bug',
				'May decide: the owners of this channel',
				'Open until 2023-11-14T22:43:20.000Z; then it is denied.',
			],
		});
		expect(textsOf({})).toEqual({
			title: 'github__create_issue · github',
			state: 'Waits for a decision',
			facts: [
				'It acts outside of this program and cannot be taken back.',
				'Risk: high',
				'Held because: nothing allows it (rule default-ask)',
				'What the agent claims, unchecked: “I file what we found.”',
				'Fingerprint a1b2c3d4e5f6',
			],
			arguments: '{\n  "repository": "massgen/chat",\n  "title": "Flaky test"\n}',
			change: null,
		});
	});

	it('say that nobody may decide, and how many further calls were held back', () => {
		const { about } = cardTexts(approvalOf({ deciders: '', heldBack: 3 }), say, style);
		expect(about).toContain('Nobody here may decide it.');
		expect(about.at(-1)).toBe('3 further calls were refused unasked: too many requests wait here.');
	});

	it('remind of it while it waits, once more each time it goes to further people, and not at all once it is decided', () => {
		const reminded = approvalOf({ remindedAt: 1, tier: 1 });
		expect(reminderTexts(reminded, say, style)).toEqual([
			'Reminder: this still waits for a decision, until 2023-11-14T22:43:20.000Z. May decide: the owners of this channel',
			'Nobody has decided yet, so it goes to: the owners of this channel. Open until 2023-11-14T22:43:20.000Z.',
		]);
		expect(cardTexts(reminded, say, style).about.at(-1)).toBe('2 reminders were sent.');
		expect(reminderTexts({ ...reminded, items: [approvalItem({ state: 'approved' })] }, say, style)).toEqual([]);
		expect(reminderTexts(approvalOf(), say, style)).toEqual([]);
	});

	it('number the calls of a turn, and count those that wait', () => {
		const items = [approvalItem({ state: 'denied' }), approvalItem(), approvalItem()];
		const approval = approvalOf({ items });
		expect(cardTexts(approval, say, style).heading).toBe('2 tool calls wait for approval');
		expect(items.map((_, index) => itemTexts(approval, index, say, style)?.title)).toEqual([
			'1. github__create_issue · github',
			'2. github__create_issue · github',
			'3. github__create_issue · github',
		]);
		expect(itemTexts(approval, 3, say, style)).toBeNull();
	});

	it('ask nothing any more once all is decided', () => {
		const approval = approvalOf({ items: [approvalItem({ state: 'approved', votes: [voteBy(ada)] })] });
		expect(cardTexts(approval, say, style)).toEqual({
			heading: 'Nothing waits for approval here any more',
			about: ['writer (agent2) wants this, for: File the bug'],
		});
	});

	it.each<[string, Partial<ApprovalItem>]>([
		['Approved by @ada. It has run.', { state: 'approved', votes: [voteBy(ada)], effect: 'done' }],
		['Approved by @ada, @bob.', { state: 'approved', votes: [voteBy(ada), voteBy(bob)] }],
		['Approved by @ada. It has run and failed.', { state: 'approved', votes: [voteBy(ada)], effect: 'failed' }],
		[
			'Approved by @ada. It was begun, and nobody knows how it ended.',
			{ state: 'approved', votes: [voteBy(ada)], effect: 'unknown' },
		],
		[
			'Denied by @bob. The agent is told: “wrong repository”',
			{ state: 'denied', votes: [voteBy(ada), voteBy(bob, 'deny')], denial: 'wrong repository' },
		],
		['Denied.', { state: 'denied' }],
		['Expired: nobody decided in time, so it does not run.', { state: 'expired' }],
		['Superseded: what would run has changed. A new request asks about that.', { state: 'superseded' }],
		['Cancelled: the run ended before a decision.', { state: 'cancelled' }],
		[
			'@ada: it has happened. It is not run again.',
			{ state: 'approved', question: 'outcome', outcome: 'happened', votes: [voteBy(ada)] },
		],
	])('say what came of a call: %s', (state, change) => {
		expect(textsOf(change).state).toBe(state);
	});

	it('say how many have approved where more than one must', () => {
		expect(textsOf({ needed: 2 }).facts).toContain('2 different people must approve.');
		expect(textsOf({ needed: 2, votes: [voteBy(ada)] }).facts).toContain('1 of 2 approvals: @ada');
	});

	it('ask what became of a call that was cut off, and do not call it held', () => {
		const items = [approvalItem({ question: 'outcome' })];
		expect(cardTexts(approvalOf({ items }), say, style).heading).toBe('1 tool call was cut off: did it happen?');
		const { facts } = textsOf({ question: 'outcome' });
		expect(facts.filter((fact) => fact.startsWith('Held'))).toEqual([]);
		expect(facts.join()).toContain('nobody knows whether it happened');
	});

	it('show what an edit has changed, and nothing else', () => {
		const now = '{"a":1,"b":"new","c":3}';
		const edited = textsOf({ arguments: now, before: '{"a":1,"b":"old","c":3}', editedBy: ada, revision: 2 });
		expect(edited.change).toEqual({
			about: '@ada has edited it. The difference:',
			text: '-   "b": "old",\n+   "b": "new",',
		});
		expect(textsOf({ arguments: now, before: '{"a":1}' }).change?.about).toMatch(/^It is not what was asked before/);
	});

	it('write out what the agent hides in what it says, and what a person hides in a reason', () => {
		expect(textsOf({ said: 'a\u202eb\u200b' }).facts.join()).toContain('“a<U+202E>b<U+200B>”');
		expect(textsOf({ state: 'denied', denial: 'no\u200b' }).state).toContain('“no<U+200B>”');
	});

	it('spell out what "for this run" covers, where it is offered', () => {
		const grant = 'create_issue in massgen/chat';
		expect(textsOf({ grant }).facts).toContain(`“For this run” would cover: ${grant}`);
		expect(actsOf(approvalItem({ grant }))).toEqual(['approve', 'for_run', 'edit', 'deny', 'details']);
		expect(actsOf(approvalItem())).toEqual(['approve', 'edit', 'deny', 'details']);
		expect(actsOf(approvalItem({ question: 'outcome' }))).toEqual(['happened', 'again', 'abandon', 'details']);
		expect(actsOf(approvalItem({ state: 'expired', grant }))).toEqual([]);
	});

	it('offer to approve all only up to medium risk, and only where there are several', () => {
		const of = (...risks: ApprovalItem['risk'][]) => approvalOf({ items: risks.map((risk) => approvalItem({ risk })) });
		expect([of('low', 'medium'), of('low'), of('low', 'high'), of('medium', 'critical')].map(canApproveAll)).toEqual([
			true,
			false,
			false,
			false,
		]);
		const outcome = [approvalItem({ risk: 'low' }), approvalItem({ risk: 'low', question: 'outcome' })];
		expect(canApproveAll(approvalOf({ items: outcome }))).toBe(false);
	});
});

describe('an excerpt', () => {
	it('says what it leaves out, and where that is', () => {
		expect(excerptOf('abc', 3, 'a.json', say)).toEqual({ shown: 'abc', note: null });
		expect(excerptOf('ab\u{1f600}c', 3, 'a.json', say)).toEqual({
			shown: 'ab',
			note: 'Shown are the first 2 of 5 characters. Read all of it in a.json.',
		});
	});
});
