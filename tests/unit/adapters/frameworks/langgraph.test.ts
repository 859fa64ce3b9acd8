import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLangGraphAgent } from '../../../../src/adapters/frameworks/langgraph.ts';
import type { ExternalDecision, ExternalRequest } from '../../../../src/core/external-agent.ts';
import { externalContract } from '../../../contracts/external-contract.ts';
import { checkpointer } from '../../../fixtures/frameworks/langgraph-agent.ts';
import { sent } from '../../../fixtures/frameworks/mail.ts';
import { frameworkModel } from './framework-model.ts';

const MODULE = join(import.meta.dirname, '../../../fixtures/frameworks/langgraph-agent.ts');
const model = frameworkModel();

const open = (name: string) =>
	openLangGraphAgent({ type: 'langgraph', module: MODULE, export: name, ownTools: 'gated', model: null });

externalContract(
	'a graph of LangGraph',
	async (replies) => {
		model.script(replies);
		sent.length = 0;
		const agent = await open('agent');
		return { agent, modelCalls: () => model.calls().length, sent: () => sent };
	},
	{ usage: 'of_whole_replies', interrupts: true },
);

async function last(name: string, resume: ExternalRequest['resume']) {
	const agent = await open(name);
	const request = { run: 'r', agent: 'a', instructions: '', messages: [], tools: [], resume };
	let event = null;
	for await (event of agent.reply(request, new AbortController().signal));
	return event;
}

describe('an interrupt of LangGraph', () => {
	const approved = (id: string, to: string): ExternalDecision => ({ id, isApproved: true, input: { to }, text: '' });

	it("that lists requests, as LangChain's middleware does, is an action each, and gets a decision each", async () => {
		const waiting = await last('asking', null);
		if (waiting?.type !== 'interrupted') throw new Error('it did not wait');
		expect(waiting.actions.map(({ name, input }) => [name, input])).toEqual([
			['send_mail', { to: 'ada@example.com' }],
			['send_mail', { to: 'bob@example.com' }],
		]);
		const [first, second] = waiting.actions.map(({ id }) => id);
		const decide = (decisions: ExternalDecision[]) => last('asking', { state: waiting.state, decisions });
		const decisions = [approved(second ?? '', 'eve@example.com'), approved(first ?? '', 'ada@example.com')];
		const edited = { type: 'edit', editedAction: { name: 'send_mail', args: { to: 'eve@example.com' } } };
		const text = JSON.stringify({ decisions: [{ type: 'approve' }, edited] });
		const threads = Object.keys(checkpointer.storage);
		expect(await decide(decisions)).toMatchObject({ type: 'finished', text });
		expect(Object.keys(checkpointer.storage)).toHaveLength(threads.length - 1);
	});

	it('in two branches waits for both, and what is not decided is not done', async () => {
		const waiting = await last('askingTwice', null);
		if (waiting?.type !== 'interrupted') throw new Error('it did not wait');
		expect(waiting.actions.map(({ name }) => name).toSorted()).toEqual(['interrupt', 'send_mail', 'send_mail']);
		const ended = await last('askingTwice', { state: waiting.state, decisions: [] });
		expect(ended).toMatchObject({ type: 'finished', text: 'false' });
	});

	it('is not needed: a graph without messages says what it lacks', async () => {
		await expect(last('silent', null)).rejects.toThrow('needs a list `messages`');
	});

	it('whose memory is gone is a failure that says so', async () => {
		const waiting = await last('wrapped', null);
		if (waiting?.type !== 'interrupted') throw new Error('it did not wait');
		const state = waiting.state.replace(/"thread":"[^"]+"/, '"thread":"gone"');
		await expect(last('asking', { state, decisions: [] })).rejects.toThrow('no longer knows where it waited');
	});
});
