import { describe, expect, it } from 'vitest';
import type { Agent, AgentEvent, Turn } from '../../src/core/agent.ts';
import type { BackendFailure } from '../../src/core/backend.ts';
import type { Message } from '../../src/core/message.ts';
import { answerTurn, evaluateTurn, eventsOf, presentTurn, reviewTurn } from '../unit/agents/turns.ts';

/** What the participant's model says in one reply. */
export interface ContractReply {
	text?: string;
	/** `arguments` is sent as it is. */
	calls?: readonly { name: string; arguments: string }[];
	failure?: { failure: Exclude<BackendFailure, 'aborted'>; retryable: boolean };
	/** The reply never ends. */
	hang?: true;
	/** The participant's own tool, for which it needs an approval. For agents of other systems alone. */
	action?: { name: string; input: Record<string, unknown> };
}

/** What may differ between participants. */
interface Traits {
	/** Whether it is told what a model call used, and what a broken one did; otherwise it must say that it does not know. */
	usage: 'always' | 'of_whole_replies' | 'unknown';
}

export interface AgentUnderTest {
	agent: Agent;
	/** Model calls begun so far. */
	modelCalls(): number;
}

/** Makes an agent whose model gives the n-th of `replies` as the n-th reply of a turn, each with a usage of 7 input and 3 output tokens. */
export type MakeAgent = (replies: readonly ContractReply[]) => Promise<AgentUnderTest>;

const answer = (content: string): ContractReply => call('new_answer', { content });
const vote = (agent_id: string): ContractReply => call('vote', { agent_id, reason: 'because' });
const call = (name: string, input: unknown): ContractReply => ({ calls: [{ name, arguments: JSON.stringify(input) }] });

const run = (agent: Agent, turn: Turn) => eventsOf(agent.run(turn, new AbortController().signal));
const typesOf = (events: readonly AgentEvent[]) => events.map((event) => event.type);
const ENDINGS = ['answered', 'voted', 'reviewed', 'failed'];

/** What every participant keeps to, whatever is behind it. */
export function agentContract(name: string, make: MakeAgent, traits: Traits = { usage: 'always' }): void {
	describe(`agent contract: ${name}`, () => {
		outcomes(make);
		corrections(make);
		endings(make, traits);
		continuation(make);
	});
}

function outcomes(make: MakeAgent): void {
	it('gives a first answer', async () => {
		const { agent } = await make([answer('Blue.')]);
		expect((await run(agent, answerTurn())).at(-1)).toMatchObject({ type: 'answered', content: 'Blue.' });
	});

	it('votes for an answer', async () => {
		const { agent } = await make([vote('agent2')]);
		const ending = (await run(agent, evaluateTurn())).at(-1);
		expect(ending).toMatchObject({ type: 'voted', target: 'agent2', reason: 'because' });
	});

	it('improves on the answers and says early that it is writing', async () => {
		const { agent } = await make([answer('Blue by scattering.')]);
		const events = await run(agent, evaluateTurn());
		expect(typesOf(events)).toEqual(['writing', 'answered']);
		expect(events.at(-1)).toMatchObject({ content: 'Blue by scattering.' });
	});

	it('streams and presents its last text', async () => {
		const { agent } = await make([{ text: 'The sea is blue, mostly.' }]);
		const events = await run(agent, presentTurn());
		const streamed = events.flatMap((event) => (event.type === 'text_delta' ? [event.text] : []));
		expect(streamed.join('')).toBe('The sea is blue, mostly.');
		expect(events.at(-1)).toMatchObject({ type: 'answered', content: 'The sea is blue, mostly.' });
	});

	it('reviews: submits', async () => {
		const { agent } = await make([call('submit', { confirmed: true })]);
		expect((await run(agent, reviewTurn())).at(-1)).toMatchObject({ type: 'reviewed', verdict: { type: 'submit' } });
	});

	it('reviews: sends the team back to work', async () => {
		const input = { reason: 'no source', instructions: 'cite one' };
		const { agent } = await make([call('restart_orchestration', input)]);
		const ending = (await run(agent, reviewTurn())).at(-1);
		expect(ending).toMatchObject({ type: 'reviewed', verdict: { type: 'restart', ...input } });
	});

	it('case 99: a review without a call submits', async () => {
		const { agent } = await make([{ text: 'Looks good.' }]);
		expect((await run(agent, reviewTurn())).at(-1)).toMatchObject({ type: 'reviewed', verdict: { type: 'submit' } });
	});
}

function corrections(make: MakeAgent): void {
	it('corrects a reply without a call and goes on in the same conversation', async () => {
		const { agent, modelCalls } = await make([{ text: 'It is blue.' }, vote('agent2')]);
		const events = await run(agent, evaluateTurn());
		expect(events.at(-1)).toMatchObject({ type: 'voted', target: 'agent2' });
		expect(modelCalls()).toBe(2);
		const saved = events.find((event) => event.type === 'saved');
		expect(saved?.messages.map((message) => message.role)).toEqual(['user', 'assistant', 'user']);
		expect(saved).toMatchObject({ repliesUsed: 1 });
	});

	it('obeys the judgement of the run', async () => {
		const { agent } = await make([vote('agent9'), vote('agent2')]);
		const turn = evaluateTurn({
			check: (outcome) => (outcome.type === 'voted' && outcome.target === 'agent9' ? 'unknown_agent' : null),
		});
		expect((await run(agent, turn)).at(-1)).toMatchObject({ type: 'voted', target: 'agent2' });
	});

	it('gives up when its replies are used up', async () => {
		const { agent, modelCalls } = await make([{ text: 'no' }, { text: 'no' }, { text: 'no' }, answer('late')]);
		const ending = (await run(agent, evaluateTurn())).at(-1);
		expect(ending).toMatchObject({ type: 'failed', code: 'no_valid_outcome', fatal: true });
		expect(modelCalls()).toBe(3);
	});
}

function endings(make: MakeAgent, { usage }: Traits): void {
	it.each([
		{ failure: 'authentication', retryable: false, fatal: true },
		{ failure: 'overloaded', retryable: true, fatal: false },
	] as const)('ends with the failure of its model: $failure', async ({ failure, retryable, fatal }) => {
		const { agent } = await make([{ text: 'So', failure: { failure, retryable } }]);
		const events = await run(agent, answerTurn());
		expect(events.at(-1)).toMatchObject({
			type: 'failed',
			code: failure,
			fatal,
			calls: [{ usage: { inputTokens: usage === 'always' ? 7 : null } }],
		});
	});

	it('ends within a second of an abort', async () => {
		const { agent } = await make([{ text: 'Well', hang: true }]);
		const controller = new AbortController();
		const events: AgentEvent[] = [];
		let abortedAt = Number.NaN;
		for await (const event of agent.run(answerTurn(), controller.signal)) {
			events.push(event);
			if (event.type !== 'text_delta') continue;
			abortedAt = performance.now();
			controller.abort();
		}
		expect(events.at(-1)).toMatchObject({ type: 'failed', code: 'aborted' });
		expect(performance.now() - abortedAt).toBeLessThan(1000);
	});

	it('does not start under an aborted signal', async () => {
		const { agent, modelCalls } = await make([answer('Blue.')]);
		const events = await eventsOf(agent.run(answerTurn(), AbortSignal.abort()));
		expect(events).toMatchObject([{ type: 'failed', code: 'aborted', calls: [] }]);
		expect(modelCalls()).toBe(0);
	});

	it('ends exactly once and accounts for every model call', async () => {
		const { agent, modelCalls } = await make([{ text: 'no' }, vote('agent2')]);
		const events = await run(agent, evaluateTurn());
		expect(events.filter((event) => ENDINGS.includes(event.type))).toEqual([events.at(-1)]);
		const calls = events.flatMap((event) => ('calls' in event ? event.calls : []));
		expect(calls).toHaveLength(modelCalls());
		const used = usage === 'unknown' ? [null, null] : [7, 3];
		for (const made of calls) expect([made.usage.inputTokens, made.usage.outputTokens]).toEqual(used);
	});

	it('closes', async () => {
		const { agent } = await make([answer('Blue.')]);
		await expect(agent.close()).resolves.toBeUndefined();
	});
}

function continuation(make: MakeAgent): void {
	it('continues from what was saved without repeating a finished model call', async () => {
		const replies = [{ text: 'It is blue.' }, vote('agent2')];
		const first = await make(replies);
		const transcript: Message[] = [];
		for await (const event of first.agent.run(evaluateTurn(), new AbortController().signal)) {
			if (event.type !== 'saved') continue;
			transcript.push(...event.messages);
			break;
		}
		const { agent, modelCalls } = await make(replies);
		const ending = (await run(agent, evaluateTurn({ transcript, repliesUsed: 1 }))).at(-1);
		expect(ending).toMatchObject({ type: 'voted', target: 'agent2' });
		expect(modelCalls()).toBe(1);
	});

	it('acts on a finished reply of the transcript without asking the model again', async () => {
		const { agent, modelCalls } = await make([]);
		const toolCalls = [{ id: 'c1', name: 'new_answer', arguments: '{"content":"Blue."}' }];
		const transcript: Message[] = [
			{ role: 'user', text: 'the opening' },
			{ role: 'assistant', text: '', toolCalls },
		];
		const ending = (await run(agent, answerTurn({ transcript }))).at(-1);
		expect(ending).toEqual({ type: 'answered', content: 'Blue.', calls: [] });
		expect(modelCalls()).toBe(0);
	});

	it('counts the replies that an interrupted turn had used up', async () => {
		const { agent } = await make([{ text: 'no' }, { text: 'no' }]);
		const transcript: Message[] = [{ role: 'user', text: 'the opening' }];
		const events = await run(agent, evaluateTurn({ transcript, repliesUsed: 2 }));
		expect(typesOf(events).filter((type) => type === 'saved')).toEqual([]);
		expect(events.at(-1)).toMatchObject({ type: 'failed', code: 'no_valid_outcome' });
	});
}
