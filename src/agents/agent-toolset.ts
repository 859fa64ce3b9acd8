import { createHash } from 'node:crypto';
import type { Agent, PresentTurn } from '../core/agent.ts';
import type { Clock } from '../core/clock.ts';
import type { CallOptions, Tool, ToolResult, Toolset } from '../core/tool.ts';
import type { ModelCall } from '../core/usage.ts';

/** An agent that another one may put to work. */
export interface AgentTool {
	/** The name of the tool. */
	name: string;
	/** What it can do, for the model. */
	description: string;
	/** Owned by the toolset. Whatever it would have to ask people about is to be refused. */
	agent: Agent;
	/** Its own tools act and ask nobody: then people approve each call. */
	acts: boolean;
}

export interface AgentToolsetOptions {
	run: string;
	/** At least one. */
	agents: readonly AgentTool[];
	clock: Clock;
	limits: PresentTurn['limits'];
}

/** Longest line that people are shown of what an agent writes meanwhile, in characters. */
const LONGEST_LINE = 120;

/** Agents as tools: people see how far they are, the model gets what they answer in the end. */
export function createAgentToolset({ run, agents, clock, limits }: AgentToolsetOptions): Toolset {
	return {
		tools: async () => agents.map(toolOf),
		async call(name, input, options) {
			const asked = agents.find((one) => one.name === name);
			const task = taskIn(input);
			if (asked === undefined || task === null) {
				return { text: 'Say in `task` what is to be done, in one text.', isError: true };
			}
			const attempt = { run, agent: asked.agent.id, name: 'agent1', attempt: 1, origin: 1 };
			return answerOf(asked.agent, { ...blankTurn, ...attempt, question: task, now: clock.now(), limits }, options);
		},
		async close() {
			await Promise.allSettled(agents.map(({ agent }) => agent.close()));
		},
	};
}

function toolOf({ name, description, acts }: AgentTool): Tool {
	return {
		...{ name, description, label: name.replaceAll('_', ' '), source: 'agents' },
		parameters: {
			type: 'object',
			properties: { task: { type: 'string', description: 'The whole task: it knows nothing of the conversation.' } },
			required: ['task'],
			additionalProperties: false,
		},
		effects: acts ? 'external' : 'none',
		idempotent: !acts,
		openWorld: true,
		fingerprint: createHash('sha256').update(`${name}\n${description}`).digest('hex').slice(0, 32),
	};
}

const blankTurn = {
	...({ kind: 'present', attachments: [], history: [], digest: null, feedback: null, transcript: [] } as const),
	...({ begun: new Map(), tainted: false, files: null, plan: [], repliesUsed: 0, updated: false } as const),
	...({ planning: false, answers: [], votes: 0, voters: 0, reasons: [], tieBreak: null } as const),
};

function taskIn(input: unknown): string | null {
	if (typeof input !== 'object' || input === null || !('task' in input)) return null;
	return typeof input.task === 'string' && input.task.trim() !== '' ? input.task : null;
}

/** What the agent answers, and what its model calls used. */
async function answerOf(agent: Agent, turn: PresentTurn, { signal, progress }: CallOptions): Promise<ToolResult> {
	const calls: ModelCall[] = [];
	let line = '';
	for await (const event of agent.run(turn, signal)) {
		if ('calls' in event) calls.push(...event.calls);
		if (event.type === 'text_delta') {
			line = `${line}${event.text}`;
			const [shown, ...rest] = line.split('\n').reverse();
			const written = rest.find((one) => one.trim() !== '');
			if (written !== undefined) progress(written.trim().slice(0, LONGEST_LINE));
			line = shown ?? '';
		}
		if (event.type === 'tool_started') progress(event.label);
		if (event.type === 'tool_progressed') progress(event.text.slice(0, LONGEST_LINE));
		if (event.type === 'answered') return { text: event.content, isError: false, calls };
		if (event.type === 'failed') return { text: event.message, isError: true, calls };
	}
	return { text: 'The agent came to no result.', isError: true, calls };
}
