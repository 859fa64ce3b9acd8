import { createHash } from 'node:crypto';
import type { PlannedTask } from '../../core/task-plan.ts';
import type { Tool, Toolset } from '../../core/tool.ts';
import { type Operation, operations } from './planning/operations.ts';

/**
 * A task plan of an agent's own, which lasts as long as the run: every turn takes up the plan that was kept last.
 * `maxTasks`: how many tasks it may have.
 */
export function createPlanningToolset({ maxTasks }: { maxTasks: number }): Toolset {
	let offered = new Map<string, Operation>();
	let plan: readonly PlannedTask[] = [];
	return {
		async tools(turn) {
			plan = turn.plan;
			// Whoever reviews judges what is there and has nothing to plan.
			offered = new Map(turn.kind === 'review' ? [] : operations.map((operation) => [operation.name, operation]));
			return [...offered.values()].map(toolOf);
		},
		abilities: () => ({ taskPlanning: offered.size > 0 }),
		async call(name, input) {
			const operation = offered.get(name);
			if (operation === undefined) return { text: `There is no tool ${name} here.`, isError: true };
			const outcome = operation.perform(plan, input, maxTasks);
			if ('refusal' in outcome) return { text: outcome.refusal, isError: true };
			if (outcome.tasks === null) return { text: outcome.text, isError: false };
			plan = outcome.tasks;
			return { text: outcome.text, isError: false, plan };
		},
		async close() {},
	};
}

function toolOf({ name, description, parameters }: Operation): Tool {
	return {
		name,
		description,
		parameters,
		effects: 'none',
		idempotent: false,
		openWorld: false,
		source: 'planning',
		fingerprint: createHash('sha256')
			.update(JSON.stringify([name, description, parameters]))
			.digest('hex'),
		label: 'task plan',
	};
}
