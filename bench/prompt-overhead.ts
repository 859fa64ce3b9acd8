import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { openingMessage } from '../src/agents/instructions/opening-message.ts';
import { systemPrompt } from '../src/agents/instructions/system-prompt.ts';
import { workflowTools } from '../src/agents/instructions/workflow-tools.ts';
import { noAbilities } from '../src/core/abilities.ts';
import type { EvaluateTurn, Turn } from '../src/core/agent.ts';

/** Tokens (o200k) that coordination adds to one model call: everything but question, answers and the agent's own system message. */
export interface PromptOverhead {
	system: number;
	tools: number;
	frame: number;
	total: number;
}

/** The overhead of the first model call of a turn, whose question and answers must be single words. */
export function promptOverhead(turn: Turn): PromptOverhead {
	const system = countTokens(systemPrompt('', turn, noAbilities));
	const tools = workflowTools(turn).reduce((sum, tool) => sum + countTokens(JSON.stringify(tool)), 0);
	const frame = countTokens(openingMessage(turn)) - 1 - turn.answers.length;
	return { system, tools, frame, total: system + tools + frame };
}

const common = {
	run: 'bench',
	agent: 'a',
	name: 'agent1',
	attempt: 1,
	origin: 1,
	question: 'Q',
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
	now: Date.UTC(2026, 0, 31),
	limits: { replies: 3, steps: 60, tools: 30 },
	planning: false,
	check: () => null,
} as const;

const NAMES = ['agent1', 'agent2', 'agent3'];
const answers = NAMES.map((name) => ({ name, version: 1, content: 'A', mine: false }));

function evaluation(sensitivity: EvaluateTurn['sensitivity'], novelty: EvaluateTurn['novelty']): Turn {
	return { ...common, kind: 'evaluate', answers, votable: NAMES, mayAnswer: true, sensitivity, novelty };
}

/** Typical turns of a team of three. */
export const measuredTurns: Readonly<Record<string, Turn>> = {
	'first answer': { ...common, kind: 'answer', answers: [] },
	'evaluation, lenient': evaluation('lenient', 'lenient'),
	'evaluation, balanced': evaluation('balanced', 'balanced'),
	'evaluation, strict': evaluation('strict', 'strict'),
	presentation: { ...common, kind: 'present', answers, votes: 3, voters: 3, reasons: [], tieBreak: null },
	review: { ...common, kind: 'review', answers: [], presented: '' },
};

if (import.meta.main) {
	for (const [name, turn] of Object.entries(measuredTurns)) console.log(name, promptOverhead(turn));
}
