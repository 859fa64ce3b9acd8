import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { operations } from '../../../../src/adapters/tools/planning/operations.ts';
import { createPlanningToolset } from '../../../../src/adapters/tools/planning.ts';
import type { PlannedTask } from '../../../../src/core/task-plan.ts';
import type { ToolResult } from '../../../../src/core/tool.ts';
import { anyTurn, unstopped } from '../../../support/mcp.ts';

/** The tools over a plan, and what each call gave. */
async function planner({ plan = [], maxTasks = 10 }: { plan?: readonly PlannedTask[]; maxTasks?: number } = {}) {
	const toolset = createPlanningToolset({ maxTasks });
	await toolset.tools({ ...anyTurn, plan });
	return (name: string, input: unknown = {}): Promise<ToolResult> => toolset.call(name, input, unstopped());
}

const task = (id: string, status: PlannedTask['status'] = 'pending', dependsOn: string[] = []): PlannedTask => ({
	id,
	description: `do ${id}`,
	status,
	dependsOn,
});

const diamond = [task('a'), task('b', 'pending', ['a']), task('c', 'pending', ['a']), task('d', 'pending', ['b', 'c'])];

describe('the planning tools', () => {
	it('are the eight of MassGen, for everybody but who reviews', async () => {
		const toolset = createPlanningToolset({ maxTasks: 10 });
		expect((await toolset.tools(anyTurn)).map(({ name, effects, openWorld }) => [name, effects, openWorld])).toEqual(
			[
				'create_task_plan',
				'add_task',
				'update_task_status',
				'edit_task',
				'get_task_plan',
				'delete_task',
				'get_ready_tasks',
				'get_blocked_tasks',
			].map((name) => [name, 'none', false]),
		);
		expect(await toolset.tools({ ...anyTurn, kind: 'review' })).toEqual([]);
	});

	it('case 35: a new task is pending and depends on nothing', async () => {
		const call = await planner();
		expect((await call('create_task_plan', { tasks: ['Read', 'Write'] })).plan).toEqual([
			{ id: 'task1', description: 'Read', status: 'pending', dependsOn: [] },
			{ id: 'task2', description: 'Write', status: 'pending', dependsOn: [] },
		]);
	});

	it('case 40: tasks may be named by place and by id, mixed', async () => {
		const call = await planner();
		const tasks = ['First', { id: 'two', description: 'Second' }, { description: 'Third', depends_on: [0, 'two'] }];
		const { plan, text } = await call('create_task_plan', { tasks });
		expect(plan?.[2]?.dependsOn).toEqual(['task1', 'two']);
		expect(text).toContain('task3 (pending, after task1, two): Third');
	});

	it.each(['in_progress', 'completed'])('case 36: a task is not %s before what it depends on', async (status) => {
		const call = await planner({ plan: [task('a'), task('b', 'pending', ['a'])] });
		expect(await call('update_task_status', { task_id: 'b', status })).toEqual({
			isError: true,
			text: 'b waits for a. Complete that first, or change what b depends on.',
		});
		await call('update_task_status', { task_id: 'a', status: 'completed' });
		expect(await call('update_task_status', { task_id: 'b', status })).toMatchObject({ isError: false });
	});

	it('case 37: completing a task names those that are ready by it', async () => {
		const call = await planner({ plan: diamond });
		const complete = async (id: string) =>
			(await call('update_task_status', { task_id: id, status: 'completed' })).text;
		expect(await complete('a')).toBe('a is completed. Newly ready: b, c.');
		expect(await complete('b')).toBe('b is completed.');
		expect((await call('get_blocked_tasks')).text).toBe('d (pending, after c): do d');
		expect(await complete('c')).toBe('c is completed. Newly ready: d.');
		expect((await call('get_ready_tasks')).text).toBe('d (pending): do d');
	});

	const create = (...tasks: unknown[]): [string, unknown] => ['create_task_plan', { tasks }];
	it.each<[string, [string, unknown], string]>([
		['an unknown dependency', create({ description: 'x', depends_on: ['y'] }), 'depends on y, and the list has no'],
		['a place that is not there', create({ description: 'x', depends_on: [7] }), 'depends on 7, and the list has no'],
		['a later place', create({ description: 'x', depends_on: [1] }, 'y'), 'depends on 1, which comes after it'],
		['a later id', create({ description: 'x', depends_on: ['b'] }, { id: 'b', description: 'y' }), 'comes after it'],
		['itself by place', create({ description: 'x', depends_on: [0] }), 'depends on itself'],
		['itself by id', create({ id: 'x', description: 'x', depends_on: ['x'] }), 'depends on itself'],
		['an id twice', create({ id: 'x', description: '1' }, { id: 'x', description: '2' }), 'There is a task x already.'],
		['more than fit', create('1', '2', '3', '4', '5'), 'A plan has at most 4 tasks.'],
		['one more than fits', ['add_task', { description: 'x' }], 'A plan has at most 4 tasks.'],
		['nothing to do', create(' \u200b '), 'The description of a task is empty.'],
		['a cycle', ['edit_task', { task_id: 'a', depends_on: ['d'] }], 'a cannot depend on d, because d depends on a'],
		['itself later', ['edit_task', { task_id: 'a', depends_on: ['a'] }], 'a depends on itself.'],
		['a dependency that is gone', ['edit_task', { task_id: 'd', depends_on: ['z'] }], 'There is no task z.'],
		['a status for nothing', ['update_task_status', { task_id: 'z', status: 'completed' }], 'There is no task z.'],
		['a status of its own', ['update_task_status', { task_id: 'a', status: 'done' }], 'The arguments are wrong.'],
		['case 39: a task that others need', ['delete_task', { task_id: 'a' }], 'a stays, because b, c depend on it.'],
		['case 39: a task that is not there', ['delete_task', { task_id: 'z' }], 'There is no task z.'],
		['no object', ['add_task', 'x'], 'The arguments are wrong.'],
	])('case 38: refuse %s and keep the plan', async (_, [name, input], text) => {
		const call = await planner({ plan: diamond, maxTasks: 4 });
		const before = (await call('get_task_plan')).text;
		expect(await call(name, input)).toEqual({ isError: true, text: expect.stringContaining(text) });
		expect((await call('get_task_plan')).text).toBe(before);
	});

	it('put a task where it is wanted, change it and delete it', async () => {
		const call = await planner({ plan: [task('a'), task('b')] });
		await call('add_task', { description: 'between', task_id: 'm', after_task_id: 'a', depends_on: ['a'] });
		const changed = await call('edit_task', { task_id: 'm', description: 'in  the\nmiddle', depends_on: [] });
		expect(changed.plan?.map(({ id, description, dependsOn }) => [id, description, dependsOn])).toEqual([
			['a', 'do a', []],
			['m', 'in the middle', []],
			['b', 'do b', []],
		]);
		expect((await call('delete_task', { task_id: 'm' })).plan?.map(({ id }) => id)).toEqual(['a', 'b']);
	});

	it('case 41: go on with the plan that a turn was given', async () => {
		const call = await planner({ plan: [task('a', 'completed'), task('b', 'pending', ['a'])] });
		expect(await call('get_ready_tasks')).toEqual({ isError: false, text: 'b (pending): do b' });
	});

	it('keep every plan sound, whatever they are called with', async () => {
		const ids = fc.constantFrom('a', 'b', 'c', 'task1');
		const references = fc.array(fc.oneof(ids, fc.integer({ min: -1, max: 5 })), { maxLength: 3 });
		const input = fc.record(
			{
				tasks: fc.array(fc.record({ id: ids, description: fc.string(), depends_on: references }), { maxLength: 6 }),
				description: fc.string(),
				task_id: ids,
				depends_on: fc.array(ids, { maxLength: 3 }),
				after_task_id: ids,
				status: fc.constantFrom('pending', 'in_progress', 'completed', 'blocked', 'done'),
			},
			{ requiredKeys: [] },
		);
		const fitting = operations.map(({ name, parameters }) => {
			const keys = new Set(Object.keys((parameters.properties ?? {}) as object));
			return input.map((all): [string, unknown] => [
				name,
				Object.fromEntries(Object.entries(all).filter(([key]) => keys.has(key))),
			]);
		});
		await fc.assert(
			fc.asyncProperty(fc.array(fc.oneof(...fitting), { maxLength: 40 }), async (calls) => {
				const call = await planner({ plan: diamond, maxTasks: 5 });
				for (const [name, given] of calls) {
					const { plan } = await call(name, given);
					if (plan !== undefined) expectSound(plan);
				}
			}),
		);
	});
});

/** Bounded, ids unique, everything that is named there, and an order in which all could be done. */
function expectSound(plan: readonly PlannedTask[]): void {
	expect(plan.length).toBeLessThanOrEqual(5);
	expect(new Set(plan.map(({ id }) => id)).size).toBe(plan.length);
	const done = new Set<string>();
	for (let left = [...plan]; left.length > 0; ) {
		const next = left.filter(({ dependsOn }) => dependsOn.every((id) => done.has(id)));
		expect(next.length, JSON.stringify(plan)).toBeGreaterThan(0);
		for (const { id } of next) done.add(id);
		left = left.filter(({ id }) => !done.has(id));
	}
}
