import { describe, expect, it } from 'vitest';
import type { Person } from '../../../../platforms/slack/person.ts';
import type { SlackMessage, SlackView } from '../../../../platforms/slack/world.ts';
import { approvalItem, approvalOf, personOf, voteBy } from '../../../../support/approvals.ts';
import { approvalStage, buttonOf } from './approval-stage.ts';

type Stage = Awaited<ReturnType<typeof approvalStage>>;

const firstOf = <T>([first]: readonly T[]): T => {
	if (first === undefined) throw new Error('there is none');
	return first;
};
const press = (person: Person, card: SlackMessage, label: string) => person.press(card, buttonOf(card, label));
/** Presses, and waits for what opens. */
const opened = async (on: Stage, person: Person, card: SlackMessage, label: string): Promise<SlackView> => {
	await press(person, card, label);
	await on.slack.waitFor(() => person.modal() !== null);
	const view = person.modal();
	if (view === null) throw new Error('nothing opened');
	return view;
};
const told = async (on: Stage, person: Person, text: string): Promise<void> => {
	await on.slack.waitFor(() => person.ephemerals().some((one) => JSON.stringify(one).includes(text)));
};
const grant = 'create_issue in massgen/chat';
const approval = approvalOf({ items: [approvalItem({ grant, revision: 3 })] });
const common = { approval: approval.id, callId: 'call_1', revision: 3 };

describe('the buttons of a card on Slack', () => {
	it('case 46: hold an opaque id, and neither arguments nor the name of the call', async () => {
		const on = await approvalStage();
		const card = firstOf(await on.showCard(approval));
		const ids = [...JSON.stringify(card.blocks).matchAll(/"action_id":"([^"]+)"/g)].map(([, id = '']) => id);
		expect(ids).toHaveLength(6);
		for (const id of ids) expect(id).toMatch(/^mg_[\w-]{22}$/);
		expect(new Set(ids).size).toBe(6);
		expect(JSON.stringify(card.blocks)).not.toContain('"value"');
		expect(on.slack.violations).toEqual([]);
	});

	it('approve one call', async () => {
		const on = await approvalStage();
		const card = firstOf(await on.showCard(approval));
		expect((await press(on.grace, card, 'Approve once')).acked).toBe(true);
		expect(await on.heard(1)).toMatchObject([
			{
				type: 'decision',
				principal: { platform: 'slack', tenant: 'T1', user: 'U2', roles: null },
				session: on.place.session,
				decision: { ...common, verdict: { type: 'approve', forRun: false } },
				via: 'thread',
			},
		]);
		expect(on.slack.violations).toEqual([]);
	});

	it('case 13: show what was decided at once, through the address that came with the press', async () => {
		const by = voteBy(personOf('slack', 'U2'));
		const on = await approvalStage({
			decided: (one) => ({ ...one, items: one.items.map((item) => ({ ...item, state: 'approved', votes: [by] })) }),
		});
		const card = firstOf(await on.showCard(approval));
		await press(on.grace, card, 'Approve once');
		await on.slack.waitFor(() => JSON.stringify(card.blocks).includes('Approved by @grace.'));
		expect(JSON.stringify(card.blocks)).not.toContain('action_id');
		expect(on.slack.requests.filter(({ method }) => method === 'chat.update')).toEqual([]);
		expect(on.slack.requests.filter(({ method }) => method === 'response_url')).toHaveLength(1);
		expect(on.slack.violations).toEqual([]);
	});

	it('case 45: deny with a reason in a form, or without one', async () => {
		const on = await approvalStage();
		const card = firstOf(await on.showCard(approval));
		const view = await opened(on, on.grace, card, 'Deny');
		await on.grace.submit(view, { text: ' not this repository ' });
		await on.decisions(1);
		await on.grace.submit(await opened(on, on.grace, card, 'Deny'), {});
		expect(await on.decisions(2)).toEqual([
			{ ...common, verdict: { type: 'deny', reason: 'not this repository' } },
			{ ...common, verdict: { type: 'deny', reason: null } },
		]);
		expect(on.slack.violations).toEqual([]);
	});

	it('edit the arguments in a form that holds them as they are shown', async () => {
		const on = await approvalStage();
		const items = [approvalItem({ arguments: '{"a":"x\u202ey"}' })];
		const view = await opened(on, on.grace, firstOf(await on.showCard({ ...approval, items })), 'Edit');
		expect(JSON.stringify(view.content)).toContain(JSON.stringify('{\n  "a": "x\\u202ey"\n}'));
		await on.grace.submit(view);
		const again = await opened(on, on.grace, firstOf(on.cards()), 'Edit');
		await on.grace.submit(again, { text: '{"a":"z"}' });
		expect((await on.decisions(2)).map((one) => one?.verdict)).toEqual([
			{ type: 'edit', arguments: '{\n  "a": "x\\u202ey"\n}' },
			{ type: 'edit', arguments: '{"a":"z"}' },
		]);
		expect(on.slack.violations).toEqual([]);
	});

	it('say how to edit what is too long for a form', async () => {
		const on = await approvalStage();
		const items = [approvalItem({ arguments: JSON.stringify({ a: 'x'.repeat(3000) }) })];
		await press(on.grace, firstOf(await on.showCard({ ...approval, items })), 'Edit');
		await told(on, on.grace, 'These arguments are too long');
		expect(on.inbounds).toEqual([]);
		expect(on.slack.violations).toEqual([]);
	});

	it('ask once more before they allow a whole run, and say what that covers', async () => {
		const on = await approvalStage();
		const view = await opened(on, on.grace, firstOf(await on.showCard(approval)), 'For this run');
		expect(on.inbounds).toEqual([]);
		expect(JSON.stringify(view.content)).toContain(`nobody is asked again about: ${grant}`);
		await on.grace.submit(view);
		expect(await on.decisions(1)).toEqual([{ ...common, verdict: { type: 'approve', forRun: true } }]);
		expect(on.slack.violations).toEqual([]);
	});

	it('show one person everything', async () => {
		const on = await approvalStage();
		const said = `because ${'of this '.repeat(600)}it must.`;
		const text = `${'x'.repeat(9000)} the tail`;
		const items = [approvalItem({ arguments: JSON.stringify({ a: text }), before: '{"a":"b"}', said })];
		const card = firstOf(await on.showCard({ ...approval, items }));
		const view = await opened(on, on.grace, card, 'Details');
		const codes = JSON.stringify(view.content);
		expect(codes).toContain('it must.');
		expect(codes).toContain('the tail');
		expect(codes).toContain('-   \\"a\\": \\"b\\"');
		expect(on.inbounds).toEqual([]);
		expect(on.slack.violations).toEqual([]);
	});

	it('stop the run, and leave the Stop of the board alive', async () => {
		const on = await approvalStage();
		const card = firstOf(await on.showCard(approval));
		await press(on.grace, card, 'Stop run');
		await press(on.grace, firstOf(on.own()), 'Stop');
		expect(await on.heard(2)).toMatchObject([
			{ type: 'command', name: 'stop', options: { run: 'r-1' }, session: on.place.session },
			{ type: 'command', name: 'stop', options: { run: 'r-1' }, session: on.place.session },
		]);
		expect(on.slack.violations).toEqual([]);
	});

	it.each([
		['It happened', 'happened'],
		['Run again', 'again'],
		['Abandon', 'abandon'],
	])('case 47: ask a person what became of a call that was cut off: %s', async (label, outcome) => {
		const on = await approvalStage();
		const items = [approvalItem({ question: 'outcome', grant })];
		const card = firstOf(await on.showCard({ ...approval, items }));
		expect(card.text).toMatch(/^1 tool call was cut off: did it happen\?/);
		expect(JSON.stringify(card.blocks)).not.toContain('Approve');
		await press(on.grace, card, label);
		expect(await on.decisions(1)).toEqual([{ ...common, revision: 1, verdict: { type: 'outcome', outcome } }]);
		expect(on.slack.violations).toEqual([]);
	});

	it('are one row for each call of a turn, and decide that call alone or all of them', async () => {
		const on = await approvalStage();
		const items = Array.from({ length: 8 }, (_, index) => approvalItem({ callId: `c${index}`, risk: 'low' }));
		const cards = await on.showCard({ ...approval, items });
		expect(cards).toHaveLength(2);
		await press(on.grace, firstOf(cards), '2 · Approve once');
		await on.decisions(1);
		await press(on.grace, cards[1] ?? firstOf(cards), '8 · Approve once');
		await on.decisions(2);
		await press(on.grace, firstOf(cards), 'Approve all');
		expect(await on.decisions(3)).toEqual([
			{ approval: approval.id, callId: 'c1', revision: 1, verdict: { type: 'approve', forRun: false } },
			{ approval: approval.id, callId: 'c7', revision: 1, verdict: { type: 'approve', forRun: false } },
			{ approval: approval.id, callId: null, revision: null, verdict: { type: 'approve', forRun: false } },
		]);
		expect(on.slack.violations).toEqual([]);
	});

	it('case 41: tell somebody who may not decide so in private, and change nothing', async () => {
		const on = await approvalStage({ answer: () => 'You may not decide this.' });
		const card = firstOf(await on.showCard(approval));
		const before = JSON.stringify([card.text, card.blocks]);
		await press(on.grace, card, 'Approve once');
		await told(on, on.grace, 'You may not decide this.');
		await on.heard(1);
		expect(JSON.stringify([card.text, card.blocks])).toBe(before);
		expect(on.slack.violations).toEqual([]);
	});

	it('case 42: acknowledge two people who press at once', async () => {
		let decided = 0;
		const on = await approvalStage({ answer: () => (decided++ === 0 ? null : 'It was decided a moment ago.') });
		const card = firstOf(await on.showCard(approval));
		const both = await Promise.all([press(on.ada, card, 'Approve once'), press(on.grace, card, 'Approve once')]);
		expect(both.map(({ acked }) => acked)).toEqual([true, true]);
		expect((await on.heard(2)).map(({ principal }) => principal.user).toSorted()).toEqual(['U1', 'U2']);
		const isTold = (person: Person) => person.ephemerals().length > 0;
		expect([on.ada, on.grace].filter(isTold)).toHaveLength(1);
		expect(on.slack.violations).toEqual([]);
	});

	it('give a press that is delivered twice the same id, and a form too', async () => {
		const on = await approvalStage();
		const card = firstOf(await on.showCard(approval));
		await on.slack.deliveries.again(await press(on.grace, card, 'Approve once'), 0);
		const { delivery } = await on.grace.submit(await opened(on, on.grace, card, 'Deny'));
		await on.slack.deliveries.again(delivery, 0);
		const ids = (await on.heard(4)).map(({ id }) => id);
		expect([new Set(ids).size, ids]).toEqual([2, [ids[0], ids[0], ids[2], ids[2]]]);
	});

	it('case 43: work on a card that an earlier process has sent', async () => {
		const on = await approvalStage();
		const card = firstOf(await on.showCard(approval));
		await on.restart();
		await press(on.grace, card, 'Approve once');
		await on.decisions(1);
		const view = await opened(on, on.grace, card, 'Deny');
		await on.restart();
		await on.grace.submit(view, {});
		expect(await on.decisions(2)).toMatchObject([{ verdict: { type: 'approve' } }, { verdict: { type: 'deny' } }]);
	});

	it('case 44: go when all is decided, and a late press is answered', async () => {
		const on = await approvalStage({ answer: () => 'It has expired.' });
		const card = firstOf(await on.showCard(approval));
		const late = { ...card, blocks: card.blocks, deleted: false };
		const [expired] = await on.showCard({ ...approval, items: [approvalItem({ state: 'expired' })] });
		expect(expired?.ts).toBe(card.ts);
		expect(JSON.stringify(expired?.blocks)).not.toContain('action_id');
		expect(JSON.stringify(expired?.blocks)).toContain('Expired: nobody decided in time');
		await on.grace.press(late, buttonOf(late, 'Approve once'));
		await told(on, on.grace, 'It has expired.');
		expect(on.slack.violations).toEqual([]);
	});

	it('case 46: do nothing with a forged id, nor at another message, in another channel or another workspace', async () => {
		const on = await approvalStage();
		const card = firstOf(await on.showCard(approval));
		const real = buttonOf(card, 'Approve once');
		const withId = (change: Partial<SlackMessage>, id: string): SlackMessage => {
			const blocks = [
				{ type: 'actions', elements: [{ type: 'button', action_id: id, text: { type: 'plain_text', text: 'x' } }] },
			];
			return { ...card, blocks, ...change };
		};
		const forged: [SlackMessage, string][] = [
			[withId({}, 'mg_AAAAAAAAAAAAAAAAAAAAAA'), 'mg_AAAAAAAAAAAAAAAAAAAAAA'],
			[withId({}, '__proto__'), '__proto__'],
			[withId({ ts: '1.000001' }, real), real],
			[withId({ channel: 'C2' }, real), real],
		];
		for (const [count, [at, id]] of forged.entries()) {
			await on.grace.press(at, id);
			await on.slack.waitFor(() => on.grace.ephemerals().length > count);
		}
		expect(on.inbounds).toEqual([]);
		expect(on.grace.ephemerals().every(({ text }) => text.startsWith('This button is of no use any more'))).toBe(true);
	});
});

describe('a card on Slack', () => {
	it('is edited in place through every state, and calls nobody', async () => {
		const on = await approvalStage();
		const by = voteBy(personOf('slack', 'U2'));
		const states = [
			{},
			{ votes: [by] },
			{ votes: [by, voteBy(personOf('discord', '1'))], state: 'approved' as const },
			{ votes: [by], state: 'approved' as const, effect: 'done' as const },
		];
		const seen: string[] = [];
		for (const change of states) {
			const cards = await on.showCard(
				approvalOf({ items: [approvalItem({ needed: 2, risk: 'critical', ...change })] }),
			);
			expect(cards).toHaveLength(1);
			seen.push(JSON.stringify(firstOf(cards).blocks));
		}
		expect(seen[0]).toContain('2 different people must approve.');
		expect(seen[1]).toContain('1 of 2 approvals: @grace');
		expect(seen[2]).toContain('Approved by @grace, 1 (discord).');
		expect(seen[3]).toContain('It has run.');
		expect(on.slack.violations).toEqual([]);
	});

	it('has arguments that do not fit in a file beside it, and says so', async () => {
		const on = await approvalStage();
		const value = { a: `harmless ${'\n'.repeat(5000)}rm -rf /` };
		const one = approvalOf({ items: [approvalItem({ arguments: JSON.stringify(value) })] });
		const card = firstOf(await on.showCard(one));
		expect(JSON.stringify(card.blocks)).toMatch(
			/Shown are the first 2,900 of 10,0\d\d characters\. Read all of it in arguments-k3J9x0Qm\.json\./,
		);
		const files = on.own().flatMap((message) => message.files);
		expect(files.map(({ name }) => name)).toEqual(['arguments-k3J9x0Qm.json']);
		expect(JSON.parse(String(files[0]?.content))).toEqual(value);
		await on.showCard({ ...one, items: [approvalItem({ arguments: JSON.stringify(value), state: 'denied' })] });
		expect(on.own().flatMap((message) => message.files)).toHaveLength(1);
		expect(on.slack.violations).toEqual([]);
	});

	it('is posted anew when somebody has deleted it, and its buttons work there', async () => {
		const on = await approvalStage();
		const card = firstOf(await on.showCard(approval));
		await on.grace.remove(card);
		const [anew, ...others] = await on.showCard({ ...approval, items: [approvalItem({ said: 'again' })] });
		expect([anew?.ts === card.ts, others]).toEqual([false, []]);
		await press(on.grace, anew ?? card, 'Approve once');
		await on.decisions(1);
	});

	it('moves to the channel for that when its place is gone, and works there', async () => {
		const on = await approvalStage({ approvalsChannels: ['C3', 'G1', 'C2'] });
		const card = firstOf(await on.showCard(approval));
		on.slack.team('T1').channels.get('C1')?.members.delete(on.slack.team('T1').botUser);
		await on.showCard({ ...approval, items: [approvalItem({ said: 'again' })] });
		const there = () => on.slack.messages('T1', 'C2').filter(({ bot }) => bot !== null);
		const moved = firstOf(there());
		expect([moved.threadTs, moved.ts === card.ts]).toEqual([null, false]);
		await press(on.grace, moved, 'Approve once');
		expect(await on.heard(1)).toMatchObject([{ type: 'decision', session: on.place.session }]);
		await on.showCard({ ...approval, items: [approvalItem({ state: 'denied' })] });
		expect(there().map(({ ts }) => ts)).toEqual([moved.ts]);
		expect(JSON.stringify(moved.blocks)).not.toContain('action_id');
	});

	it('is shown nowhere when there is no such channel, and that is told', async () => {
		const on = await approvalStage();
		on.slack.team('T1').channels.get('C1')?.members.delete(on.slack.team('T1').botUser);
		expect(await on.showCard(approval)).toEqual([]);
		expect(on.problems.join()).toContain('The bot is not in the channel.');
	});
});
