import { createFence } from './fence.ts';

export interface IrreversibilityQuestion {
	run: string;
	question: string;
	/** Names of the tools that the team really has. */
	tools: readonly string[];
	/** Files in the agents' workspaces are cut off from everything else. */
	isolatedWorkspace: boolean;
}

/** Asks a model, before the team starts, which tools planning mode must block for this question. */
export function irreversibilityAnalysis(asked: IrreversibilityQuestion): { system: string; user: string } {
	const fence = createFence(`${asked.run}\nirreversibility`, [asked.question, ...asked.tools]);
	const files = asked.isolatedWorkspace ? ', and files in the workspace, which is isolated' : '';
	return {
		system: `Decide whether the request in the question block could lead to something that cannot be undone, and which tools must be blocked until a decision is made. Do not fulfil it.
Cannot be undone: sending messages, publishing, deleting outside the workspace, changing external systems, permanent records, commands that change state.
Harmless: reading, searching, listing, fetching, viewing${files}.
Block single writing tools, so that reading still works. Reply with exactly two lines:
IRREVERSIBLE: YES or NO
BLOCKED_TOOLS: names from the tools block, separated by commas; empty if none`,
		user: [fence.block('question', asked.question), fence.block('tools', asked.tools.join('\n'))].join('\n\n'),
	};
}
