import type {
	AgentEvent,
	AnswerTurn,
	EvaluateTurn,
	PresentTurn,
	ReviewTurn,
	SeenAnswer,
} from '../../../src/core/agent.ts';

const common = {
	run: 'run-1',
	agent: 'real-id-of-ada',
	name: 'agent1',
	attempt: 1,
	origin: 1,
	question: 'Is the sea blue?',
	attachments: [],
	history: [],
	digest: null,
	feedback: null,
	transcript: [],
	begun: new Map<string, string>(),
	tainted: false,
	files: null,
	plan: [],
	repliesUsed: 0,
	updated: false,
	now: Date.UTC(2026, 0, 31, 12),
	limits: { replies: 3, steps: 60, tools: 30 },
	planning: false,
	check: () => null,
} as const;

export const seen = (name: string, content: string, mine = false): SeenAnswer => ({ name, version: 1, content, mine });

export const answerTurn = (given: Partial<AnswerTurn> = {}): AnswerTurn => ({
	...common,
	kind: 'answer',
	answers: [],
	...given,
});

export const evaluateTurn = (given: Partial<EvaluateTurn> = {}): EvaluateTurn => ({
	...common,
	kind: 'evaluate',
	answers: [seen('agent1', 'Yes.', true), seen('agent2', 'Mostly, by scattering.')],
	votable: ['agent1', 'agent2'],
	mayAnswer: true,
	sensitivity: 'lenient',
	novelty: 'lenient',
	...given,
});

export const presentTurn = (given: Partial<PresentTurn> = {}): PresentTurn => ({
	...common,
	kind: 'present',
	answers: [seen('agent1', 'Yes.', true), seen('agent2', 'Mostly, by scattering.')],
	votes: 2,
	voters: 2,
	reasons: ['clear', 'short'],
	tieBreak: null,
	...given,
});

export const reviewTurn = (given: Partial<ReviewTurn> = {}): ReviewTurn => ({
	...common,
	kind: 'review',
	answers: [],
	presented: 'The sea is blue.',
	...given,
});

/** Every event of a run, in order. */
export async function eventsOf(events: AsyncIterable<AgentEvent>): Promise<AgentEvent[]> {
	const all: AgentEvent[] = [];
	for await (const event of events) all.push(event);
	return all;
}
