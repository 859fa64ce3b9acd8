import { visibleText } from '../../../core/foreign-text.ts';
import type { PlannedTask, TaskStatus } from '../../../core/task-plan.ts';

type Plan = readonly PlannedTask[];
/** A plan after a change, or in a sentence why it stays as it was. */
export type PlanChange = { tasks: Plan } | { refusal: string };

/** A task as a model describes it. A number means a task by its place in the same list, from 0. */
export interface NewTask {
	id: string | null;
	description: string;
	dependsOn: readonly (string | number)[];
}

/** Every task of a list, in its order, in the place of an earlier plan. */
export function planOf(given: readonly NewTask[], most: number): PlanChange {
	let tasks: Plan = [];
	for (const [index, task] of given.entries()) {
		const dependsOn: string[] = [];
		for (const reference of task.dependsOn) {
			const earlier = typeof reference === 'number' ? tasks[reference] : find(tasks, reference);
			if (earlier == null) return { refusal: badReference(given, reference, index) };
			dependsOn.push(earlier.id);
		}
		const change = added(tasks, { ...task, dependsOn }, null, most);
		if ('refusal' in change) return change;
		tasks = change.tasks;
	}
	return { tasks };
}

function badReference(given: readonly NewTask[], reference: string | number, index: number): string {
	const task = `Task ${index} of the list, counted from 0,`;
	const at = typeof reference === 'number' ? reference : given.findIndex(({ id }) => id === reference);
	if (at === index) return `${task} depends on itself.`;
	if (at > index && at < given.length) {
		return `${task} depends on ${reference}, which comes after it. List a task before those that depend on it.`;
	}
	return `${task} depends on ${reference}, and the list has no such task.`;
}

/** The plan with one more task, after `after` or at the end. */
export function added(
	tasks: Plan,
	given: { id: string | null; description: string; dependsOn: readonly string[] },
	after: string | null,
	most: number,
): PlanChange {
	if (tasks.length >= most) return { refusal: `A plan has at most ${most} tasks. Join some, or delete one first.` };
	const id = given.id ?? freeId(tasks);
	if (tasks.some((task) => task.id === id)) return { refusal: `There is a task ${id} already.` };
	const dependsOn = [...new Set(given.dependsOn)];
	const missing = dependsOn.find((dependency) => find(tasks, dependency) === null);
	if (missing !== undefined) return { refusal: missing === id ? `${id} depends on itself.` : unknown(missing) };
	if (after !== null && find(tasks, after) === null) return { refusal: unknown(after) };
	const at = after === null ? tasks.length : tasks.findIndex((task) => task.id === after) + 1;
	const task: PlannedTask = { id, description: oneLine(given.description), status: 'pending', dependsOn };
	if (task.description === '') return { refusal: 'The description of a task is empty.' };
	return { tasks: tasks.toSpliced(at, 0, task) };
}

/** Nothing is begun or completed before what it depends on. */
export function withStatus(tasks: Plan, id: string, status: TaskStatus): PlanChange {
	const task = find(tasks, id);
	if (task === null) return { refusal: unknown(id) };
	const open = openDependencies(tasks, task);
	if ((status === 'in_progress' || status === 'completed') && open.length > 0) {
		return { refusal: `${id} waits for ${open.join(', ')}. Complete that first, or change what ${id} depends on.` };
	}
	return replaced(tasks, { ...task, status });
}

export function edited(
	tasks: Plan,
	id: string,
	given: { description: string | null; dependsOn: readonly string[] | null },
): PlanChange {
	const task = find(tasks, id);
	if (task === null) return { refusal: unknown(id) };
	const description = given.description === null ? task.description : oneLine(given.description);
	if (description === '') return { refusal: 'The description of a task is empty.' };
	const dependsOn = [...new Set(given.dependsOn ?? task.dependsOn)];
	const missing = dependsOn.find((dependency) => find(tasks, dependency) === null);
	if (missing !== undefined) return { refusal: unknown(missing) };
	const back = dependsOn.find((dependency) => dependency === id || neededFor(tasks, dependency).has(id));
	if (back === id) return { refusal: `${id} depends on itself.` };
	if (back !== undefined) {
		return { refusal: `${id} cannot depend on ${back}, because ${back} depends on ${id}: neither could ever begin.` };
	}
	return replaced(tasks, { ...task, description, dependsOn });
}

export function removed(tasks: Plan, id: string): PlanChange {
	if (find(tasks, id) === null) return { refusal: unknown(id) };
	const dependants = tasks.filter(({ dependsOn }) => dependsOn.includes(id)).map((task) => task.id);
	if (dependants.length > 0) {
		return { refusal: `${id} stays, because ${dependants.join(', ')} depend on it. Change or delete those first.` };
	}
	return { tasks: tasks.filter((task) => task.id !== id) };
}

/** What may be begun now. */
export const readyTasks = (tasks: Plan): Plan =>
	tasks.filter((task) => task.status === 'pending' && openDependencies(tasks, task).length === 0);

/** What waits for other tasks, or was set to blocked. */
export const blockedTasks = (tasks: Plan): Plan =>
	tasks.filter(
		(task) => task.status === 'blocked' || (task.status === 'pending' && openDependencies(tasks, task).length > 0),
	);

/** What a task depends on that is not completed. */
export const openDependencies = (tasks: Plan, { dependsOn }: PlannedTask): string[] =>
	dependsOn.filter((id) => find(tasks, id)?.status !== 'completed');

/** Everything that a task depends on, at first or second hand. */
function neededFor(tasks: Plan, id: string): ReadonlySet<string> {
	const needed = new Set<string>();
	const open = [id];
	for (let next = open.pop(); next !== undefined; next = open.pop()) {
		for (const dependency of find(tasks, next)?.dependsOn ?? []) {
			if (!needed.has(dependency)) open.push(dependency);
			needed.add(dependency);
		}
	}
	return needed;
}

const find = (tasks: Plan, id: string): PlannedTask | null => tasks.find((task) => task.id === id) ?? null;

const replaced = (tasks: Plan, next: PlannedTask): PlanChange => ({
	tasks: tasks.map((task) => (task.id === next.id ? next : task)),
});

function freeId(tasks: Plan): string {
	let number = tasks.length + 1;
	while (tasks.some(({ id }) => id === `task${number}`)) number += 1;
	return `task${number}`;
}

const oneLine = (text: string) => visibleText(text).replace(/\s+/g, ' ').trim();

const unknown = (id: string) => `There is no task ${id}.`;
