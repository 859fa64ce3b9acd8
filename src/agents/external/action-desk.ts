import { createHash } from 'node:crypto';
import type { Tool, Toolset } from '../../core/tool.ts';
import { actionTexts, PERMIT } from '../instructions/actions.ts';
import { isReservedName } from '../instructions/workflow-tools.ts';

/** Takes what an agent of another system wants to do to the gate, as calls, and keeps what was let through. */
export interface ActionDesk {
	/** Has no tools to offer: its calls come from interrupts alone. */
	toolset: Toolset;
	/** The name by which the gate knows an action. */
	nameOf(action: string): string;
	/**
	 * The arguments of a call that was let through in this process, once. Null: it was not, or an earlier process may have
	 * carried it out.
	 */
	take(callId: string): { input: unknown } | null;
}

/** `framework`: where the actions come from, as people know it. */
export function createActionDesk(framework: string): ActionDesk {
	const cleared = new Map<string, { input: unknown }>();
	return {
		toolset: {
			tools: async () => [],
			unlisted: (name) => (isReservedName(name) ? null : toolOf(framework, name)),
			async call(_name, input, { effectKey }) {
				cleared.set(effectKey.slice(effectKey.lastIndexOf('/') + 1), { input });
				return { text: actionTexts.approved, isError: false };
			},
			async close() {},
		},
		nameOf(action) {
			const name = action.replace(/[^\w.-]/g, '_').slice(0, 80) || 'action';
			return isReservedName(name) || name === PERMIT.name ? `agent_${name}` : name;
		},
		take(callId) {
			const taken = cleared.get(callId) ?? null;
			cleared.delete(callId);
			return taken;
		},
	};
}

function toolOf(framework: string, name: string): Tool {
	const isPermit = name === PERMIT.name;
	return {
		name,
		description: isPermit ? PERMIT.description : `An action of the agent's own, which waits for people.`,
		parameters: { type: 'object' },
		// While a team coordinates, an agent may work, and nothing that cannot be undone is done.
		effects: isPermit ? 'external' : 'irreversible',
		idempotent: false,
		openWorld: true,
		source: framework,
		fingerprint: createHash('sha256').update(`${framework}\n${name}`).digest('hex').slice(0, 32),
		label: name.replaceAll('_', ' '),
	};
}
