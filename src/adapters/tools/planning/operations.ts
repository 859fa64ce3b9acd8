import { z } from 'zod';
import { type PlannedTask, taskStatusSchema } from '../../../core/task-plan.ts';
import {
	added,
	blockedTasks,
	edited,
	openDependencies,
	type PlanChange,
	planOf,
	readyTasks,
	removed,
	withStatus,
} from './edit-plan.ts';

type Plan = readonly PlannedTask[];

/** What came of an operation: the text for the model, and the plan if it is another one now. */
export type Outcome = { tasks: Plan | null; text: string } | { refusal: string };

/** One of the tools. */
export interface Operation {
	name: string;
	description: string;
	parameters: Record<string, unknown>;
	/** `input` is unchecked. `most`: how many tasks a plan may have. */
	perform(plan: Plan, input: unknown, most: number): Outcome;
}

const id = z
	.string()
	.regex(/^[A-Za-z0-9_-]{1,40}$/)
	.describe('Letters, digits, _ and -; at most 40.');
const taskId = z.string().describe('Id of a task of the plan.');
const description = z.string().max(300).describe('What is to be done, in one line of at most 300 characters.');
const dependsOn = z.array(z.string()).max(100).describe('Ids of the tasks that must be completed first.');
const newTask = z.strictObject({
	id: id.optional(),
	description,
	depends_on: z
		.array(z.union([z.string(), z.int()]))
		.max(100)
		.describe('Tasks before it in this list that must be completed first: their ids, or places counted from 0.')
		.optional(),
});

export const operations: readonly Operation[] = [
	operation({
		name: 'create_task_plan',
		description: 'Begin a task plan for yourself. It takes the place of an earlier one.',
		input: z.strictObject({ tasks: z.array(z.union([description, newTask])).min(1) }),
		perform: (_, { tasks }, most) => changed(planOf(tasks.map(taskOf), most)),
	}),
	operation({
		name: 'add_task',
		description: 'Add a task to your plan.',
		input: z.strictObject({
			description,
			task_id: id.optional(),
			depends_on: dependsOn.optional(),
			after_task_id: taskId.describe('The task it is listed after; at the end if left out.').optional(),
		}),
		perform: (plan, { task_id = null, description: text, depends_on = [], after_task_id = null }, most) =>
			changed(added(plan, { id: task_id, description: text, dependsOn: depends_on }, after_task_id, most)),
	}),
	operation({
		name: 'update_task_status',
		description: 'Say how a task of your plan stands. Returns the tasks that may be begun because of it.',
		input: z.strictObject({ task_id: taskId, status: taskStatusSchema }),
		perform(plan, { task_id, status }) {
			const change = withStatus(plan, task_id, status);
			if ('refusal' in change) return change;
			const before = new Set(readyTasks(plan).map((task) => task.id));
			const fresh = readyTasks(change.tasks).filter((task) => !before.has(task.id) && task.id !== task_id);
			const news = fresh.length === 0 ? '' : ` Newly ready: ${fresh.map((task) => task.id).join(', ')}.`;
			return { tasks: change.tasks, text: `${task_id} is ${status}.${news}` };
		},
	}),
	operation({
		name: 'edit_task',
		description: 'Change what a task of your plan says or depends on.',
		input: z.strictObject({ task_id: taskId, description: description.optional(), depends_on: dependsOn.optional() }),
		perform: (plan, { task_id, description: text = null, depends_on = null }) =>
			changed(edited(plan, task_id, { description: text, dependsOn: depends_on })),
	}),
	operation({
		name: 'get_task_plan',
		description: 'Your plan, with the status of every task.',
		input: z.strictObject({}),
		perform: (plan) => ({ tasks: null, text: listed(plan, plan, 'There is no plan.') }),
	}),
	operation({
		name: 'delete_task',
		description: 'Delete a task of your plan that no other depends on.',
		input: z.strictObject({ task_id: taskId }),
		perform: (plan, { task_id }) => changed(removed(plan, task_id)),
	}),
	operation({
		name: 'get_ready_tasks',
		description: 'The tasks of your plan that may be begun now.',
		input: z.strictObject({}),
		perform: (plan) => ({ tasks: null, text: listed(plan, readyTasks(plan), 'No task is ready.') }),
	}),
	operation({
		name: 'get_blocked_tasks',
		description: 'The tasks of your plan that wait for others, and for which.',
		input: z.strictObject({}),
		perform: (plan) => ({ tasks: null, text: listed(plan, blockedTasks(plan), 'No task is blocked.') }),
	}),
];

function operation<Input extends z.ZodType>(given: {
	name: string;
	description: string;
	input: Input;
	perform(plan: Plan, input: z.output<Input>, most: number): Outcome;
}): Operation {
	const { name, description: text, input } = given;
	const { $schema: _, ...parameters } = z.toJSONSchema(input, { io: 'input' });
	return {
		name,
		description: text,
		parameters,
		perform(plan, unchecked, most) {
			const checked = input.safeParse(unchecked);
			if (!checked.success) return { refusal: `The arguments are wrong. ${z.prettifyError(checked.error)}` };
			return given.perform(plan, checked.data, most);
		},
	};
}

const taskOf = (task: string | z.output<typeof newTask>) =>
	typeof task === 'string'
		? { id: null, description: task, dependsOn: [] }
		: { id: task.id ?? null, description: task.description, dependsOn: task.depends_on ?? [] };

/** A change is answered with the whole plan, so that the model knows the ids. */
function changed(change: PlanChange): Outcome {
	if ('refusal' in change) return change;
	return { tasks: change.tasks, text: listed(change.tasks, change.tasks, 'The plan is empty.') };
}

function listed(plan: Plan, tasks: Plan, none: string): string {
	const lines = tasks.map((task) => {
		const open = openDependencies(plan, task);
		const waits = open.length === 0 ? '' : `, after ${open.join(', ')}`;
		return `${task.id} (${task.status}${waits}): ${task.description}`;
	});
	return lines.length === 0 ? none : lines.join('\n');
}
