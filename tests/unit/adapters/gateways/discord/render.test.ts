import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { componentsOf } from '../../../../../src/adapters/gateways/discord/card-size.ts';
import type { DiscordBody } from '../../../../../src/adapters/gateways/discord/discord-body.ts';
import { harmlessMarkdown, partsOf } from '../../../../../src/adapters/gateways/discord/harmless-markdown.ts';
import { renderDiscord } from '../../../../../src/adapters/gateways/discord/render.ts';
import { outcomeSchema, shortfallSchema } from '../../../../../src/core/coordination.ts';
import type { BoardRow, ThreadMessage } from '../../../../../src/core/gateway.ts';
import type { Verbosity } from '../../../../../src/core/run.ts';
import { strictEnglish } from '../../../../support/say.ts';
import { isWhole, openFenceOf } from '../shared/fence-scan.ts';
import { markdownText } from '../shared/markdown-texts.ts';
import { boardMessage, finalMessage, slotMessage } from './discord-stage.ts';

const say = await strictEnglish();
const rendered = (message: ThreadMessage, verbosity: Verbosity = 'normal') =>
	renderDiscord(message, { place: { session: 'discord:1:2:3', run: 'run-1' }, say, verbosity });
const one = (message: ThreadMessage, verbosity?: Verbosity): DiscordBody => {
	const [body, ...more] = rendered(message, verbosity);
	if (body === undefined || more.length > 0) throw new Error(`${1 + more.length} messages`);
	return body;
};
const labels = ({ buttons }: DiscordBody) => buttons.map(({ label, emoji }) => label || emoji);
const cardText = ({ card }: DiscordBody) => (card?.blocks ?? []).flat().join('\n');

const row = (agent: string, change: Partial<BoardRow> = {}): BoardRow => ({
	...{ agent, name: `the ${agent}`, model: 'openai gpt-5', state: 'thinking', tool: null },
	...{ version: 0, votes: null, note: null, ...change },
});
const rowsOf = (count: number, change: Partial<BoardRow> = {}) =>
	Array.from({ length: count }, (_, index) => row(`agent-${index}`, change));

describe('a board on Discord', () => {
	it('shows who does what, and can be stopped', () => {
		const rows = [
			row('sage', { tool: 'web search' }),
			row('critic', { state: 'out', note: 'key *refused*', version: 2 }),
		];
		const body = one(boardMessage({ rows, orchestration: 2, askedBy: '123456789012345678' }));
		expect(cardText(body)).toMatchInlineSnapshot(`
			"### How do I sort?
			-# demo · 2 agents · round 2 · asked by <@123456789012345678> · <t:1767268800:R> · run \`run-1\`
			◐ **sage** thinking
			-# openai gpt-5 · uses web search
			✗ **critic** out
			-# openai gpt-5 · version 2 · key \\*refused\\*"
		`);
		expect([labels(body), body.content, body.title]).toMatchInlineSnapshot(`
			[
			  [
			    "Stop",
			  ],
			  "**How do I sort?**
			demo · 2 agents",
			  "How do I sort?",
			]
		`);
	});

	it('becomes compact when there are more than ten agents', () => {
		expect(one(boardMessage({ rows: rowsOf(10) })).card?.blocks[1]).toHaveLength(10);
		const [, list] = one(boardMessage({ rows: rowsOf(32) })).card?.blocks ?? [];
		expect(list).toHaveLength(1);
		expect(list?.[0]?.split('\n')).toHaveLength(32);
	});

	it('offers after the end what its result allows', () => {
		const result = { winner: 'sage', answers: 1, excerpt: 'Yes.', isWhole: false };
		const voted = [row('sage', { votes: 1 })];
		expect(labels(one(boardMessage({ finished: 'answered', result, rows: voted })))).toEqual([
			...['Retry', 'Follow-up', 'Why', '👍', '👎'],
		]);
		expect(labels(one(boardMessage({ finished: 'answered', result })))).toEqual(['Retry', 'Follow-up', '👍', '👎']);
		expect(labels(one(boardMessage({ finished: 'failed' })))).toEqual(['Retry']);
		expect(cardText(one(boardMessage({ finished: 'answered', result })))).toContain('All of it is posted below.');
	});

	it('shows foreign names and excerpts as what they are', () => {
		const result = { winner: 'sage', answers: 1, excerpt: '# Run stopped\n-# by @everyone\n```', isWhole: true };
		const body = one(boardMessage({ title: '# <@1>\n[x](http://y.z)', finished: 'answered', result }));
		expect(cardText(body)).toMatchInlineSnapshot(`
			"**\\# \\<\\@1\\> \\[x\\]\\(http://y.z)**
			-# demo · 1 agent · <t:1767268800:R> · run \`run-1\`
			## Answer
			-# by sage
			**Run stopped**
			\\-# by \\@everyone
			\`\`\`
			 
			\`\`\`"
		`);
	});
});

describe('answers on Discord', () => {
	const long = `${'A sentence of some length. '.repeat(100)}\n\n`.repeat(3);

	it('are shortened, with the whole in a file', () => {
		const body = one(slotMessage(long, { agent: 'Sage <1>/..', version: 2 }));
		expect(body.files).toEqual([{ name: 'Sage-1-v2.md', text: long }]);
		expect(body.content).toMatch(/\n-# Shortened: all 8,106 characters are in Sage-1-v2\.md\.$/);
		expect(body.isSilent).toBe(true);
	});

	it('take several messages when nothing shall be shortened, and then the file too', () => {
		const bodies = rendered(slotMessage(long), 'full');
		expect(bodies.map(({ files }) => files.length)).toEqual(Array.from(bodies, () => 0));
		expect(bodies.slice(1).map(({ content }) => content.split('\n')[0])).toEqual(
			bodies.slice(1).map((_, index) => `-# sage, continued (${index + 2})`),
		);
		const more = rendered(slotMessage(long.repeat(3)), 'full');
		expect(more.map(({ files }) => files.length)).toEqual([1, 0, 0, 0, 0, 0]);
		expect(more.at(-1)?.content).toContain('-# Shortened:');
	});

	it('are not shown to those who want quiet', () => {
		const quiet = [slotMessage('x'), finalMessage('y'), boardMessage()].map(
			(message) => rendered(message, 'quiet').length,
		);
		expect(quiet).toEqual([0, 1, 1]);
	});

	it('case 18: 60,000 hostile characters make parts that Discord takes, closed and in order', () => {
		const source = hardText(60_000);
		const harmless = harmlessMarkdown(source);
		const parts = partsOf(harmless, 1700);
		expect(isWhole(harmless, parts)).toBe(true);
		const bodies = rendered(slotMessage(source), 'full');
		for (const { content } of bodies) {
			expect(content.length).toBeLessThanOrEqual(2000);
			expect(content.isWellFormed()).toBe(true);
			expect(openFenceOf(content)).toBeNull();
		}
		const shown = bodies.map(partOf);
		expect(endsOf(harmless, shown.at(-1) ?? '').some((end) => isWhole(harmless.slice(0, end), shown))).toBe(true);
		expect([bodies.length, bodies[0]?.files]).toEqual([6, [expect.objectContaining({ text: source })]]);
		const short = rendered(slotMessage(hardText(8000)), 'full');
		expect(isWhole(harmlessMarkdown(hardText(8000)), short.map(partOf))).toBe(true);
		expect(short.flatMap(({ files }) => files)).toEqual([]);
	});
});

describe('a result on Discord', () => {
	it('is not shown before it is whole', () => {
		expect(rendered(finalMessage('Half', { streaming: true, outcome: null }))).toEqual([]);
		expect(rendered(finalMessage('Whole, but under review', { outcome: null }))).toEqual([]);
	});

	it('case 31: says first what is missing: 3 of 5 agents, or that there is no answer', () => {
		const partial = one(finalMessage('Yes.', { outcome: 'partial', answers: 3, agents: 5, shortfalls: ['agent_out'] }));
		expect(partial.content).toBe(
			'## Best available answer (3 of 5 agents)\n-# by sage\n> An agent left before the end.\nYes.',
		);
		const failed = one(finalMessage('', { outcome: 'failed', winner: null, answers: 0, agents: 5 }));
		expect(failed.content.split('\n')[0]).toBe('## No answer');
		expect(labels(one(boardMessage({ finished: 'failed', rows: rowsOf(5, { state: 'out' }) })))).toEqual(['Retry']);
	});

	it('case 32: a tie is called a tie, with the rule that broke it', () => {
		const tally = one({
			type: 'tally',
			key: 'tally:2',
			by: 'all_voted',
			rows: ['a', 'b'].map((agent) => ({ agent, label: `${agent}.1`, votes: 1, voters: [agent] })),
			votes: ['a', 'b'].map((agent) => ({ agent, target: agent, label: `${agent}.1`, reason: 'mine' })),
			winner: 'b',
			tie: { rule: 'order', tied: ['a', 'b'] },
		});
		expect(tally.content).toMatchInlineSnapshot(`
			"## Vote · round 2
			-# everyone has voted
			\`\`\`
			a  ████████░░░░░░░░  1
			b  ████████░░░░░░░░  1
			\`\`\`
			**a**: 1 vote, from itself
			★ **b**: 1 vote, from itself
			A tie between a, b. The team's order decides: b."
		`);
	});

	it('takes three messages at most, and the rest is in a file', () => {
		const bodies = rendered(finalMessage('A sentence. '.repeat(1000)));
		expect(bodies.map(({ files }) => files.map(({ name }) => name))).toEqual([[], [], ['answer.md']]);
		expect(bodies.map(({ isSilent }) => isSilent)).toEqual([false, false, false]);
	});

	it('asks who is to be presented, and asks no more once that is known', () => {
		const choice = {
			type: 'choice',
			key: 'choice:1',
			run: 'run-1',
			orchestration: 1,
			candidates: ['sage', 'critic'],
		} as const;
		const asked = one({ ...choice, chosen: null });
		expect(asked.buttons.map(({ control }) => control)).toEqual(
			['sage', 'critic'].map((agent) => ({
				...{ session: 'discord:1:2:3', run: 'run-1', action: 'choose', orchestration: 1, agent },
			})),
		);
		expect(one({ ...choice, chosen: 'critic' })).toMatchObject({
			buttons: [],
			content: '## 2 answers tie\n**critic** was chosen.',
		});
	});
});

describe('whatever a run says', () => {
	it('keeps to the limits of Discord', () => {
		fc.assert(
			fc.property(anyMessage, fc.constantFrom<Verbosity>('quiet', 'normal', 'full'), (message, verbosity) => {
				for (const body of rendered(message, verbosity)) {
					expect(body.content.length).toBeLessThanOrEqual(2000);
					expect(body.content.trim()).not.toBe('');
					expect(body.content.isWellFormed()).toBe(true);
					expect(body.buttons.length).toBeLessThanOrEqual(25);
					expect(body.buttons.every(({ label, emoji }) => label.length <= 80 && (label || emoji))).toBe(true);
					expect(body.title?.length ?? 1).toBeLessThanOrEqual(100);
					expect(openFenceOf(body.content)).toBeNull();
					if (body.card === null) continue;
					const text = body.card.blocks.flat().join('');
					expect(text.length).toBeLessThanOrEqual(4000);
					expect(Buffer.byteLength(text)).toBeLessThanOrEqual(10_000);
					expect(componentsOf(body.card, body.buttons.length)).toBeLessThanOrEqual(40);
				}
			}),
			{ numRuns: 300 },
		);
	});
});

const name = fc.oneof(
	fc.string({ minLength: 1, maxLength: 100 }),
	fc.constantFrom('👩‍👩‍👧‍👦'.repeat(9), '漢'.repeat(100), '*'.repeat(100)),
);
const anyRow = fc.record<BoardRow>({
	agent: name,
	name,
	model: fc.string({ maxLength: 200 }),
	state: fc.constantFrom('waiting', 'thinking', 'answered', 'voted', 'presenting', 'reviewing', 'done', 'out'),
	tool: fc.option(fc.string({ maxLength: 300 })),
	version: fc.nat(9),
	votes: fc.option(fc.nat(32)),
	note: fc.option(fc.constantFrom('_'.repeat(500), '漢'.repeat(500), 'fine')),
});
const anyBoard = fc
	.record({
		title: fc.oneof(name, fc.constant('`'.repeat(120))),
		rows: fc.array(anyRow, { minLength: 1, maxLength: 32 }),
		finished: fc.option(fc.constantFrom(...outcomeSchema.options)),
		excerpt: markdownText.map((text) => text.slice(0, 600).toWellFormed()),
	})
	.map(({ excerpt, ...board }) =>
		boardMessage({ ...board, stoppedBy: 'x', result: { winner: 'y', answers: 1, excerpt, isWhole: false } }),
	);
const longText = fc.array(markdownText, { maxLength: 12 }).map((texts) => texts.join('\n'));
const anyMessage: fc.Arbitrary<ThreadMessage> = fc.oneof(
	anyBoard,
	fc.tuple(name, longText).map(([agent, text]) => slotMessage(text, { agent, name: agent })),
	fc
		.record({
			text: longText,
			outcome: fc.constantFrom(...outcomeSchema.options),
			shortfalls: fc.constantFrom([], [...shortfallSchema.options]),
		})
		.map(({ text, ...more }) => finalMessage(text, more)),
	fc.array(name, { minLength: 1, maxLength: 32 }).map((agents) => ({
		...{ type: 'tally' as const, key: 'tally:1' as const, by: 'all_voted' as const, winner: agents[0] ?? null },
		rows: agents.map((agent) => ({ agent, label: 'l', votes: 1, voters: agents })),
		votes: agents.map((agent) => ({ agent, target: agent, label: 'l', reason: '' })),
		tie: { rule: 'order', tied: agents },
	})),
	fc.array(name, { minLength: 2, maxLength: 32 }).map((candidates) => ({
		...{ type: 'choice' as const, key: 'choice:1' as const, run: 'run-1', orchestration: 1, chosen: null },
		candidates,
	})),
	longText.map((text) => ({
		...{ type: 'review' as const, key: 'review:1' as const, verdict: 'restart' as const },
		reason: text,
		instructions: text,
	})),
);

/** Nested fences, a very long info string, a table, emoji, CJK, and a long word. */
function hardText(length: number): string {
	const piece = [
		'Some **prose** with 👩‍👩‍👧‍👦 and 漢字漢字。',
		'````md',
		'```js',
		'const a = 1;',
		'```',
		'````',
		`\`\`\`${'i'.repeat(300)}`,
		...Array.from({ length: 40 }, (_, index) => `line ${index} 🚀`),
		'```',
		'| a | b |',
		'|---|---|',
		'| 1 | 2 |',
		'x'.repeat(900),
		'漢'.repeat(900),
	].join('\n');
	return `${piece}\n`.repeat(Math.ceil(length / piece.length)).slice(0, length);
}

/** A message without its own lines above and below. */
const partOf = ({ content }: DiscordBody): string =>
	content.replace(/^(## .*\n)?-# .*\n/, '').replace(/\n-# Shortened: .*$/, '');

/** Where in the whole its last shown part may end. */
function endsOf(harmless: string, part: string): readonly number[] {
	const tail = part.replace(/\n?[ \t]*```$/, '').slice(-20);
	return Array.from(harmless, (_, at) => at).filter((at) => harmless.endsWith(tail, at));
}
