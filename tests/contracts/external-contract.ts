import { describe, expect, it } from 'vitest';
import { createExternalParticipant } from '../../src/agents/external.ts';
import type { Agent, AgentEvent, Turn } from '../../src/core/agent.ts';
import type { ExternalAgent } from '../../src/core/external-agent.ts';
import type { Gate } from '../../src/core/gate.ts';
import type { Message } from '../../src/core/message.ts';
import { systemClock } from '../../src/system-clock.ts';
import { openGate } from '../support/open-gate.ts';
import { itemOf } from '../unit/agents/approval-item.ts';
import { answerTurn, eventsOf, presentTurn } from '../unit/agents/turns.ts';
import { agentContract, type ContractReply } from './agent-contract.ts';

export interface ExternalUnderTest {
	agent: ExternalAgent;
	/** Calls of its model begun so far. */
	modelCalls(): number;
	/** The arguments with which its own tool `send_mail` was carried out, oldest first. */
	sent(): readonly unknown[];
}

/**
 * Makes an agent of another system whose model gives the n-th of `replies`, by the number of assistant messages it is shown,
 * calls in writing. An `action` is a call of the agent's own tool `send_mail`, which needs an approval.
 */
export type MakeExternal = (replies: readonly ContractReply[]) => Promise<ExternalUnderTest>;

interface Traits {
	usage: 'of_whole_replies' | 'unknown';
	/** It can wait for people; `as_proposed`: and do nothing but what it proposed. */
	interrupts: boolean | 'as_proposed';
}

const SEND: ContractReply = { action: { name: 'send_mail', input: { to: 'ada@example.com' } } };

/** What every agent of another system keeps to, once it sits at the table. */
export function externalContract(name: string, make: MakeExternal, traits: Traits): void {
	agentContract(
		name,
		async (replies) => {
			const { agent, modelCalls } = await make(replies);
			return { agent: seat(agent, openGate), modelCalls };
		},
		{ usage: traits.usage },
	);
	describe(`external agent contract: ${name}`, () => {
		it('takes a plain reply for its first answer', async () => {
			const { agent } = await make([{ text: 'Blue, by scattering.' }]);
			const events = await run(seat(agent, openGate), answerTurn());
			expect(events.at(-1)).toMatchObject({ type: 'answered', content: 'Blue, by scattering.' });
		});
		if (traits.interrupts !== false) approvals(make, traits.interrupts === true);
	});
}

function approvals(make: MakeExternal, canEdit: boolean): void {
	it('waits for people and then does it, once', async () => {
		const first = await make([SEND, { text: 'It is sent.' }]);
		const waiting = await run(seat(first.agent, askingGate), presentTurn());
		expect(waiting.at(-1)).toMatchObject({ type: 'suspended', items: [{ tool: 'send_mail' }] });
		expect(first.sent()).toEqual([]);
		const { agent, sent } = await make([SEND, { text: 'It is sent.' }]);
		const events = await run(seat(agent, openGate), presentTurn({ transcript: transcriptOf(waiting) }));
		expect(events.at(-1)).toMatchObject({ type: 'answered', content: 'It is sent.' });
		expect(sent()).toEqual([{ to: 'ada@example.com' }]);
	});

	it('does it as a person has changed it, or not at all', async () => {
		const { agent, sent } = await make([SEND, { text: 'It is sent.' }]);
		const edited: Gate = { check: async () => ({ type: 'run', input: { to: 'bob@example.com' }, edited: true }) };
		const events = await run(seat(agent, edited), presentTurn());
		expect(events.at(-1)).toMatchObject({ type: 'answered', content: 'It is sent.' });
		expect(sent()).toEqual(canEdit ? [{ to: 'bob@example.com' }] : []);
	});

	it('does not do what people refuse, and goes on', async () => {
		const { agent, sent } = await make([SEND, { text: 'It is not sent.' }]);
		const closed: Gate = { check: async () => ({ type: 'refuse', text: 'A person said no.', isError: true }) };
		const events = await run(seat(agent, closed), presentTurn());
		expect(events.at(-1)).toMatchObject({ type: 'answered', content: 'It is not sent.' });
		expect(sent()).toEqual([]);
	});

	it('does nothing a second time that a process died over', async () => {
		const { agent, sent } = await make([SEND, { text: 'I leave it.' }]);
		const waiting = transcriptOf(await run(seat(agent, askingGate), presentTurn()));
		const call = waiting.at(-1);
		const callId = call?.role === 'assistant' ? (call.toolCalls[0]?.id ?? '') : '';
		const transcript: Message[] = [
			...waiting,
			{ role: 'tool', callId, name: 'send_mail', text: 'handed over', isError: false },
		];
		const events = await run(seat(agent, openGate), presentTurn({ transcript }));
		expect(events.at(-1)).toMatchObject({ type: 'answered', content: 'I leave it.' });
		expect(sent()).toEqual([]);
	});
}

const askingGate: Gate = { check: async (call) => ({ type: 'ask', item: itemOf(call) }) };

const run = (agent: Agent, turn: Turn) => eventsOf(agent.run(turn, new AbortController().signal));

const transcriptOf = (events: readonly AgentEvent[]): Message[] =>
	events.flatMap((event) => (event.type === 'saved' ? [...event.messages] : []));

/** The agent at the table. */
function seat(agent: ExternalAgent, gate: Gate): Agent {
	return createExternalParticipant({
		...{ id: 'ada', systemMessage: 'You are terse.', agent, provider: 'acme', model: 'm1', gate },
		...{ metered: (backend) => backend, prices: { cost: () => null }, clock: systemClock },
	});
}
