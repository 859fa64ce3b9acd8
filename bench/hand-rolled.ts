import { openingMessage } from '../src/agents/instructions/opening-message.ts';
import { systemPrompt } from '../src/agents/instructions/system-prompt.ts';
import { workflowTools } from '../src/agents/instructions/workflow-tools.ts';
import { noAbilities } from '../src/core/abilities.ts';
import type { SeenAnswer, Turn } from '../src/core/agent.ts';
import type { ToolSpec } from '../src/core/backend.ts';
import type { PeerRun, PeerSetup } from './peer-main.ts';
import { modelOf } from './peer-main.ts';

export interface HandRolledCall {
	model: string;
	system: string;
	prompt: string;
	tools: readonly ToolSpec[];
}

/** One model call; `onText` is called with each piece of text. */
export type HandRolledModel = (
	call: HandRolledCall,
	onText: (text: string) => void,
) => Promise<{ text: string; tool: string; arguments: string }>;

/** The request body that both hand-rolled programs send. */
export const chatBody = ({ model, system, prompt, tools }: HandRolledCall) => ({
	model,
	stream: true as const,
	messages: [
		{ role: 'system' as const, content: system },
		{ role: 'user' as const, content: prompt },
	],
	...(tools.length === 0
		? {}
		: {
				tools: tools.map(({ name, description, parameters }) => ({
					type: 'function' as const,
					function: { name, description, parameters },
				})),
				tool_choice: 'required' as const,
			}),
});

const common = {
	run: 'bench',
	attempt: 1,
	origin: 1,
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

/** The job without any of our machinery: `Promise.all` over the same prompts and tools, and nothing is kept. */
export function handRolledRun({ agents, posted }: PeerSetup, model: HandRolledModel): PeerRun {
	const names = Array.from({ length: agents }, (_, index) => `agent${index + 1}`);
	const take = async (index: number, turn: Turn) => {
		let shown = 0;
		const reply = await model(
			{
				model: modelOf(index),
				system: systemPrompt('', turn, noAbilities),
				prompt: openingMessage(turn),
				tools: workflowTools(turn),
			},
			(text) => {
				shown += text.length;
			},
		);
		if (shown !== reply.text.length) throw new Error('text was lost on the way');
		return reply;
	};

	return async (question) => {
		const facts = (index: number) => ({ ...common, question, agent: `a${index}`, name: names[index] ?? '' });
		const contents = await Promise.all(
			names.map(async (_, index) => {
				const reply = await take(index, { ...facts(index), kind: 'answer', answers: [] });
				const { content } = JSON.parse(reply.arguments) as { content: string };
				posted();
				return content;
			}),
		);
		const answersFor = (viewer: number): SeenAnswer[] =>
			contents.map((content, index) => ({
				name: names[index] ?? '',
				version: 1,
				content,
				mine: index === viewer,
			}));
		const votes = await Promise.all(
			names.map(async (_, index) => {
				const reply = await take(index, {
					...facts(index),
					kind: 'evaluate',
					answers: answersFor(index),
					votable: names,
					mayAnswer: true,
					sensitivity: 'lenient',
					novelty: 'lenient',
				});
				return (JSON.parse(reply.arguments) as { agent_id: string }).agent_id;
			}),
		);
		posted();
		const winner = votes[0] ?? '';
		const presenter = names.indexOf(winner);
		const final = await take(presenter, {
			...facts(presenter),
			kind: 'present',
			answers: answersFor(presenter),
			votes: votes.length,
			voters: votes.length,
			reasons: [],
			tieBreak: null,
		});
		posted();
		return { answers: contents, votes, winner, final: final.text };
	};
}
