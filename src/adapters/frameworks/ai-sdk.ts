import type { Agent, ModelMessage, TextStreamPart, ToolSet } from 'ai';
import { z } from 'zod';
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
import { recordOf } from './shared/record-of.ts';
import { countOf } from './shared/usage-sum.ts';

/** What is used of an agent of the AI SDK, such as a `ToolLoopAgent`. */
type AnyAgent = Pick<Agent<never, ToolSet>, 'tools' | 'stream' | 'version'>;

/** A conversation that waits: the SDK's own messages, and what is asked about. */
const stateSchema = z.object({ messages: z.array(z.custom<ModelMessage>((value) => typeof value === 'object')) });

/** An agent of the AI SDK. Throws `config_invalid`. */
export async function openAiSdkAgent(settings: ModuleSettings): Promise<ExternalAgent> {
	const agent = quiet(await loadExport(settings, 'an agent of the AI SDK', isAgent));
	const hasTools = Object.keys(agent.tools ?? {}).length > 0;
	return {
		...{ framework: 'ai_sdk', callsTools: false },
		ownTools: settings.ownTools ?? (hasTools ? 'ungated' : 'none'),
		reply: (request, signal) => replyOf(agent, request, signal),
		async close() {},
	};
}

/** Errors are in the stream; unless the agent says otherwise, the SDK writes them, and the conversation, to the terminal. */
function quiet(agent: AnyAgent): AnyAgent {
	const settings = recordOf(Reflect.get(agent, 'settings'));
	settings.onError ??= () => {};
	return agent;
}

async function* replyOf(
	agent: AnyAgent,
	request: ExternalRequest,
	signal: AbortSignal,
): AsyncGenerator<ExternalEvent, void> {
	const messages = request.resume === null ? openingOf(request) : resumed(request.resume);
	const result = await agent.stream({ messages, abortSignal: signal });
	const actions: ExternalAction[] = [];
	for await (const part of result.fullStream) {
		if (part.type === 'error') throw part.error;
		if (part.type === 'tool-approval-request' && !part.isAutomatic) {
			const { toolName, input } = part.toolCall;
			actions.push({ id: part.approvalId, name: toolName, input: recordOf(input) });
		}
		const event = eventOf(part);
		if (event !== null) yield event;
	}
	const usage = usageOf(await result.totalUsage);
	if (actions.length > 0) {
		const all = [...messages, ...(await result.responseMessages)];
		yield { type: 'interrupted', state: JSON.stringify({ messages: all }), actions, usage };
	} else yield { type: 'finished', text: await result.text, usage };
}

/** The task goes before the first message: an agent takes no instructions but its own. */
function openingOf({ instructions, messages }: ExternalRequest): ModelMessage[] {
	const [first, ...others] = messages;
	return [{ role: 'user', content: `${instructions}\n\n${first?.text ?? ''}` }, ...others.map(messageOf)];
}

const messageOf = ({ role, text }: ExternalRequest['messages'][number]): ModelMessage => ({ role, content: text });

function resumed({ state, decisions }: NonNullable<ExternalRequest['resume']>): ModelMessage[] {
	const { messages } = stateSchema.parse(JSON.parse(state));
	const answers = decisions.map(({ id, isApproved, text }) => {
		return {
			type: 'tool-approval-response',
			approvalId: id,
			approved: isApproved,
			...(isApproved ? {} : { reason: text }),
		} as const;
	});
	const edited = messages.map((message) => withArguments(message, decisions));
	return [...edited, { role: 'tool', content: answers }];
}

/** A message with the arguments that people have approved of the calls in it. */
function withArguments(message: ModelMessage, decisions: readonly ExternalDecision[]): ModelMessage {
	if (message.role !== 'assistant' || typeof message.content === 'string') return message;
	const approved = new Map<string, unknown>();
	for (const part of message.content) {
		if (part.type !== 'tool-approval-request') continue;
		const decision = decisions.find(({ id, isApproved }) => isApproved && id === part.approvalId);
		if (decision !== undefined) approved.set(part.toolCallId, decision.input);
	}
	const content = message.content.map((part) =>
		part.type === 'tool-call' && approved.has(part.toolCallId)
			? { ...part, input: approved.get(part.toolCallId) }
			: part,
	);
	return { ...message, content };
}

function eventOf(part: TextStreamPart<ToolSet>): ExternalEvent | null {
	switch (part.type) {
		case 'text-delta':
			return { type: 'text_delta', text: part.text };
		case 'tool-call':
			return { type: 'tool_started', tool: part.toolName };
		case 'tool-result':
		case 'tool-error':
			return { type: 'tool_finished', tool: part.toolName, isError: part.type === 'tool-error' };
		default:
			return null;
	}
}

function usageOf(used: unknown): Usage {
	const { inputTokens, outputTokens, inputTokenDetails, outputTokenDetails } = recordOf(used);
	const total = countOf(inputTokens);
	if (total === null) return unknownUsage;
	return {
		inputTokens: total,
		cachedInputTokens: countOf(recordOf(inputTokenDetails).cacheReadTokens),
		outputTokens: countOf(outputTokens),
		reasoningTokens: countOf(recordOf(outputTokenDetails).reasoningTokens),
	};
}

const isAgent = (value: unknown): value is AnyAgent =>
	typeof value === 'object' && value !== null && 'version' in value && 'stream' in value && 'generate' in value;
