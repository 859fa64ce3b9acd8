import { describe, expect, it } from 'vitest';
import { createModelAgent } from '../../../src/agents/loop.ts';
import type { AgentEvent, Turn } from '../../../src/core/agent.ts';
import type { BackendEvent } from '../../../src/core/backend.ts';
import type { Gate, GatedCall, GateVerdict } from '../../../src/core/gate.ts';
import type { Message } from '../../../src/core/message.ts';
import type { CallOptions, Tool, ToolEffects, Toolset } from '../../../src/core/tool.ts';
import { itemOf } from './approval-item.ts';
import { createHandClock } from './clocks.ts';
import { answers, callsFor, createFakeBackend, says, votesFor } from './fake-backend.ts';
import { answerTurn, evaluateTurn, eventsOf, presentTurn } from './turns.ts';

const tool = (name: string, effects: ToolEffects, more: Partial<Tool> = {}): Tool => ({
	name,
	description: name,
	parameters: { type: 'object' },
	effects,
	idempotent: false,
	openWorld: false,
	source: 'box',
	fingerprint: name,
	label: name,
	...more,
});

interface Called {
	name: string;
	input: unknown;
	key: string;
}

function world(
	tools: readonly Tool[],
	verdictOf: (call: GatedCall) => GateVerdict,
	replies: readonly BackendEvent[][],
) {
	const asked: GatedCall[] = [];
	const called: Called[] = [];
	const gate: Gate = {
		async check(call) {
			asked.push(call);
			return verdictOf(call);
		},
	};
	const toolset: Toolset = {
		tools: async () => tools,
		async call(name, input, options: CallOptions) {
			called.push({ name, input, key: options.effectKey });
			options.progress(`${name} is at it`);
			return { text: `${name} done`, isError: false };
		},
		async close() {},
	};
	const backend = createFakeBackend(...replies);
	const agent = createModelAgent({
		...{ id: 'ada', systemMessage: '', backend, toolsets: [toolset], gate },
		...{ prices: { cost: () => null }, clock: createHandClock() },
	});
	const take = (turn: Turn) => eventsOf(agent.run(turn, new AbortController().signal));
	return { asked, called, backend, take };
}

const pass = ({ input }: GatedCall): GateVerdict => ({ type: 'run', input, edited: false });
const askFor = (name: string) => (call: GatedCall) =>
	call.tool.name === name ? ({ type: 'ask', item: itemOf(call) } as const) : pass(call);

const savedIn = (events: readonly AgentEvent[]) => events.flatMap((event) => (event.type === 'saved' ? [event] : []));
const messagesIn = (events: readonly AgentEvent[]): Message[] =>
	savedIn(events).flatMap(({ messages }) => [...messages]);

describe('a call at the gate', () => {
	it('is begun, durably, before it runs, under a key of its own', async () => {
		const { called, take } = world([tool('send', 'external', { openWorld: true }), tool('read', 'none')], pass, [
			callsFor(['send', { to: 'a' }], ['read', {}]),
			callsFor(['send', { to: 'b' }]),
			says('Done.'),
		]);
		const events = await take(presentTurn());
		const begins = savedIn(events).flatMap((event) => event.begins ?? []);
		expect(begins.map(({ callId, taints }) => [callId, taints])).toEqual([
			['send-0', true],
			['read-1', false],
			['send-0', true],
		]);
		expect(new Set(begins.map(({ effectKey }) => effectKey)).size).toBe(3);
		expect(called.map(({ key }) => key)).toEqual(begins.map(({ effectKey }) => effectKey));
		const first = events.findIndex((event) => event.type === 'saved' && event.begins !== undefined);
		expect(events.findIndex((event) => event.type === 'tool_started')).toBeGreaterThan(first);
		expect(events).toContainEqual({ type: 'tool_progressed', tool: 'send', text: 'send is at it' });
	});

	it('sees what the model said, and that something of anyone was read', async () => {
		const search = tool('search', 'none', { openWorld: true });
		const { asked, take } = world([search, tool('send', 'irreversible')], pass, [
			callsFor(['search', {}]),
			[{ type: 'text_delta', text: 'All is well.' }, ...callsFor(['send', {}])],
			says('Done.'),
		]);
		await take(presentTurn());
		expect(asked).toMatchObject([
			{ tainted: false, said: '' },
			{ tainted: true, said: 'All is well.' },
		]);
	});

	it('that is refused does not run, and the model reads why', async () => {
		const refuse = (): GateVerdict => ({ type: 'refuse', text: 'A person said no.', isError: true });
		const { called, backend, take } = world([tool('send', 'irreversible')], refuse, [
			callsFor(['send', {}]),
			says('Ok.'),
		]);
		await take(presentTurn());
		expect(called).toEqual([]);
		expect(backend.requests[1]?.messages.at(-1)).toMatchObject({
			role: 'tool',
			text: 'A person said no.',
			isError: true,
		});
	});

	it('runs with the arguments that a person has put in the place of its own, and the model is told', async () => {
		const edit = (): GateVerdict => ({ type: 'run', input: { to: 'b' }, edited: true });
		const { called, backend, take } = world([tool('send', 'irreversible')], edit, [
			callsFor(['send', { to: 'a' }]),
			says('Ok.'),
		]);
		await take(presentTurn());
		expect(called).toMatchObject([{ input: { to: 'b' } }]);
		expect(backend.requests[1]?.messages.at(-1)).toMatchObject({ text: expect.stringContaining('{"to":"b"}') });
	});

	it('that waits for people ends the turn, once the others have run and are saved', async () => {
		const { called, take } = world([tool('send', 'irreversible'), tool('read', 'none')], askFor('send'), [
			callsFor(['send', {}], ['read', {}]),
		]);
		const events = await take(presentTurn());
		expect(called.map(({ name }) => name)).toEqual(['read']);
		expect(events.at(-1)).toMatchObject({ type: 'suspended', items: [{ tool: 'send' }] });
		expect(messagesIn(events).map(({ role }) => role)).toEqual(['user', 'assistant', 'tool']);
	});

	it('that waited goes on in the same turn, without a new model call, and results keep the order of the calls', async () => {
		const tools = [tool('send', 'irreversible'), tool('read', 'none')];
		const first = world(tools, askFor('send'), [callsFor(['send', {}], ['read', {}])]);
		const transcript = messagesIn(await first.take(presentTurn()));
		const again = world(tools, pass, [says('Sent.')]);
		const events = await again.take(presentTurn({ transcript }));
		expect(again.called.map(({ name }) => name)).toEqual(['send']);
		expect(again.asked[0]?.callId).toBe(first.asked[0]?.callId);
		expect(events.at(-1)).toMatchObject({ type: 'answered', content: 'Sent.' });
		const sent = again.backend.requests[0]?.messages ?? [];
		expect(sent.flatMap((message) => (message.role === 'tool' ? [message.name] : []))).toEqual(['send', 'read']);
	});

	it('is not reached while the team plans, when the call cannot be undone', async () => {
		const { asked, take } = world([tool('send', 'irreversible')], pass, [callsFor(['send', {}]), votesFor('agent2')]);
		await take(evaluateTurn({ planning: true }));
		expect(asked).toEqual([]);
	});
});

describe('a call that a process left half done', () => {
	const transcriptOf = (name: string): Message[] => [
		{ role: 'user', text: 'the opening' },
		{ role: 'assistant', text: '', toolCalls: [{ id: 'c1', name, arguments: '{}' }] },
	];
	const resumed = (name: string) => answerTurn({ transcript: transcriptOf(name), begun: new Map([['c1', 'the-key']]) });

	it.each([
		['reads only', tool('read', 'none')],
		['does no more when it is done again', tool('put', 'irreversible', { idempotent: true })],
	])('is made again under the same key when it %s', async (_, repeatable) => {
		const { asked, called, take } = world([repeatable], pass, [answers('Blue.')]);
		await take(resumed(repeatable.name));
		expect(asked).toEqual([]);
		expect(called).toMatchObject([{ name: repeatable.name, key: 'the-key' }]);
	});

	it('is not repeated in a folder, and the model is told so', async () => {
		const { called, backend, take } = world([tool('write', 'workspace')], pass, [answers('Blue.')]);
		await take(resumed('write'));
		expect(called).toEqual([]);
		expect(backend.requests[0]?.messages.at(-1)).toMatchObject({
			text: expect.stringContaining('interrupted by a restart'),
		});
	});

	it.each(['external', 'irreversible'] as const)('is a question to people when it is %s', async (effects) => {
		const { asked, called, take } = world([tool('send', effects)], askFor('send'), []);
		const events = await take(resumed('send'));
		expect(asked).toMatchObject([{ begun: true, callId: 'the-key' }]);
		expect(called).toEqual([]);
		expect(events.at(-1)).toMatchObject({ type: 'suspended' });
	});
});
