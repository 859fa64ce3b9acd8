import { createScriptedBackend } from '../../../src/adapters/backends/scripted.ts';
import { createModelAgent } from '../../../src/agents/loop.ts';
import type { Backend, BackendEvent } from '../../../src/core/backend.ts';
import { type AgentUnderTest, agentContract, type ContractReply } from '../../contracts/agent-contract.ts';
import { openGate } from '../../support/open-gate.ts';
import { scriptedSettings } from '../adapters/backends/scripted/settings.ts';
import { createHandClock } from './clocks.ts';
import { createFakeBackend } from './fake-backend.ts';

const clock = createHandClock();

function over(backend: Backend): AgentUnderTest {
	let begun = 0;
	const counted: Backend = {
		...backend,
		stream(request, signal) {
			begun += 1;
			return backend.stream(request, signal);
		},
	};
	const prices = { cost: () => null };
	const agent = createModelAgent({
		gate: openGate,
		id: 'ada',
		systemMessage: '',
		backend: counted,
		toolsets: [],
		prices,
		clock,
	});
	return { agent, modelCalls: () => begun };
}

agentContract('a model agent over the scripted backend', async (replies) => {
	const steps = replies.map(({ calls, failure, ...reply }) => ({
		...reply,
		...(calls === undefined ? {} : { raw: calls.map((call) => ({ tool: call.name, arguments: call.arguments })) }),
		...(failure === undefined ? {} : { fail: failure }),
		usage: { input: 7, output: 3 },
	}));
	const list = steps.length === 0 ? [{}] : steps;
	const script = { answer: list, evaluate: list, present: list, review: list };
	return over(await createScriptedBackend(scriptedSettings(script), { clock, random: () => 0 }));
});

const usage = { inputTokens: 7, cachedInputTokens: null, outputTokens: 3, reasoningTokens: null };

function eventsFor({ text, calls = [], failure, hang }: ContractReply): BackendEvent[] {
	const events: BackendEvent[] = text === undefined ? [] : [{ type: 'text_delta', text }];
	for (const [index, call] of calls.entries()) events.push({ type: 'tool_called', id: `c${index}`, ...call });
	if (hang) return events;
	if (failure !== undefined) return [...events, { type: 'failed', ...failure, message: 'broken', usage }];
	return [...events, { type: 'finished', reason: calls.length === 0 ? 'stop' : 'tool_calls', usage }];
}

// A resumed turn is a new process: its n-th reply is counted by the conversation, as real models do.
agentContract('a model agent over any backend', async (replies) => {
	const backend: Backend = {
		...createFakeBackend(),
		stream(request, signal) {
			const said = request.messages.filter((message) => message.role === 'assistant').length;
			return createFakeBackend(eventsFor(replies[said] ?? {})).stream(request, signal);
		},
	};
	return over(backend);
});
