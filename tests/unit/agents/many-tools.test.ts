import { describe, expect, it } from 'vitest';
import { createPlanningToolset } from '../../../src/adapters/tools/planning.ts';
import { createModelAgent } from '../../../src/agents/loop.ts';
import type { AgentEvent, Turn } from '../../../src/core/agent.ts';
import type { Tool, Toolset } from '../../../src/core/tool.ts';
import { openGate } from '../../support/open-gate.ts';
import { createHandClock } from './clocks.ts';
import { answers, callsFor, createFakeBackend, type FakeBackend } from './fake-backend.ts';
import { answerTurn, eventsOf, reviewTurn } from './turns.ts';

function agentWith(backend: FakeBackend, toolset: Toolset) {
	const prices = { cost: () => null };
	const toolsets = [toolset];
	const clock = createHandClock();
	return createModelAgent({ id: 'ada', systemMessage: '', backend, toolsets, gate: openGate, prices, clock });
}

const take = (backend: FakeBackend, toolset: Toolset, turn: Turn = answerTurn()) =>
	eventsOf(agentWith(backend, toolset).run(turn, new AbortController().signal));
const planning = () => createPlanningToolset({ maxTasks: 5 });
const plansIn = (events: readonly AgentEvent[]) =>
	events.flatMap((event) => (event.type === 'saved' ? [event.plan?.map(({ id, status }) => `${id} ${status}`)] : []));

describe('a task plan', () => {
	it('is saved together with the results of the calls that changed it', async () => {
		const backend = createFakeBackend(callsFor(['create_task_plan', { tasks: ['Look', 'Write'] }]), answers('Blue.'));
		const events = await take(backend, planning());
		expect(plansIn(events)).toEqual([undefined, ['task1 pending', 'task2 pending']]);
		const [, saved] = events.filter((event) => event.type === 'saved');
		expect(saved).toMatchObject({ messages: [{ role: 'tool', name: 'create_task_plan', isError: false }] });
	});

	it('is saved when it was changed in the same reply as the answer, before the turn ends', async () => {
		const plan = [{ id: 'look', description: 'Look', status: 'pending' as const, dependsOn: [] }];
		const backend = createFakeBackend(
			callsFor(['update_task_status', { task_id: 'look', status: 'completed' }], ['new_answer', { content: 'Blue.' }]),
		);
		const events = await take(backend, planning(), answerTurn({ plan }));
		expect(plansIn(events)).toEqual([undefined, ['look completed']]);
		expect(events.at(-1)).toMatchObject({ type: 'answered', content: 'Blue.' });
	});

	it('is not saved again when it was only read, or refused to change', async () => {
		const backend = createFakeBackend(callsFor(['get_task_plan', {}], ['delete_task', { task_id: 'x' }]), answers('B'));
		expect(plansIn(await take(backend, planning()))).toEqual([undefined, undefined]);
	});

	it('is spoken of in the instructions of those who have one', async () => {
		const section = async (turn: Turn) => {
			const backend = createFakeBackend(answers('Blue.'));
			await take(backend, planning(), turn);
			return backend.requests[0]?.system.includes('<task-planning>');
		};
		expect([await section(answerTurn()), await section(reviewTurn())]).toEqual([true, false]);
	});
});

/** Forty tools of a server, and one about the weather. */
function crowd(): Toolset & { called: string[] } {
	const called: string[] = [];
	const tool = (name: string, description: string): Tool => {
		const facts = { effects: 'none', idempotent: false, openWorld: false, source: 'box' } as const;
		return { name, description, parameters: { type: 'object' }, fingerprint: name, label: name, ...facts };
	};
	const dull = Array.from({ length: 40 }, (_, index) => tool(`box__op${index}`, `Operation ${index}.`));
	return {
		called,
		choosable: true,
		tools: async () => [...dull, tool('box__forecast', 'How the weather will be.')],
		async call(name) {
			called.push(name);
			return { text: 'Rain.', isError: false };
		},
		async close() {},
	};
}

const offeredIn = (backend: FakeBackend, request: number) =>
	backend.requests[request]?.tools.map(({ name }) => name) ?? [];

describe('an agent with very many tools', () => {
	it('is offered some, looks up what it lacks, and calls that from its next reply on', async () => {
		const toolset = crowd();
		const backend = createFakeBackend(
			callsFor(['box__forecast', {}]),
			callsFor(['find_tools', { query: 'weather' }]),
			callsFor(['box__forecast', {}]),
			answers('Blue.'),
		);
		await take(backend, toolset, answerTurn({ question: 'Which operation?' }));
		expect(offeredIn(backend, 0)).toHaveLength(31);
		expect(offeredIn(backend, 1)).toEqual(offeredIn(backend, 0));
		expect(offeredIn(backend, 2)).toEqual([...offeredIn(backend, 0), 'box__forecast']);
		expect(toolset.called).toEqual(['box__forecast']);
		const results = backend.requests[3]?.messages.filter((message) => message.role === 'tool');
		expect(results).toMatchObject([
			{ isError: true, text: expect.stringContaining('There is no tool "box__forecast".') },
			{ isError: false, text: expect.stringContaining('- box__forecast: How the weather will be.') },
			{ isError: false, text: expect.stringContaining('Rain.') },
		]);
	});

	it('goes on after a restart with what it had looked up', async () => {
		const first = createFakeBackend(callsFor(['find_tools', { query: 'weather' }]), answers('Blue.'));
		const question = 'Which operation?';
		const events = await take(first, crowd(), answerTurn({ question }));
		const transcript = events.flatMap((event) => (event.type === 'saved' ? event.messages : []));
		const second = createFakeBackend(answers('Blue.'));
		await take(second, crowd(), answerTurn({ question, transcript }));
		expect(offeredIn(second, 0)).toEqual(offeredIn(first, 1));
	});

	it('may be offered another number of them', async () => {
		const backend = createFakeBackend(answers('Blue.'));
		await take(backend, crowd(), answerTurn({ limits: { replies: 3, steps: 60, tools: 100 } }));
		expect(offeredIn(backend, 0)).toHaveLength(42);
	});
});
