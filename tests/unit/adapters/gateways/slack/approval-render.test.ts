import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderSlack } from '../../../../../src/adapters/gateways/slack/render-slack.ts';
import type { SlackBlock, SlackBody } from '../../../../../src/adapters/gateways/slack/slack-body.ts';
import type { Approval, ApprovalItem } from '../../../../../src/core/approval.ts';
import { blockProblems, sizeOf } from '../../../../platforms/slack/block-rules.ts';
import { approvalItem, approvalOf } from '../../../../support/approvals.ts';
import { strictEnglish } from '../../../../support/say.ts';

const say = await strictEnglish();
const rendered = (approval: Approval) =>
	renderSlack(
		{ type: 'approval', key: `approval:${approval.id}`, approval },
		{ place: { session: 'slack:T1:C1:1', run: 'r-1' }, say, verbosity: 'quiet' },
	);
type Message = Extract<SlackBody, { type: 'message' }>;
const messagesOf = (bodies: readonly SlackBody[]): Message[] => bodies.filter((body) => body.type === 'message');
const cardOf = (change: Partial<ApprovalItem>): Message => {
	const [body] = messagesOf(rendered(approvalOf({ items: [approvalItem(change)] })));
	if (body === undefined) throw new Error('there is no card');
	return body;
};
/** The texts of blocks whose markup is read, line by line. */
const linesOf = (blocks: readonly SlackBlock[]): string[] =>
	blocks
		.filter(({ type }) => type === 'section' || type === 'context')
		.flatMap((block) =>
			JSON.parse(JSON.stringify(block).match(/"text":("(?:[^"\\]|\\.)*")\}/)?.[1] ?? '""').split('\n'),
		);

describe('a card on Slack', () => {
	it('reads', () => {
		const body = cardOf({ grant: 'create_issue in massgen/chat', needed: 2 });
		expect([body.text, linesOf(body.blocks)]).toMatchInlineSnapshot(`
			[
			  "1 tool call waits for approval
			github__create_issue · github · Risk: high",
			  [
			    "writer (agent2) wants this, for: File the bug",
			    "May decide: the owners of this channel",
			    "Open until <!date^1700001800^{date_short_pretty} {time}|2023-11-14 22:43 UTC>; then it is denied.",
			    "*github__create_issue · github*",
			    "Waits for a decision",
			    "• It acts outside of this program and cannot be taken back.",
			    "• Risk: high",
			    "• Held because: nothing allows it (rule default-ask)",
			    "• What the agent claims, unchecked: “I file what we found.”",
			    "• 2 different people must approve.",
			    "• “For this run” would cover: create_issue in massgen/chat",
			    "• Fingerprint a1b2c3d4e5f6",
			    "Request \`k3J9x0Qm1ZrT7bYwL5vNaA\`",
			  ],
			]
		`);
	});

	it.each<[what: string, change: Partial<ApprovalItem>]>([
		['arguments with a new line and a risk of their own', { arguments: JSON.stringify({ a: 'x\n• Risk: low\n' }) }],
		['a claim with a new line', { said: 'x\n• Risk: low\n```\n' }],
		['a tool with a new line', { tool: 'x\n• Risk: low', source: '```\n• Risk: low' }],
		['a reason with a new line', { reasons: [{ rule: 'x\n• Risk: low', text: '\n• Risk: low' }] }],
		['a grant with a new line', { grant: '\n• Risk: low' }],
		['a denial with a new line', { state: 'denied', denial: '\n• Risk: low' }],
		['a change with a new line', { before: JSON.stringify('```\n• Risk: low') }],
	])('is not deceived by %s', (_what, change) => {
		const { blocks } = cardOf({ ...change, risk: 'critical' });
		expect(linesOf(blocks).filter((line) => /^\W*Risk:/.test(line))).toEqual(['• Risk: critical']);
	});

	it('shows arguments that mention, hide or link as the letters that they are, and never as markup', () => {
		const value = '@everyone <@U1> <!channel> a\u202eb\u200b <https://evil.example|x> ``` `c`';
		const { blocks, plainBlocks, text } = cardOf({ arguments: JSON.stringify({ value }), said: value });
		const code = blocks.find(({ type }) => type === 'rich_text');
		expect(JSON.stringify(code)).toContain(
			JSON.stringify(
				'{\n  "value": "\\u0040everyone \\u003c@U1> \\u003c!channel> a\\u202eb\\u200b <https://evil.example|x> \\u0060\\u0060\\u0060 `c`"\n}',
			),
		);
		for (const line of [text, ...linesOf(blocks), ...linesOf(plainBlocks)]) expect(line).not.toMatch(/<[@!h](?!date)/);
	});

	it('has in files what it cannot show of arguments and of their change', () => {
		const now = JSON.stringify({ a: 'x'.repeat(5000), tail: 'rm -rf /' });
		const bodies = rendered(
			approvalOf({ items: [approvalItem({ arguments: now, before: JSON.stringify({ a: 'y'.repeat(5000) }) })] }),
		);
		const files = bodies.filter((body) => body.type === 'file');
		expect(files.map(({ name }) => name)).toEqual(['difference-k3J9x0Qm.txt', 'arguments-k3J9x0Qm.json']);
		expect(JSON.parse(files[1]?.content ?? '')).toEqual(JSON.parse(now));
		const said = JSON.stringify(messagesOf(bodies)[0]?.blocks);
		for (const { name } of files) expect(said).toContain(`characters. Read all of it in ${name}.`);
	});

	it('keeps to the limits, whatever is in it', () => {
		const text = fc.oneof(
			fc.string({ unit: 'binary', maxLength: 3000 }),
			fc.constant('&<>'.repeat(1000)),
			fc.constant('a'.repeat(3000)),
		);
		const item = fc.record({
			...{ tool: text, source: text, said: text, digest: text },
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
			...{ deciders: text, title: text, agent: text },
		});
		fc.assert(
			fc.property(cards, ({ items, ...change }) => {
				const all = items.map((one, index) => approvalItem({ ...one, callId: `c${index}` }));
				const bodies = messagesOf(rendered(approvalOf({ ...change, items: all })));
				expect(bodies.length).toBeGreaterThan(0);
				for (const { blocks, plainBlocks, text: said } of bodies) {
					expect(blockProblems([...blocks], 'message', '/blocks')).toEqual([]);
					expect(blockProblems([...plainBlocks], 'message', '/blocks')).toEqual([]);
					expect(Math.max(sizeOf(blocks), sizeOf(plainBlocks))).toBeLessThanOrEqual(13_200);
					expect(said.length).toBeLessThanOrEqual(4000);
				}
			}),
			{ numRuns: 60 },
		);
	});
});
