import type { Agent, AgentInputItem, RunState, RunStreamEvent } from '@openai/agents';
import { z } from 'zod';
import type { ToolSpec } from '../../core/backend.ts';
import type {
	ExternalAction,
	ExternalAgent,
	ExternalDecision,
	ExternalEvent,
	ExternalRequest,
} from '../../core/external-agent.ts';
import type { ModuleSettings } from '../../core/external-settings.ts';
import { type Usage, unknownUsage } from '../../core/usage.ts';
import { loadExport } from './shared/load-export.ts';
import { listOf, recordOf, textOf } from './shared/record-of.ts';

type AnyAgent = Agent<unknown, 'text'>;
type State = RunState<unknown, AnyAgent>;
type Sdk = typeof import('@openai/agents');

/** A call of the coordination that the model has made. */
interface Called {
	name: string;
	arguments: string;
}

const jsonObject = z.record(z.string(), z.unknown()).catch({});

/** An agent of the OpenAI Agents SDK. Throws `config_invalid`. Its traces are not sent anywhere. */
export async function openOpenAIAgent(settings: ModuleSettings): Promise<ExternalAgent> {
	const sdk = await import('@openai/agents');
	const agent = await loadExport(settings, 'an Agent of the OpenAI Agents SDK', (value) => isAgent(value, sdk));
	const hasTools = agent.tools.length + agent.handoffs.length + agent.mcpServers.length > 0;
	return {
		framework: 'openai_agents',
		// Whoever it hands over to would not have the calls, and what ends its runs is its own.
		callsTools: agent.handoffs.length === 0 && agent.toolUseBehavior === 'run_llm_again',
		ownTools: settings.ownTools ?? (hasTools ? 'ungated' : 'none'),
		reply: (request, signal) => replyOf(agent, request, signal, sdk),
		async close() {},
	};
}

async function* replyOf(
	own: AnyAgent,
	request: ExternalRequest,
	signal: AbortSignal,
	sdk: Sdk,
): AsyncGenerator<ExternalEvent, void> {
	const called: Called[] = [];
	const agent = seated(own, request, called, sdk);
	const names = new Set(request.tools.map(({ name }) => name));
	const { resume } = request;
	const state = resume === null ? null : await resumption(agent, resume, sdk);
	const { inputTokens, outputTokens } = state?.usage ?? noUsage;
	const runner = new sdk.Runner({ tracingDisabled: true });
	const stream = await runner.run(agent, state ?? openingOf(request), { stream: true, signal });
	for await (const event of stream) yield* eventsOf(event, names);
	await stream.completed;
	signal.throwIfAborted();
	const usage = usageSince({ inputTokens, outputTokens }, stream.state.usage);
	const waiting = stream.interruptions;
	if (waiting.length > 0) {
		const actions = waiting.map(({ rawItem, name, arguments: input }, index): ExternalAction => {
			return { id: idOf(rawItem) ?? String(index), name: name ?? 'action', input: objectOf(input) };
		});
		yield { type: 'interrupted', state: stream.state.toString(), actions, usage };
		return;
	}
	for (const call of called) yield { type: 'tool_called', ...call };
	const text = called.length > 0 ? '' : finalText(stream.finalOutput);
	yield { type: 'finished', text, usage };
}

const noUsage = { inputTokens: 0, outputTokens: 0 };

function openingOf({ messages }: ExternalRequest): AgentInputItem[] {
	return messages.map(({ role, text }): AgentInputItem => {
		if (role === 'user') return { role, content: text };
		return { role, status: 'completed', content: [{ type: 'output_text', text }] };
	});
}

/** The agent as a member of the team: with its task, and the calls among its tools; each of them ends its run. */
function seated(agent: AnyAgent, { instructions, tools }: ExternalRequest, called: Called[], sdk: Sdk): AnyAgent {
	const own = agent.instructions;
	const joined: AnyAgent['instructions'] =
		typeof own === 'string'
			? `${own}\n\n${instructions}`
			: async (...about) => `${await own(...about)}\n\n${instructions}`;
	if (tools.length === 0) return agent.clone({ instructions: joined });
	const toolUseBehavior = { stopAtToolNames: tools.map(({ name }) => name) };
	return agent.clone({
		instructions: joined,
		tools: [...agent.tools, ...callsOf(tools, called, sdk)],
		toolUseBehavior,
	});
}

function callsOf(tools: readonly ToolSpec[], called: Called[], { tool }: Sdk): AnyAgent['tools'] {
	return tools.map(({ name, description, parameters }) =>
		tool({
			...{ name, description },
			parameters: {
				...{ type: 'object', additionalProperties: false },
				properties: recordOf(parameters.properties),
				required: listOf(parameters.required).map(String),
			},
			execute(input: unknown) {
				called.push({ name, arguments: JSON.stringify(input) });
				return 'Taken.';
			},
		}),
	);
}

function* eventsOf(event: RunStreamEvent, names: ReadonlySet<string>): Generator<ExternalEvent, void> {
	if (event.type === 'raw_model_stream_event' && event.data.type === 'output_text_delta') {
		yield { type: 'text_delta', text: event.data.delta };
	}
	if (event.type !== 'run_item_stream_event') return;
	const { name } = recordOf(event.item.rawItem);
	const tool = textOf(name) ?? 'tool';
	if (names.has(tool)) return;
	if (event.name === 'tool_called') yield { type: 'tool_started', tool };
	if (event.name === 'tool_output') yield { type: 'tool_finished', tool, isError: false };
}

/** The run where it waited, with what people have decided. */
async function resumption(
	agent: AnyAgent,
	{ state: kept, decisions }: { state: string; decisions: readonly ExternalDecision[] },
	{ RunState }: Sdk,
): Promise<State> {
	const edited = withArguments(JSON.parse(kept), decisions);
	const state: State = await RunState.fromString(agent, JSON.stringify(edited));
	for (const [index, item] of state.getInterruptions().entries()) {
		const id = idOf(item.rawItem) ?? String(index);
		const decision = decisions.find((one) => one.id === id);
		if (decision?.isApproved) state.approve(item);
		else state.reject(item, { message: decision?.text ?? '' });
	}
	return state;
}

/** The saved run with the arguments that people have approved: it may hold a call in several places. */
function withArguments(value: unknown, decisions: readonly ExternalDecision[]): unknown {
	if (Array.isArray(value)) return value.map((part) => withArguments(part, decisions));
	if (typeof value !== 'object' || value === null) return value;
	const parts = Object.entries(value).map(([key, part]) => [key, withArguments(part, decisions)]);
	const copy: Record<string, unknown> = Object.fromEntries(parts);
	const decision = decisions.find(({ id, isApproved }) => isApproved && id === copy.callId);
	const isCall = decision !== undefined && typeof copy.arguments === 'string';
	return isCall ? { ...copy, arguments: JSON.stringify(decision.input) } : copy;
}

const idOf = (rawItem: unknown) => textOf(recordOf(rawItem).callId);

function objectOf(text: string | undefined): Record<string, unknown> {
	try {
		return jsonObject.parse(JSON.parse(text ?? '{}'));
	} catch {
		return { arguments: text };
	}
}

const finalText = (output: unknown) => textOf(output) ?? (output === undefined ? '' : JSON.stringify(output));

function usageSince(before: typeof noUsage, now: State['usage']): Usage {
	const inputTokens = now.inputTokens - before.inputTokens;
	const outputTokens = now.outputTokens - before.outputTokens;
	// The SDK counts what it was not told as 0.
	if (inputTokens <= 0) return unknownUsage;
	return { ...unknownUsage, inputTokens, outputTokens };
}

const isAgent = (value: unknown, { Agent }: Sdk): value is AnyAgent => value instanceof Agent;
