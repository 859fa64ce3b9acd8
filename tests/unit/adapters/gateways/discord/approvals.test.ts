import { describe, expect, it } from 'vitest';
import type { Message } from '../../../../platforms/discord/world.ts';
import { approvalItem, approvalOf, personOf, voteBy } from '../../../../support/approvals.ts';
import { approvalStage } from './approval-stage.ts';

const firstOf = <T>([first]: readonly T[]): T => {
	if (first === undefined) throw new Error('there is none');
	return first;
};
/** The custom id of the button with this label. */
const idOf = ({ components }: Message, label: string): string => {
	const [, id = ''] =
		new RegExp(`"custom_id":"(mg_[\\w-]+)"[^}]*"label":"${label}"`).exec(JSON.stringify(components)) ?? [];
	return id;
};
const grant = 'create_issue in massgen/chat';

describe('the buttons of a card on Discord', () => {
	const approval = approvalOf({ items: [approvalItem({ grant, revision: 3 })] });
	const common = { approval: approval.id, callId: 'call_1', revision: 3 };

	it('case 46: hold an opaque id, and neither arguments nor the name of the call', async () => {
		const on = await approvalStage();
		const card = firstOf(await on.showCard(approval));
		const ids = [...JSON.stringify(card.components).matchAll(/"custom_id":"([^"]+)"/g)].map(([, id = '']) => id);
		expect(ids).toHaveLength(6);
		for (const id of ids) expect(id).toMatch(/^mg_[\w-]{22}$/);
		expect(new Set(ids).size).toBe(6);
		expect(on.discord.violations).toEqual([]);
	});

	it('approve one call', async () => {
		const on = await approvalStage();
		const answer = await on.ben.press(firstOf(await on.showCard(approval)), 'Approve once');
		expect([answer.saw, answer.ephemeral]).toEqual(['thinking', true]);
		expect(await on.heard(1)).toEqual([
			{
				type: 'decision',
				id: answer.id,
				principal: expect.objectContaining({
					platform: 'discord',
					tenant: on.discord.guildId('Alpha'),
					user: on.ben.user.id,
					kind: 'member',
				}),
				session: on.place.session,
				locale: on.ben.user.locale,
				decision: { ...common, verdict: { type: 'approve', forRun: false } },
				via: 'thread',
			},
		]);
		await on.discord.until('the answer', () => answer.message()?.content === 'Done.');
		expect(on.discord.violations).toEqual([]);
	});

	it('case 45: deny with a reason in a form, or without one', async () => {
		const on = await approvalStage();
		const card = firstOf(await on.showCard(approval));
		const form = await on.ben.press(card, 'Deny');
		expect(form.saw).toBe('modal');
		const sent = await on.ben.submit(form, { 'Why? The agent reads it.': ' not this repository ' });
		expect([sent.saw, sent.ephemeral]).toEqual(['thinking', true]);
		await on.ben.submit(await on.ben.press(card, 'Deny'), {});
		expect(await on.decisions(2)).toEqual([
			{ ...common, verdict: { type: 'deny', reason: 'not this repository' } },
			{ ...common, verdict: { type: 'deny', reason: null } },
		]);
		expect(on.discord.violations).toEqual([]);
	});

	it('edit the arguments in a form that holds them as they are shown', async () => {
		const on = await approvalStage();
		const items = [approvalItem({ arguments: '{"a":"x\u202ey"}' })];
		const form = await on.ben.press(firstOf(await on.showCard({ ...approval, items })), 'Edit');
		expect(JSON.stringify(form.modal)).toContain(JSON.stringify('{\n  "a": "x\\u202ey"\n}'));
		await on.ben.submit(form, {});
		const edited = '{"a":"z"}';
		await on.ben.submit(form, { 'Arguments, as JSON': edited });
		expect((await on.decisions(2)).map((one) => one?.verdict)).toEqual([
			{ type: 'edit', arguments: '{\n  "a": "x\\u202ey"\n}' },
			{ type: 'edit', arguments: edited },
		]);
		expect(on.discord.violations).toEqual([]);
	});

	it('say how to edit what is too long for a form', async () => {
		const on = await approvalStage();
		const items = [approvalItem({ arguments: JSON.stringify({ a: 'x'.repeat(4000) }) })];
		const answer = await on.ben.press(firstOf(await on.showCard({ ...approval, items })), 'Edit');
		await on.discord.until('the answer', () => answer.message()?.content.startsWith('These arguments are too long'));
		expect(on.inbounds).toEqual([]);
		expect(on.discord.violations).toEqual([]);
	});

	it('ask once more before they allow a whole run, and say what that covers', async () => {
		const on = await approvalStage();
		const form = await on.ben.press(firstOf(await on.showCard(approval)), 'For this run');
		expect(on.inbounds).toEqual([]);
		expect(JSON.stringify(form.modal)).toContain('nobody is asked again about: create\\\\_issue in massgen/chat');
		await on.ben.submit(form, {});
		expect(await on.decisions(1)).toEqual([{ ...common, verdict: { type: 'approve', forRun: true } }]);
		expect(on.discord.violations).toEqual([]);
	});

	it('tell one person everything, with the arguments in a file', async () => {
		const on = await approvalStage();
		const said = `because ${'of this '.repeat(100)}it must.`;
		const items = [approvalItem({ arguments: '{"a":"@everyone"}', before: '{"a":"b"}', said })];
		const answer = await on.ben.press(firstOf(await on.showCard({ ...approval, items })), 'Details');
		const message = await on.discord.until('the answer', () => {
			const told = answer.message();
			return told !== null && told.content !== '' && told;
		});
		expect(answer.ephemeral).toBe(true);
		expect(message.content).toContain('it must.');
		const files = message.attachments.map(async ({ filename, url }) => [filename, await (await fetch(url)).text()]);
		expect(await Promise.all(files)).toEqual([
			['arguments.json', '{\n  "a": "\\u0040everyone"\n}'],
			['difference.txt', '-   "a": "b"\n+   "a": "\\u0040everyone"'],
		]);
		expect(on.inbounds).toEqual([]);
		expect(on.discord.violations).toEqual([]);
	});

	it('stop the run, and leave the Stop of the board alive', async () => {
		const on = await approvalStage();
		await on.ben.press(firstOf(await on.showCard(approval)), 'Stop run');
		const board = on.board();
		await on.ben.press(board, 'Stop');
		expect(await on.heard(2)).toMatchObject([
			{ type: 'command', name: 'stop', options: { run: 'r-1' }, session: on.place.session },
			{ type: 'command', name: 'stop', options: { run: 'r-1' }, session: on.place.session },
		]);
		expect(on.discord.violations).toEqual([]);
	});

	it.each([
		['It happened', 'happened'],
		['Run again', 'again'],
		['Abandon', 'abandon'],
	])('case 47: ask a person what became of a call that was cut off: %s', async (label, outcome) => {
		const on = await approvalStage();
		const items = [approvalItem({ question: 'outcome', grant })];
		const card = firstOf(await on.showCard({ ...approval, items }));
		expect(card.content).toMatch(/^## 1 tool call was cut off: did it happen\?/);
		expect(JSON.stringify(card.components)).not.toContain('Approve');
		await on.ben.press(card, label);
		expect(await on.decisions(1)).toEqual([{ ...common, revision: 1, verdict: { type: 'outcome', outcome } }]);
	});

	it('are one row for each call of a turn, and decide that call alone or all of them', async () => {
		const on = await approvalStage();
		const items = ['a', 'b', 'c', 'd', 'e'].map((callId) => approvalItem({ callId, risk: 'low' }));
		const cards = await on.showCard({ ...approval, items });
		expect(cards.map(({ components }) => components.length)).toEqual([5, 1]);
		await on.ben.press(firstOf(cards), '2 · Approve once');
		await on.ben.press(cards[1] ?? firstOf(cards), '5 · Approve once');
		await on.ben.press(firstOf(cards), 'Approve all');
		expect(await on.decisions(3)).toEqual([
			{ approval: approval.id, callId: 'b', revision: 1, verdict: { type: 'approve', forRun: false } },
			{ approval: approval.id, callId: 'e', revision: 1, verdict: { type: 'approve', forRun: false } },
			{ approval: approval.id, callId: null, revision: null, verdict: { type: 'approve', forRun: false } },
		]);
		expect(on.discord.violations).toEqual([]);
	});

	it('case 41: tell somebody who may not decide so in private, and change nothing', async () => {
		const on = await approvalStage({ answer: () => 'You may not decide this.' });
		const card = firstOf(await on.showCard(approval));
		const before = JSON.stringify(card);
		const answer = await on.ben.press(card, 'Approve once');
		await on.discord.until('the answer', () => answer.message()?.content === 'You may not decide this.');
		expect(answer.ephemeral).toBe(true);
		expect(JSON.stringify(firstOf(on.cards()))).toBe(before);
		expect(on.discord.violations).toEqual([]);
	});

	it('case 42: acknowledge two people who press at once', async () => {
		let decided = 0;
		const on = await approvalStage({ answer: () => (decided++ === 0 ? null : 'It was decided a moment ago.') });
		const card = firstOf(await on.showCard(approval));
		const answers = await Promise.all([on.ada.press(card, 'Approve once'), on.ben.press(card, 'Approve once')]);
		expect(answers.map(({ saw, ephemeral }) => [saw, ephemeral])).toEqual([
			['thinking', true],
			['thinking', true],
		]);
		await on.discord.until('both answers', () => answers.every((answer) => answer.message()?.content !== ''));
		expect(answers.map((answer) => answer.message()?.content).toSorted()).toEqual([
			'Done.',
			'It was decided a moment ago.',
		]);
		expect(new Set(on.inbounds.map(({ principal }) => principal.user)).size).toBe(2);
	});

	it('take a press that is delivered twice once', async () => {
		const on = await approvalStage();
		const answer = await on.ben.press(firstOf(await on.showCard(approval)), 'Approve once', { twice: true });
		await on.discord.until('the answer', () => answer.message()?.content === 'Done.');
		expect(on.inbounds).toHaveLength(1);
		expect(on.discord.violations).toEqual([]);
	});

	it('case 43: work on a card that an earlier process has sent', async () => {
		const on = await approvalStage();
		const card = firstOf(await on.showCard(approval));
		await on.restart();
		const answer = await on.ben.press(card, 'Approve once');
		await on.discord.until('the answer', () => answer.message()?.content === 'Done.');
		const form = await on.ben.press(card, 'Deny');
		await on.restart();
		await on.ben.submit(form, {});
		expect(await on.decisions(2)).toMatchObject([{ verdict: { type: 'approve' } }, { verdict: { type: 'deny' } }]);
	});

	it('case 44: go when all is decided, and a late press is answered', async () => {
		const on = await approvalStage({ answer: () => 'It has expired.' });
		const card = firstOf(await on.showCard(approval));
		const late = idOf(card, 'Approve once');
		const [expired] = await on.showCard({ ...approval, items: [approvalItem({ state: 'expired' })] });
		expect(expired?.id).toBe(card.id);
		expect(expired?.components).toEqual([]);
		expect(expired?.content).toContain('Expired: nobody decided in time');
		const answer = await on.ben.press(card, late, { forged: true });
		await on.discord.until('the answer', () => answer.message()?.content === 'It has expired.');
		expect(on.discord.violations).toEqual([]);
	});

	it('case 46: do nothing with a forged id, and nothing at another message or in another channel', async () => {
		const on = await approvalStage();
		const card = firstOf(await on.showCard(approval));
		const board = on.board();
		const real = idOf(card, 'Approve once');
		const forged: [Message, string][] = [
			[card, 'mg_AAAAAAAAAAAAAAAAAAAAAA'],
			[card, '__proto__'],
			[board, real],
		];
		const answers = await Promise.all(forged.map(([at, id]) => on.ben.press(at, id, { forged: true })));
		const isAnswered = (text = '') => text.includes('of no use any more');
		await on.discord.until('the answers', () => answers.every((answer) => isAnswered(answer.message()?.content)));
		expect(on.inbounds).toEqual([]);
	});
});

describe('a card on Discord', () => {
	it('is edited in place through every state, and calls nobody', async () => {
		const on = await approvalStage();
		const ben = personOf('discord', on.ben.user.id);
		const approval = approvalOf({ deciders: '@everyone', items: [approvalItem({ needed: 2, risk: 'critical' })] });
		const states = [
			{},
			{ votes: [voteBy(ben)] },
			{ votes: [voteBy(ben), voteBy(personOf('slack', 'U1'))], state: 'approved' as const },
			{ votes: [voteBy(ben)], state: 'approved' as const, effect: 'done' as const },
		];
		const seen: string[] = [];
		for (const change of states) {
			const cards = await on.showCard({ ...approval, items: [approvalItem({ needed: 2, ...change })] });
			expect(cards).toHaveLength(1);
			seen.push(firstOf(cards).content);
			expect(firstOf(cards).mentions).toEqual([]);
		}
		expect(seen[0]).toContain('2 different people must approve.');
		expect(seen[1]).toContain(`1 of 2 approvals: <@${on.ben.user.id}>`);
		expect(seen[2]).toContain(`Approved by <@${on.ben.user.id}>, U1 \\(slack\\).`);
		expect(seen[3]).toContain('It has run.');
		expect(on.discord.violations).toEqual([]);
	});

	it('has arguments that do not fit in a file beside it, and says so', async () => {
		const on = await approvalStage();
		const value = { a: `harmless ${'\n'.repeat(5000)}rm -rf /` };
		const card = firstOf(
			await on.showCard(approvalOf({ items: [approvalItem({ arguments: JSON.stringify(value) })] })),
		);
		expect(card.content).toMatch(
			/\*\*Shown are the first [\d,]+ of 10,0\d\d characters\. Read all of it in `arguments\.json`\.\*\*/,
		);
		const file = firstOf(card.attachments);
		expect(file.filename).toBe('arguments.json');
		expect(JSON.parse(await (await fetch(file.url)).text())).toEqual(value);
		expect(on.discord.violations).toEqual([]);
	});

	it('is posted anew when somebody has deleted it, and its buttons work there', async () => {
		const on = await approvalStage();
		const approval = approvalOf();
		const card = firstOf(await on.showCard(approval));
		on.ada.delete(card);
		const [anew, ...others] = await on.showCard({ ...approval, items: [approvalItem({ said: 'again' })] });
		expect([anew?.id === card.id, others]).toEqual([false, []]);
		await on.ben.press(anew ?? card, 'Approve once');
		expect(await on.decisions(1)).toHaveLength(1);
	});

	it('moves to the channel for that in its own server when its place is gone, and works there', async () => {
		const on = await approvalStage({
			approvalsChannels: (discord) => [discord.channel('Beta', 'general'), discord.channel('Alpha', 'no-threads')],
		});
		const approval = approvalOf();
		const card = firstOf(await on.showCard(approval));
		on.ada.deleteChannel(on.general);
		await on.showCard({ ...approval, items: [approvalItem({ said: 'again' })] });
		const there = on.discord.channel('Alpha', 'no-threads');
		const moved = firstOf(on.cards(there));
		expect(moved.id).not.toBe(card.id);
		await on.ben.press(moved, 'Approve once');
		expect(await on.heard(1)).toMatchObject([{ type: 'decision', session: on.place.session }]);
		await on.showCard({ ...approval, items: [approvalItem({ state: 'denied' })] });
		expect(on.cards(there).map(({ id, components }) => [id, components])).toEqual([[moved.id, []]]);
		expect(on.cards(on.discord.channel('Beta', 'general'))).toEqual([]);
	});

	it('is shown nowhere else than in its own server, and that is told', async () => {
		const on = await approvalStage({ approvalsChannels: (discord) => [discord.channel('Beta', 'general')] });
		on.ada.deleteChannel(on.general);
		await on.showCard(approvalOf());
		expect(on.cards(on.discord.channel('Beta', 'general'))).toEqual([]);
		expect(on.problems.join()).toContain('The channel or thread is not there any more.');
	});
});
