import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderDiscord } from '../../../../../src/adapters/gateways/discord/render.ts';
import type { Approval, ApprovalItem } from '../../../../../src/core/approval.ts';
import { approvalItem, approvalOf, personOf, voteBy } from '../../../../support/approvals.ts';
import { strictEnglish } from '../../../../support/say.ts';
import { openFenceOf } from '../shared/fence-scan.ts';

const say = await strictEnglish();
const rendered = (approval: Approval) =>
	renderDiscord(
		{ type: 'approval', key: `approval:${approval.id}`, approval },
		{ place: { session: 'discord:1:2:3', run: 'r-1' }, say, verbosity: 'quiet' },
	);
const cardOf = (change: Partial<ApprovalItem>) => {
	const [body, ...more] = rendered(approvalOf({ items: [approvalItem(change)] }));
	if (body === undefined || more.length > 0) throw new Error('not one message');
	return body;
};
/** Lines that are not in a block of code. */
const ownLines = (content: string): string[] => {
	const lines: string[] = [];
	let isCode = false;
	for (const line of content.split('\n')) {
		if (line.startsWith('```')) isCode = !isCode;
		else if (!isCode) lines.push(line);
	}
	return lines;
};

describe('a card on Discord', () => {
	it('reads', () => {
		const item = approvalItem({
			grant: 'create_issue in massgen/chat',
			needed: 2,
			votes: [voteBy(personOf('discord', '111111111111111111'))],
		});
		const [body] = rendered(approvalOf({ items: [item] }));
		expect(body?.content).toMatchInlineSnapshot(`
			"## 1 tool call waits for approval
			-# writer (agent2) wants this, for: File the bug
			-# May decide: the owners of this channel
			-# Open until <t:1700001800:f>; then it is denied.
			**github\\_\\_create\\_issue · github**
			Waits for a decision
			- It acts outside of this program and cannot be taken back.
			- Risk: high
			- Held because: nothing allows it (rule default-ask)
			- What the agent claims, unchecked: “I file what we found.”
			- 1 of 2 approvals: <@111111111111111111>
			- “For this run” would cover: create\\_issue in massgen/chat
			- Fingerprint a1b2c3d4e5f6
			\`\`\`json
			{
			  "repository": "massgen/chat",
			  "title": "Flaky test"
			}
			\`\`\`
			-# Request \`k3J9x0Qm1ZrT7bYwL5vNaA\`"
		`);
		expect(body?.buttons.map(({ label, style }) => `${label} (${style})`)).toMatchInlineSnapshot(`
			[
			  "Approve once (success)",
			  "For this run (secondary)",
			  "Edit (secondary)",
			  "Deny (danger)",
			  "Details (secondary)",
			  "Stop run (danger)",
			]
		`);
	});

	it.each<[what: string, change: Partial<ApprovalItem>]>([
		['arguments with a new line and a risk of their own', { arguments: JSON.stringify({ a: 'x\n- Risk: low\n' }) }],
		['arguments that would end the block of code', { arguments: JSON.stringify({ a: '```\n- Risk: low\n```' }) }],
		['a claim with a new line', { said: 'x\n- Risk: low\n```\n' }],
		['a tool with a new line', { tool: 'x\n- Risk: low', source: '```\n- Risk: low' }],
		['a reason with a new line', { reasons: [{ rule: 'x\n- Risk: low', text: '\n- Risk: low' }] }],
		['a grant with a new line', { grant: '\n- Risk: low' }],
		['a denial with a new line', { state: 'denied', denial: '\n- Risk: low' }],
		['a change with a new line', { before: JSON.stringify('```\n- Risk: low') }],
	])('is not deceived by %s', (_what, change) => {
		const { content } = cardOf({ ...change, risk: 'critical' });
		expect(ownLines(content).filter((line) => /^\W*Risk:/.test(line))).toEqual(['- Risk: critical']);
		expect(openFenceOf(content)).toBeNull();
	});

	it('shows arguments that mention, hide or link as the letters that they are', () => {
		const value = '@everyone <@1> <!channel> a\u202eb\u200b [x](https://evil.example) `c`';
		const { content } = cardOf({ arguments: JSON.stringify({ value }) });
		expect(content).toContain(
			'```json\n{\n  "value": "\\u0040everyone \\u003c@1> \\u003c!channel> a\\u202eb\\u200b [x](https://evil.example) `c`"\n}\n```',
		);
	});

	it('has in a file what it cannot show of arguments and of their change', () => {
		const now = JSON.stringify({ a: 'x'.repeat(5000), tail: 'rm -rf /' });
		const { content, files } = cardOf({ arguments: now, before: JSON.stringify({ a: 'y'.repeat(5000) }) });
		expect(files.map(({ name }) => name)).toEqual(['difference.txt', 'arguments.json']);
		expect(JSON.parse(files[1]?.text ?? '')).toEqual(JSON.parse(now));
		expect(files[0]?.text).toContain('+   "tail": "rm -rf /"');
		expect(content).toMatch(
			/\*\*Shown are the first \d+ of 10,0\d\d characters\. Read all of it in `difference\.txt`\.\*\*/,
		);
		expect(content).toMatch(
			/\*\*Shown are the first \d+ of 5,0\d\d characters\. Read all of it in `arguments\.json`\.\*\*/,
		);
	});

	it('takes several messages for many calls, each call once with its own buttons', () => {
		const items = Array.from({ length: 11 }, (_, index) =>
			approvalItem({ callId: `c${index}`, arguments: JSON.stringify({ index, text: 'y'.repeat(600) }) }),
		);
		const bodies = rendered(approvalOf({ items }));
		const titles = bodies.flatMap(({ content }) => content.match(/^\*\*\d+\. /gm) ?? []);
		expect(titles).toEqual(items.map((_, index) => `**${index + 1}. `));
		const calls = bodies.flatMap(({ buttons }) => buttons.filter(({ label }) => label.endsWith('Approve once')));
		expect(calls.map(({ control }) => 'callId' in control && control.callId)).toEqual(
			items.map(({ callId }) => callId),
		);
		expect(bodies.flatMap(({ files }) => files.map(({ name }) => name))).toEqual(
			items.map((_, index) => `arguments-${index + 1}.json`),
		);
		expect(new Set(bodies.map(({ content }) => content.split('\n').at(-1))).size).toBe(bodies.length);
		expect(bodies.map(({ isSilent }) => isSilent)).toEqual(bodies.map((_, page) => page > 0));
	});

	it('keeps to the limits, whatever is in it', () => {
		const text = fc.oneof(
			fc.string({ unit: 'binary', maxLength: 3000 }),
			fc.constant('`*_\\'.repeat(700)),
			fc.constant('a'.repeat(3000)),
		);
		const item = fc.record({
			tool: text,
			source: text,
			said: text,
			digest: text,
			arguments: text.map((value) => JSON.stringify(value)),
			before: fc.option(text.map((value) => JSON.stringify(value))),
			grant: fc.option(text),
			denial: fc.option(text),
			needed: fc.constantFrom(1, 2),
			state: fc.constantFrom('pending' as const, 'approved' as const, 'denied' as const),
			reasons: fc.array(fc.record({ rule: text, text }), { maxLength: 9 }),
		});
		const cards = fc.record({
			items: fc.array(item, { minLength: 1, maxLength: 9 }),
			deciders: text,
			title: text,
			agent: text,
		});
		fc.assert(
			fc.property(cards, ({ items, ...change }) => {
				const all = items.map((one, index) => approvalItem({ ...one, callId: `c${index}` }));
				for (const { content, buttons, files } of rendered(approvalOf({ ...change, items: all }))) {
					expect(content.length + (files.length > 0 ? 250 : 0)).toBeLessThanOrEqual(2000);
					expect(buttons.length).toBeLessThanOrEqual(25);
					expect(buttons.filter(({ beginsRow }) => beginsRow === true).length).toBeLessThanOrEqual(5);
					expect(content).not.toMatch(/(?!\n)[\p{Cc}\u200b\u202e]/u);
				}
			}),
			{ numRuns: 60 },
		);
	});
});
