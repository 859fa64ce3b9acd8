import { describe, expect, it } from 'vitest';
import { correction, type RefusalReason } from '../../../../src/agents/instructions/correction.ts';
import { irreversibilityAnalysis } from '../../../../src/agents/instructions/irreversibility.ts';
import { openingMessage } from '../../../../src/agents/instructions/opening-message.ts';
import { spokenCalls } from '../../../../src/agents/instructions/spoken-calls.ts';
import { systemPrompt } from '../../../../src/agents/instructions/system-prompt.ts';
import { toolResults } from '../../../../src/agents/instructions/tool-results.ts';
import { updateMessage } from '../../../../src/agents/instructions/update.ts';
import { workflowTools } from '../../../../src/agents/instructions/workflow-tools.ts';
import { type Abilities, noAbilities } from '../../../../src/core/abilities.ts';
import { refusalSchema } from '../../../../src/core/coordination.ts';
import { answerTurn, evaluateTurn, presentTurn, reviewTurn } from '../turns.ts';

const LEVELS = ['lenient', 'balanced', 'strict'] as const;
const history = [{ question: 'And the sky?', answer: 'Also blue.' }];
const feedback = { orchestration: 2, reason: 'no source', instructions: 'cite one', previousAnswer: 'It is blue.' };

describe('calls in writing', () => {
	it('are explained with all that a call needs', () => {
		expect(spokenCalls(workflowTools(evaluateTurn()), 'evaluate')).toMatchSnapshot();
		expect(spokenCalls(workflowTools(answerTurn()), 'answer')).toMatchSnapshot();
	});
});

describe('the system prompt', () => {
	it('names the agent first, then the team, conduct and date', () => {
		expect(systemPrompt('You are a poet.', answerTurn(), noAbilities)).toMatchSnapshot();
	});

	const abilities: Partial<Abilities>[] = [
		{ planning: true },
		{
			workspace: {
				path: '/work/ada',
				references: '/work/others',
				attachments: '/work/attached',
				earlier: '/work/earlier',
				contextPaths: [
					{ path: '/docs', permission: 'read' },
					{ path: '/site', permission: 'write' },
				],
			},
		},
		{ workspace: { path: '/work/ada', references: null, attachments: null, earlier: null, contextPaths: [] } },
		{ commands: { system: 'Debian, Node 24', packageManagers: ['npm', 'pip'], sudo: true, network: true } },
		{ commands: { system: 'Debian', packageManagers: [], sudo: false, network: false } },
		{ taskPlanning: true },
		{ notes: { short: [{ name: 'user', text: 'likes\n brevity' }], long: ['trip', 'budget'] } },
		{ skills: [{ name: 'charts', description: 'how we draw charts' }] },
		{ fileSearch: true },
		{ media: ['image', 'audio'] },
	];
	const plain = systemPrompt('', answerTurn(), noAbilities);

	it.each(abilities.map((ability) => [Object.keys(ability).join(), ability] as const))(
		'has a section for: %s',
		(_, ability) => {
			const all = { ...noAbilities, ...ability };
			const sections = (turn: ReturnType<typeof answerTurn> | ReturnType<typeof presentTurn>) =>
				systemPrompt('', turn, all)
					.split('\n\n')
					.filter((part) => !plain.includes(part))
					.join('\n\n');
			expect(sections(answerTurn())).toMatchSnapshot('while the team works');
			expect(sections(presentTurn())).toMatchSnapshot('for the presenter');
		},
	);
});

describe('the opening message', () => {
	it('of a first answer', () => expect(openingMessage(answerTurn())).toMatchSnapshot());
	it('with history and feedback', () => expect(openingMessage(answerTurn({ history, feedback }))).toMatchSnapshot());

	for (const level of LEVELS) {
		it(`of an evaluation, sensitivity and novelty ${level}`, () => {
			expect(openingMessage(evaluateTurn({ sensitivity: level, novelty: level }))).toMatchSnapshot();
		});
	}

	it('of an evaluation at the answer limit', () => {
		expect(openingMessage(evaluateTurn({ mayAnswer: false }))).toMatchSnapshot();
	});

	it('of a presentation', () => expect(openingMessage(presentTurn())).toMatchSnapshot());

	it.each(['order', 'earliest', 'requester'] as const)('case 80: of a presentation after a tie, by %s', (tieBreak) => {
		expect(openingMessage(presentTurn({ tieBreak, reasons: [], votes: 1 }))).toMatchSnapshot();
	});

	it('of a presentation without votes', () => {
		expect(openingMessage(presentTurn({ votes: 0, reasons: [] }))).toMatchSnapshot();
	});

	it('of a direct presentation', () => {
		expect(openingMessage(presentTurn({ answers: [], votes: 0, reasons: [] }))).toMatchSnapshot();
	});

	it('of a review', () => expect(openingMessage(reviewTurn())).toMatchSnapshot());

	it('tells an evaluating agent neither whose answer is its own, nor votes, nor real ids', () => {
		const text = openingMessage(evaluateTurn());
		for (const hidden of ['yours', 'real-id-of-ada', 'votes.']) expect(text).not.toContain(hidden);
		expect(
			openingMessage(evaluateTurn({ answers: evaluateTurn().answers.map((answer) => ({ ...answer, mine: false })) })),
		).toBe(text);
	});
});

describe('messages inside a turn', () => {
	it('update', () => {
		expect(updateMessage(evaluateTurn({ updated: true }))).toMatchSnapshot();
		expect(updateMessage(evaluateTurn({ updated: true, mayAnswer: false }))).toMatchSnapshot();
	});

	const reasons: RefusalReason[] = [...refusalSchema.options, 'several_verdicts'];
	it.each(reasons)('correction: %s', (reason) => {
		const turns = [answerTurn(), evaluateTurn(), evaluateTurn({ mayAnswer: false }), reviewTurn()];
		expect(turns.map((turn) => correction(reason, turn, false))).toMatchSnapshot();
	});

	it('correction of a reply that was cut', () => {
		expect(correction('arguments_invalid', answerTurn(), true)).toMatchSnapshot();
	});

	it('results of calls that reached no tool', () => {
		expect([
			toolResults.unknown('serach', ['search', 'read']),
			toolResults.unknown('search', []),
			toolResults.brokenArguments(true),
			toolResults.planned('send_mail'),
			toolResults.failed('search', 'no network'),
		]).toMatchSnapshot();
	});
});

describe('the workflow tools', () => {
	it.each([
		['a first answer', answerTurn()],
		['an evaluation', evaluateTurn()],
		['an evaluation at the answer limit', evaluateTurn({ mayAnswer: false })],
		['a presentation', presentTurn()],
		['cases 6A 3 to 5: a review', reviewTurn()],
	])('of %s', (_, turn) => expect(workflowTools(turn)).toMatchSnapshot());

	it('are strict: an object with everything required and nothing else allowed', () => {
		for (const tool of [...workflowTools(evaluateTurn()), ...workflowTools(reviewTurn())]) {
			expect(tool.parameters).toMatchObject({ type: 'object', additionalProperties: false });
			const { properties, required } = tool.parameters as { properties: object; required: string[] };
			expect(required).toEqual(Object.keys(properties));
		}
	});
});

it.each([true, false])('the irreversibility analysis, isolated workspace: %s', (isolatedWorkspace) => {
	const asked = { run: 'run-1', question: 'Post it.', tools: ['mcp__chat__post', 'read'], isolatedWorkspace };
	expect(irreversibilityAnalysis(asked)).toMatchSnapshot();
});
