import { describe, expect, it } from 'vitest';
import { PLATFORMS } from './place.ts';
import { stageOn } from './stage.ts';

describe.each(PLATFORMS)('on %s', (platform) => {
	it('cases 1 and 23: what was approved runs once as it was shown, and the audit has all of it', async () => {
		const on = await stageOn(platform);
		await on.asker.ask('Please open the shop.');
		const card = await on.card();
		expect(card.text).toContain('post');
		expect(card.text).toContain('1200');
		await on.owner.press(card.button('1 · Approve once'));
		await on.card(({ buttons }) => !buttons.includes('1 · Approve once') && buttons.includes('2 · Approve once'));
		expect([await on.notices(), on.calls()]).toEqual([0, []]);
		await on.owner.press((await on.card()).button('2 · Approve once'));
		await on.answered('Both were decided.');
		const done = await on.card(({ text }) => text.split('It has run.').length === 3);
		expect(done.buttons).toEqual([]);
		expect(done.text).toContain('Approved by');
		expect([await on.notices(), on.calls()]).toEqual([1, [['charge', { cents: 1200 }]]]);
		expect(await on.audited()).toEqual(['request done', 'request done', 'approve done', 'approve done']);
		expect(await on.broken()).toEqual([]);
		expect(on.violations).toEqual([]);
	});
});
