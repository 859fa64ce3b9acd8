import { describe, expect, it } from 'vitest';
import { PLATFORMS, type Platform, type Standing } from './place.ts';
import { type Stage, stageOn } from './stage.ts';

/** With the role of approvers given to the group that the platform manages. */
async function grouped(platform: Platform): Promise<Stage> {
	const on = await stageOn(platform);
	await on.owner.grant('approver', 'group');
	return on;
}

/** Nothing has come of what was pressed on this card. */
async function expectPending(on: Stage, buttons: readonly string[]): Promise<void> {
	expect(on.cards().at(-1)?.buttons).toEqual(buttons);
	expect([on.calls(), on.results()]).toEqual([[], []]);
	expect(await on.broken()).toEqual([]);
}

const OUTSIDER = 'Guests, people from elsewhere and bots do not decide here.';
const STANDINGS: readonly (readonly [Platform, Standing])[] = [
	['discord', 'guest'],
	['discord', 'bot'],
	['slack', 'guest'],
	['slack', 'stranger'],
	['slack', 'bot'],
];

describe.each(PLATFORMS)('on %s', (platform) => {
	it('case 6: who asked cannot approve what is of high risk; it waits for somebody else', async () => {
		const on = await stageOn(platform);
		const ben = await on.approver('ben');
		await on.owner.ask('Please delete it.');
		const card = await on.card();
		expect(card.text).toContain('Risk: high');
		await on.owner.press(card.button('Approve once'));
		await on.told(on.owner, 'at this risk somebody else must approve');
		await expectPending(on, card.buttons);
		await ben.press(card.button('Approve once'));
		await on.answered('The deletion was decided.');
		expect(on.calls()).toEqual([['delete_order', { order: 7 }]]);
		expect(await on.audited()).toEqual(['request done', 'approve refused requester', 'approve done']);
		expect(on.violations).toEqual([]);
	});

	it('cases 4 and 41: a member without the permission decides nothing in any way, and is told so alone', async () => {
		const on = await stageOn(platform);
		await on.owner.ask('Please charge her.');
		const card = await on.card();
		const said = on.thread();
		await on.asker.press(card.button('Approve once'));
		await on.told(on.asker, 'You may not decide on this');
		await on.asker.fill(card.button('Edit'), '{"cents": 1}');
		await on.told(on.asker, 'You may not decide on this', 2);
		await on.asker.fill(card.button('Deny'), 'no');
		await on.told(on.asker, 'You may not decide on this', 3);
		await expectPending(on, card.buttons);
		expect(on.thread()).toBe(said);
		expect(await on.audited()).toEqual([
			'request done',
			...['approve refused lacking', 'edit refused lacking', 'deny refused lacking'],
		]);
		expect(on.violations).toEqual([]);
	});

	it('case 38: a role that is taken away on the platform is gone at the next press', async () => {
		const on = await grouped(platform);
		const ben = on.join('ben');
		on.group.add(ben);
		await on.owner.ask('Please delete it.');
		await ben.press((await on.card()).button('Approve once'));
		await on.answered('The deletion was decided.');
		await on.finished();
		on.group.remove(ben);
		await on.owner.ask('Please delete it.');
		const second = await on.card();
		await ben.press(second.button('Approve once'));
		await on.told(ben, 'You may not decide on this');
		expect(on.calls()).toHaveLength(1);
		expect(on.cards().at(-1)?.buttons).toEqual(second.buttons);
		expect(on.violations).toEqual([]);
	});

	it('case 40: a group called Admin or owner decides nothing by its name', async () => {
		const on = await stageOn(platform);
		const ben = on.join('ben');
		on.group.add(ben);
		await on.owner.ask('Please charge her.');
		const card = await on.card();
		for (const [count, name] of ['Admin', 'approver', 'owner'].entries()) {
			on.group.rename(name);
			await ben.press(card.button('Approve once'));
			await on.told(ben, 'You may not decide on this', count + 1);
		}
		await expectPending(on, card.buttons);
	});

	it('case 7: what is critical takes two different people, and the same one twice is one', async () => {
		const on = await stageOn(platform);
		const ben = await on.approver('ben');
		const cleo = await on.approver('cleo');
		await on.asker.ask('Please pay her.');
		const first = await on.card();
		expect(first.text).toContain('2 different people must approve.');
		await ben.press(first.button('Approve once'));
		const second = await on.saying('1 of 2 approvals');
		await ben.press(second.button('Approve once'));
		await on.told(ben, 'it takes another person as well');
		await expectPending(on, first.buttons);
		await cleo.press(second.button('Approve once'));
		await on.answered('The transfer was decided.');
		expect(on.calls()).toEqual([['transfer', { cents: 5000 }]]);
		expect(await on.audited()).toEqual(['request done', 'approve done', 'approve refused voted', 'approve done']);
		expect(on.violations).toEqual([]);
	});

	it('case 8: one denial among approvals denies', async () => {
		const on = await stageOn(platform);
		const ben = await on.approver('ben');
		await on.asker.ask('Please pay her.');
		await ben.press((await on.card()).button('Approve once'));
		await on.owner.fill((await on.saying('1 of 2 approvals')).button('Deny'), 'too much');
		await on.answered('The transfer was decided.');
		expect(on.calls()).toEqual([]);
		expect(on.results().join()).toContain('too much');
	});

	it('cases 14 and 42: a hundred people press at once: one decision, one effect, and a sentence for everybody else', async () => {
		const on = await grouped(platform);
		const people = Array.from({ length: 100 }, (_, index) => on.join(`one${index}`));
		for (const one of people) on.group.add(one);
		await on.asker.ask('Please charge her.');
		const approve = (await on.card()).button('Approve once');
		await Promise.all(people.map((one) => one.press(approve)));
		const isTold = (words: string) => people.filter((one) => one.heard().some((text) => text.includes(words)));
		await on.until('99 answers', () => isTold('Somebody was faster').length === 99);
		await on.answered('The charge was decided.');
		expect((await on.saying('It has run.')).buttons).toEqual([]);
		expect(on.calls()).toHaveLength(1);
		const audited = await on.audited();
		const count = (row: string) => audited.filter((one) => one === row).length;
		expect([count('approve done'), count('approve refused decided')]).toEqual([1, 99]);
		expect(await on.broken()).toEqual([]);
		expect(on.violations).toEqual([]);
	});

	it('case 15: a press that the platform delivers again counts once', async () => {
		const on = await stageOn(platform);
		const ben = await on.approver('ben');
		await on.asker.ask('Please pay her.');
		await ben.press((await on.card()).button('Approve once'), 3);
		await on.saying('1 of 2 approvals');
		await on.owner.press((await on.card()).button('Approve once'), 3);
		await on.answered('The transfer was decided.');
		await on.finished();
		expect(on.calls()).toHaveLength(1);
		expect(await on.audited()).toEqual(['request done', 'approve done', 'approve done']);
		expect(
			[ben, on.owner].flatMap((one) => one.heard().filter((text) => text.includes('approved this already'))),
		).toEqual([]);
	});

	it('threat 6: the id of a button is of no use in another channel or server, and a guessed one nowhere', async () => {
		const on = await stageOn(platform);
		await on.asker.ask('Please charge her.');
		const card = await on.card();
		const real = card.button('Approve once');
		const guessed = ['mg_AAAAAAAAAAAAAAAAAAAAAA', '__proto__', 'constructor'];
		const presses = [
			...(await on.elsewhere(real)),
			...guessed.map((id) => ({ by: on.owner, button: { ...real, id } })),
		];
		await Promise.all(presses.map(({ by, button }) => by.press(button)));
		await on.told(on.owner, 'of no use any more', guessed.length);
		expect(on.cards().at(-1)?.buttons).toEqual(card.buttons);
		expect([on.calls(), await on.audited()]).toEqual([[], ['request done']]);
		await on.owner.press(real);
		await on.answered('The charge was decided.');
	});
});

describe('case 42: whoever does not belong there decides nothing, whatever role their group has', () => {
	it.each(STANDINGS)('on %s a %s', async (platform, standing) => {
		const on = await grouped(platform);
		const gus = on.join('gus');
		on.group.add(gus);
		on.become(gus, standing);
		await on.owner.ask('Please charge her.');
		const card = await on.card();
		await gus.press(card.button('Approve once'));
		await on.told(gus, OUTSIDER);
		await expectPending(on, card.buttons);
		expect(await on.audited()).toEqual(['request done', 'approve refused outsider']);
		expect(on.violations).toEqual([]);
	});
});
