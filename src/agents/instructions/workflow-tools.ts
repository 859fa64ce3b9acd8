import type { Turn } from '../../core/agent.ts';
import type { ToolSpec } from '../../core/backend.ts';
import { FIND_TOOLS } from './tool-search.ts';

/** Names that belong to the coordination in each kind of turn, offered at this moment or not. */
const WORKFLOW_NAMES: Readonly<Record<Turn['kind'], readonly string[]>> = {
	answer: ['new_answer', 'vote'],
	evaluate: ['new_answer', 'vote'],
	present: [],
	review: ['submit', 'restart_orchestration'],
};

/** True for a call that the coordination handles; every other call is an ordinary tool's. */
export function isWorkflowCall(kind: Turn['kind'], name: string): boolean {
	return WORKFLOW_NAMES[kind].includes(name);
}

/** True for a name that no ordinary tool may have. */
export function isReservedName(name: string): boolean {
	return name === FIND_TOOLS || Object.values(WORKFLOW_NAMES).some((names) => names.includes(name));
}

/** The workflow tools that a turn offers to the model. */
export function workflowTools(turn: Turn): readonly ToolSpec[] {
	switch (turn.kind) {
		case 'answer':
			return [NEW_ANSWER];
		case 'evaluate':
			return turn.mayAnswer ? [vote(turn.votable), NEW_ANSWER] : [vote(turn.votable)];
		case 'present':
			return [];
		case 'review':
			return [SUBMIT, RESTART];
	}
}

const NEW_ANSWER: ToolSpec = {
	name: 'new_answer',
	description: 'Send a complete answer. It replaces your earlier one. Name the tools it relies on.',
	parameters: object({ content: { type: 'string', description: 'The whole answer.' } }),
};

const SUBMIT: ToolSpec = {
	name: 'submit',
	description: 'The presented answer stands.',
	parameters: object({ confirmed: { type: 'boolean', enum: [true] } }),
};

const RESTART: ToolSpec = {
	name: 'restart_orchestration',
	description: 'Send the team back to work.',
	parameters: object({
		reason: { type: 'string', description: 'What is wrong or missing.' },
		instructions: { type: 'string', description: 'What to do differently.' },
	}),
};

function vote(votable: readonly string[]): ToolSpec {
	return {
		name: 'vote',
		description: 'Vote for the answer that should be presented.',
		parameters: object({
			agent_id: { type: 'string', enum: [...votable] },
			reason: { type: 'string', description: 'One sentence.' },
		}),
	};
}

/** A strict JSON Schema object: everything required, nothing else allowed. */
function object(properties: Record<string, unknown>): Record<string, unknown> {
	return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}
