import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { controlId } from '../../../../../src/adapters/gateways/shared/controls.ts';
import {
	BLOCKS_BUDGET,
	MAX_BLOCKS,
	MAX_MARKDOWN,
	MAX_TEXT,
} from '../../../../../src/adapters/gateways/slack/limits.ts';
import { renderSlack } from '../../../../../src/adapters/gateways/slack/render-slack.ts';
import type { SlackBlock, SlackBody } from '../../../../../src/adapters/gateways/slack/slack-body.ts';
import type { ThreadMessage } from '../../../../../src/core/gateway.ts';
import type { Verbosity } from '../../../../../src/core/run.ts';
import { blockProblems, sizeOf } from '../../../../platforms/slack/block-rules.ts';
import { liveMentions, liveMentionsIn } from '../../../../platforms/slack/mention-rules.ts';
import { renderBlocks } from '../../../../platforms/slack/rendering.ts';
import { isWhole, openFenceOf } from '../shared/fence-scan.ts';
import { anyMessage, board, choice, contextOf, final, row, slot, tally, text, writing } from './thread-messages.ts';

const render = (message: ThreadMessage, verbosity: Verbosity = 'normal') => renderSlack(message, contextOf(verbosity));
const messagesOf = (bodies: readonly SlackBody[]) => bodies.flatMap((body) => (body.type === 'message' ? [body] : []));
const read = (message: ThreadMessage, verbosity: Verbosity = 'normal') =>
	messagesOf(render(message, verbosity))
		.map(({ blocks }) => renderBlocks(blocks).join('\n'))
		.join('\n---\n');
const nobody = new Set<string>();
const markdownOf = (blocks: readonly SlackBlock[]) =>
	blocks.flatMap((block) => (block.type === 'markdown' ? [String(block.text)] : []));
const verbosities = fc.constantFrom<Verbosity>('quiet', 'normal', 'full');

const HOSTILE =
	'<!channel> <!here> <!everyone|all> <@U1> <@W12|ada> <!subteam^S1> \u202Ereversed\u202C\u200B see <https://example.com|this> and [that](https://example.com)';

describe('every message', () => {
	it('case 22: is within the limits, says in text what its blocks say, and its buttons are there in both forms', () => {
		fc.assert(
			fc.property(anyMessage, verbosities, (message, verbosity) => {
				for (const body of messagesOf(render(message, verbosity))) {
					expect(body.text.trim()).not.toBe('');
					expect(body.text.length).toBeLessThanOrEqual(MAX_TEXT);
					const buttons = body.controls.map(controlId);
					for (const blocks of [body.blocks, body.plainBlocks]) {
						expect(blockProblems(blocks, 'message')).toEqual([]);
						expect(blocks.length).toBeLessThanOrEqual(MAX_BLOCKS);
						expect(sizeOf(blocks)).toBeLessThanOrEqual(BLOCKS_BUDGET);
						const shown = blocks.flatMap(({ type, elements }) => (type === 'actions' ? elements : []));
						expect((shown as { action_id: string }[]).map(({ action_id }) => action_id)).toEqual(buttons);
					}
				}
			}),
			{ numRuns: 300 },
		);
	});

	it('case 20: pings nobody and hides nothing, whatever a model wrote', () => {
		fc.assert(
			fc.property(anyMessage, verbosities, (message, verbosity) => {
				for (const body of render(message, verbosity)) {
					const words = body.type === 'stream' ? [body.markdown, body.text] : [body.text];
					expect(words.flatMap((one) => liveMentions(one, nobody))).toEqual([]);
					if (body.type === 'message') {
						expect(liveMentionsIn(body.blocks, nobody)).toEqual([]);
						expect(liveMentionsIn(body.plainBlocks, nobody)).toEqual([]);
					}
					const shown = JSON.stringify(body.type === 'file' ? body.text : body);
					expect(shown).not.toMatch(/[\u200b\u202a-\u202e\u2066-\u2069]/);
				}
			}),
			{ numRuns: 300 },
		);
	});

	it('is the same for the same message', () => {
		fc.assert(
			fc.property(anyMessage, verbosities, (message, verbosity) => {
				expect(render(message, verbosity)).toEqual(render(structuredClone(message), verbosity));
			}),
			{ numRuns: 50 },
		);
	});
});

describe('case 20: a hostile answer', () => {
	it.each([
		['a slot', slot(HOSTILE)],
		['the result', final(HOSTILE)],
		['the result while it is written', writing(HOSTILE)],
		[
			'the card',
			board({ finished: 'answered', result: { winner: 'sage', answers: 2, excerpt: HOSTILE, isWhole: true } }),
		],
	])('keeps its links and loses its mentions in %s', (_where, message) => {
		const [body] = render(message);
		const shown =
			body?.type === 'stream' ? body.markdown : markdownOf(body?.type === 'message' ? body.blocks : []).join();
		expect(shown).toBe(
			'< !channel> < !here> < !everyone|all> < @U1> < @W12|ada> < !subteam^S1> reversed see <https://example.com|this> and [that](https://example.com)',
		);
	});

	it('has no mark of ours in it', () => {
		expect(JSON.stringify(render(slot('\u0001U1\u0001')))).not.toContain('\\u0001');
	});
});

describe('case 18: a long answer', () => {
	const long = (characters: number) => {
		const fenced = `\`\`\`js ${'info'.repeat(75)}\nconst x = 1;\n~~~\n\`\`\`\n`;
		const prose = `| a | b |\n|---|---|\n| 1 | 2 |\n\n👩‍👩‍👧 漢字かな交じり文 ${'unbroken'.repeat(60)}\n\nA sentence. Another one.\n\n`;
		return (fenced + prose).repeat(Math.ceil(characters / (fenced + prose).length)).slice(0, characters);
	};
	const source = long(60_000).replace(/[\uD800-\uDBFF]$/, '');

	it.each([
		['the result', final(source)],
		['a slot', slot(source)],
	])('is split, with nothing lost and every fence whole, in %s', (_where, message) => {
		const bodies = messagesOf(render(message, 'full'));
		expect(bodies.length).toBeGreaterThan(5);
		const parts = bodies.flatMap(({ blocks }) => markdownOf(blocks));
		expect(parts).toHaveLength(bodies.length);
		for (const [index, part] of parts.entries()) {
			expect(openFenceOf(part)).toBeNull();
			expect(part.isWellFormed()).toBe(true);
			expect(sizeOf(bodies[index]?.blocks)).toBeLessThanOrEqual(BLOCKS_BUDGET);
		}
		expect(isWhole(source, parts)).toBe(true);
	});

	it('case 24: more than a message can hold goes on in the next, and nothing is refused', () => {
		fc.assert(
			fc.property(text(80), (content) => {
				const parts = messagesOf(render(final(content), 'full')).flatMap(({ blocks }) => markdownOf(blocks));
				for (const part of parts) expect(part.length).toBeLessThanOrEqual(MAX_MARKDOWN);
			}),
			{ numRuns: 100 },
		);
		const long = 'A sentence of twelve words that says nothing much at all. '.repeat(200);
		expect(messagesOf(render(final(long), 'normal')).length).toBe(2);
	});

	it('is attached as a file where not everything is shown, and says so', () => {
		const [first, second, file, ...more] = render(final(source), 'normal');
		expect([first?.type, second?.type, file?.type, more.length]).toEqual(['message', 'message', 'file', 0]);
		expect(file).toMatchObject({ files: [{ name: 'run-1-answer.md', content: source }] });
		expect(second?.text).toMatch(/^Answer\n/);
		expect(read(final(source))).toContain('Shortened; the whole answer (60,000 characters) is in the file below.');
		const [shortened, slotFile] = render(slot(source, { version: 3, versions: 3 }));
		expect(slotFile).toMatchObject({ type: 'file', files: [{ name: 'run-1-sage-v3.md', content: source }] });
		expect(sizeOf(shortened?.type === 'message' ? shortened.blocks : [])).toBeLessThan(3500);
	});
});

describe('a text that is being written', () => {
	it('only ever grows until a part is full', () => {
		fc.assert(
			fc.property(text(25), fc.array(fc.nat(9000), { minLength: 2, maxLength: 6 }), (content, cuts) => {
				const lengths = cuts.map((cut) => Math.min(cut, content.length)).toSorted((a, b) => a - b);
				const shown = lengths.map((length) => render(writing(content.slice(0, length)), 'full'));
				for (const [index, now] of shown.entries()) {
					const next = shown[index + 1];
					if (next === undefined || now.length !== next.length) continue;
					const [before, after] = [now.at(-1), next.at(-1)];
					if (before?.type !== 'stream' || after?.type !== 'stream' || before.isDone !== after.isDone) continue;
					expect(after.markdown.startsWith(before.markdown)).toBe(true);
				}
			}),
			{ numRuns: 300 },
		);
	});

	it('holds back the beginning of what could ring', () => {
		const at = (content: string) => render(writing(content)).map((body) => body.type === 'stream' && body.markdown);
		expect(['Hi <', 'Hi <!', 'Hi <!chan', 'Hi <!channel>', 'Hi <@U'].map(at)).toEqual([
			['Hi '],
			['Hi '],
			['Hi '],
			['Hi < !channel>'],
			['Hi '],
		]);
	});

	it('says before the text that not all agents speak', () => {
		const [body] = render(writing('So far.', { answers: 3, agents: 5 }));
		expect(body).toMatchObject({ markdown: '**Best available answer (3 of 5 agents)**\n\nSo far.' });
	});
});

describe('what people read', () => {
	const failed = (agent: string, note: string) => row(agent, { state: 'out', note });
	const partial = { outcome: 'partial', answers: 3, agents: 5, shortfalls: ['below_quorum', 'agent_out'] } as const;

	it('case 31: two of five agents failed', () => {
		const rows = [row('a', { votes: 2 }), row('b', { votes: 1 }), row('c', { votes: 0 })];
		const out = [failed('d', 'the key is wrong'), failed('e', 'took too long')];
		const result = { winner: 'a', answers: 3, excerpt: 'Because of the air.', isWhole: true };
		expect(read(board({ rows: [...rows, ...out], finished: 'partial', result }))).toMatchSnapshot('the card');
		const [body] = messagesOf(render(final('Because of the air.', { ...partial, winner: 'a' })));
		expect(read(final('Because of the air.', { ...partial, winner: 'a' }))).toMatchSnapshot('the result');
		expect(body?.text).toMatch(/^Best available answer \(3 of 5 agents\)\nNot every agent/);
	});

	it('case 31: all agents failed', () => {
		const rows = [failed('a', 'the key is wrong'), failed('b', 'took too long')];
		const result = { winner: null, answers: 0, excerpt: '', isWhole: true };
		const card = board({ rows, finished: 'failed', result });
		expect(read(card)).toMatchSnapshot('the card');
		expect(messagesOf(render(card))[0]?.controls.map(({ action }) => action)).toEqual(['retry']);
		const none = final('', { outcome: 'failed', winner: null, answers: 0, shortfalls: ['agent_out'] });
		expect(read(none)).toMatchSnapshot('the result');
	});

	it('a run that somebody stopped', () => {
		const result = { winner: null, answers: 0, excerpt: '', isWhole: true };
		expect(read(board({ finished: 'stopped', stoppedBy: 'U2', result }))).toMatchSnapshot();
	});

	it('case 32: a tie, and the rule that broke it', () => {
		const tied = ['sage', 'critic'];
		const broken = tally({ tie: { rule: 'earliest', tied } });
		expect(read(broken)).toMatchSnapshot();
		expect(messagesOf(render(broken))[0]?.text).toContain('The earliest answer wins: sage.');
		expect(messagesOf(render(tally({ tie: { rule: 'requester', tied }, winner: null })))[0]?.text).toContain(
			'A tie between sage, critic.',
		);
	});

	it('a vote in which nobody voted', () => {
		expect(read(tally({ by: 'run_deadline', votes: [], rows: [], winner: null }))).toMatchSnapshot();
	});

	it('a choice, open and made', () => {
		expect(read(choice())).toMatchSnapshot('open');
		expect(read(choice({ chosen: 'critic' }))).toMatchSnapshot('made');
		expect(messagesOf(render(choice({ chosen: 'critic' })))[0]?.controls).toEqual([]);
	});

	it('a review', () => {
		const review = {
			type: 'review',
			key: 'review:1',
			reason: 'No figures.',
			instructions: 'Add <b>figures</b>.',
		} as const;
		expect(read({ ...review, verdict: 'restart' })).toMatchSnapshot('back to work');
		expect(read({ ...review, verdict: 'submit' })).toMatchSnapshot('stands');
	});

	it('a board with tools, notes and failures, in both forms', () => {
		const rows = [
			row('sage', { state: 'thinking', tool: 'web search' }),
			row('critic', { state: 'waiting' }),
			row('builder', { state: 'answered', version: 2 }),
			failed('looker', 'Invalid key: <!channel> *bold*'),
		];
		const [body] = messagesOf(render(board({ rows, orchestration: 2 })));
		expect(renderBlocks(body?.blocks).join('\n')).toMatchSnapshot('blocks');
		expect(renderBlocks(body?.plainBlocks).join('\n')).toMatchSnapshot('plain blocks');
		expect(body?.text).toMatchSnapshot('text');
	});

	it('nothing but the board, a choice and the result where it is to be quiet', () => {
		const all: readonly ThreadMessage[] = [board(), slot('x'), tally(), choice(), final('x')];
		expect(all.map((message) => render(message, 'quiet').length)).toEqual([1, 0, 0, 1, 1]);
		expect(render({ type: 'queue', key: 'queue', waiting: [] })).toEqual([]);
	});
});
