import { describe, expect, it } from 'vitest';
import { refusals } from '../../../src/approvals/model-texts.ts';
import { approvalWorld, itemIn } from './approval-world.ts';

describe('what a model is told of a call that does not run', () => {
	it('says what happened and what to do next', async () => {
		const asked = itemIn(await (await approvalWorld()).check());
		const by = { platform: 'slack', tenant: 'T1', user: 'ben' };
		const item = {
			...asked,
			digest: 'd1',
			votes: [{ by, decision: 'deny' as const, at: 1, via: 'thread', forRun: false }],
		};
		const reasons = [
			{ rule: 'no-prod', text: 'Not from here.\u202e' },
			{ rule: 'quiet', text: '' },
		];
		expect({
			denied: refusals.denied({ ...item, denial: 'Not to Eve.' }),
			deniedWithoutReason: refusals.denied(item),
			deniedByNobody: refusals.denied(asked),
			deniedBefore: refusals.deniedBefore({ ...item, denial: 'Not to Eve.' }),
			expired: refusals.expired('mail__send'),
			cancelled: refusals.cancelled('mail__send'),
			forbidden: refusals.forbidden('mail__send', reasons),
			lacking: refusals.lacking('mail__send'),
			nobody: refusals.nobody('mail__send'),
			tooMany: refusals.tooMany('mail__send', 10),
			invalid: refusals.invalid('mail__send', ["the arguments must have required property 'to'"]),
			unreadable: refusals.unreadable('mail__send'),
			happened: refusals.happened('mail__send'),
			abandoned: refusals.abandoned('mail__send'),
			unknown: refusals.unknown('mail__send'),
			unanswered: refusals.unanswered('mail__send'),
			forgettable: refusals.forgettable('mail__send'),
			trouble: refusals.trouble('mail__send'),
		}).toMatchSnapshot();
	});
});
