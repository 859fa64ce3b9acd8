import { describe, expect, it } from 'vitest';
import { PLATFORMS } from './place.ts';
import { stageOn } from './stage.ts';

describe.each(PLATFORMS)('on %s', (platform) => {
	it('cases 17 and 43: the first press after a restart works, on a card of the process before', async () => {
		const on = await stageOn(platform);
		await on.asker.ask('Please charge her.');
		const card = await on.card();
		await on.restart();
		await on.owner.press(card.button('Approve once'));
		await on.answered('The charge was decided.');
		expect((await on.saying('It has run.')).buttons).toEqual([]);
		expect([on.calls(), on.cards().length]).toEqual([[['charge', { cents: 1200 }]], 1]);
		expect(await on.audited()).toEqual(['request done', 'approve done']);
		expect(on.violations).toEqual([]);
	});

	it('cases 17 and 45: an edit after a restart can be approved after the next one', async () => {
		const on = await stageOn(platform);
		await on.asker.ask('Please charge her.');
		const card = await on.card();
		await on.restart();
		await on.owner.fill(card.button('Edit'), '{"cents": 3}');
		const edited = await on.saying('has edited it');
		await on.restart();
		await on.owner.press(edited.button('Approve once'));
		await on.answered('The charge was decided.');
		expect(on.calls()).toEqual([['charge', { cents: 3 }]]);
	});

	it('cases 12 and 44: what nobody decided while the program was away is denied, and a late press is told so', async () => {
		const on = await stageOn(platform);
		await on.asker.ask('Please charge her.');
		const card = await on.card();
		await on.absent(31);
		const expired = await on.saying('Expired: nobody decided in time');
		expect(expired.buttons).toEqual([]);
		await on.answered('The charge was decided.');
		await on.owner.press(card.button('Approve once'));
		await on.told(on.owner, 'The time for this is over');
		expect(on.calls()).toEqual([]);
		expect(on.results()).toEqual([expect.stringContaining('nobody approved it in time')]);
		expect(await on.audited()).toEqual(['request done', 'expire done', 'approve refused late']);
		expect(on.violations).toEqual([]);
	});

	it('case 12: a press after its time is refused, also where nobody has noticed that it is over', async () => {
		const on = await stageOn(platform);
		await on.asker.ask('Please charge her.');
		const card = await on.card();
		on.clock.leap(30 * 60_000);
		await on.owner.press(card.button('Approve once'));
		await on.told(on.owner, 'The time for this is over');
		expect(on.calls()).toEqual([]);
	});

	it('case 13: it is reminded of and goes to the next group, each in its time and across restarts', async () => {
		const on = await stageOn(platform, { file: 'approvals-rules' });
		const ben = await on.approver('ben');
		await on.asker.ask('Please charge her.');
		const first = await on.card();
		expect(first.text).toContain('May decide: approver');
		await on.owner.press(first.button('Approve once'));
		await on.told(on.owner, 'The rule for this names others');
		await on.absent(8);
		await on.answered('Reminder: this still waits for a decision');
		await on.owner.press((await on.saying('1 reminder was sent.')).button('Approve once'));
		await on.told(on.owner, 'The rule for this names others', 2);
		await on.absent(8);
		await on.answered('Nobody has decided yet, so it goes to: approver, owner.');
		const second = await on.saying('2 reminders were sent.');
		expect(second.text).toContain('May decide: approver, owner');
		await on.owner.press(second.button('Approve once'));
		await on.answered('The charge was decided.');
		await on.until('the reminders to go', () => !/Reminder:|Nobody has decided yet/.test(on.thread()));
		expect([on.calls().length, on.cards().length, ben.heard()]).toEqual([1, 1, []]);
		expect((await on.audited()).filter((row) => /remind|escalate|expire/.test(row))).toEqual([
			'remind done',
			'escalate done',
		]);
		expect(on.violations).toEqual([]);
	});

	it('case 13: both at once are caught up on after a long absence', async () => {
		const on = await stageOn(platform);
		await on.asker.ask('Please charge her.');
		await on.card();
		await on.absent(20);
		await on.saying('2 reminders were sent.');
		await on.owner.press((await on.card()).button('Approve once'));
		await on.answered('The charge was decided.');
		expect(on.calls()).toHaveLength(1);
	});

	it('case 18: a card that was deleted is there again when it is reminded of, and can be decided on', async () => {
		const on = await stageOn(platform);
		await on.asker.ask('Please charge her.');
		const card = await on.card();
		await on.deleteCard();
		expect(on.cards()).toEqual([]);
		on.minutes(8);
		const again = await on.saying('1 reminder was sent.');
		expect(again.buttons).toEqual(card.buttons);
		await on.owner.press(again.button('Approve once'));
		await on.answered('The charge was decided.');
		expect(on.calls()).toHaveLength(1);
	});

	it('case 18: a card whose channel is gone moves to the channel for that, and can be decided on there', async () => {
		const on = await stageOn(platform);
		await on.asker.ask('Please charge her.');
		await on.card();
		on.loseChannel();
		on.minutes(8);
		const moved = await on.saying('1 reminder was sent.');
		await on.owner.press(moved.button('Approve once'));
		await on.saying('It has run.');
		expect(on.calls()).toHaveLength(1);
	});
});
