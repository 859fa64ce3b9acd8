import type { Agent, ToolsInput } from '@mastra/core/agent';
import { z } from 'zod';
import { canonicalJson } from '../../core/canonical-json.ts';
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
import { recordOf, textOf } from './shared/record-of.ts';
import { countOf } from './shared/usage-sum.ts';

type AnyAgent = Pick<Agent<string, ToolsInput>, 'stream' | 'approveToolCall' | 'declineToolCall' | 'listTools'>;
type Output = Awaited<ReturnType<AnyAgent['stream']>>;

/** A run that waits in the storage of its Mastra: what is asked about, and what it had used. */
const stateSchema = z.object({
	run: z.string(),
	used: z.object({ inputTokens: z.number(), outputTokens: z.number() }),
	/** The arguments that were proposed, by the call's id. */
	proposed: z.record(z.string(), z.unknown()),
});
type Used = z.infer<typeof stateSchema>['used'];

/** An agent of Mastra. Throws `config_invalid`. */
export async function openMastraAgent(settings: ModuleSettings): Promise<ExternalAgent> {
	const agent = await loadExport(settings, 'an agent of Mastra', isAgent);
	const hasTools = Object.keys(await agent.listTools()).length > 0;
	return {
		...{ framework: 'mastra', callsTools: false },
		ownTools: settings.ownTools ?? (hasTools ? 'ungated' : 'none'),
		reply: (request, signal) => replyOf(agent, request, signal),
		async close() {},
	};
}

async function* replyOf(
	agent: AnyAgent,
	request: ExternalRequest,
	signal: AbortSignal,
): AsyncGenerator<ExternalEvent, void> {
	if (request.resume !== null) {
		yield* goingOn(agent, request.resume, signal);
		return;
	}
	const output = await agent.stream(openingOf(request), { abortSignal: signal });
	yield* followed(output, { inputTokens: 0, outputTokens: 0 });
}

/** Mastra takes the decisions one by one; what it asks about after the first is already decided. */
async function* goingOn(
	agent: AnyAgent,
	{ state, decisions }: NonNullable<ExternalRequest['resume']>,
	signal: AbortSignal,
): AsyncGenerator<ExternalEvent, void> {
	const { run: runId, used, proposed } = stateSchema.parse(JSON.parse(state));
	for (const [index, decision] of decisions.entries()) {
		const about = { runId, toolCallId: decision.id, abortSignal: signal };
		const reason = refusalOf(decision, proposed[decision.id]);
		const output =
			reason === null ? await agent.approveToolCall(about) : await agent.declineToolCall({ ...about, reason });
		for await (const event of followed(output, used)) {
			const isOver = event.type === 'interrupted' || event.type === 'finished';
			if (!isOver || index === decisions.length - 1) yield event;
		}
	}
}

async function* followed(output: Output, used: Used): AsyncGenerator<ExternalEvent, void> {
	const actions: ExternalAction[] = [];
	for await (const chunk of output.fullStream) {
		const { type } = chunk;
		const { toolName, toolCallId, args, text, error } = recordOf(recordOf(chunk).payload);
		const tool = textOf(toolName) ?? 'tool';
		if (type === 'error') throw error;
		if (type === 'text-delta') yield { type: 'text_delta', text: textOf(text) ?? '' };
		if (type === 'tool-call') yield { type: 'tool_started', tool };
		if (type === 'tool-result') yield { type: 'tool_finished', tool, isError: false };
		if (type === 'tool-error') yield { type: 'tool_finished', tool, isError: true };
		if (type === 'tool-call-suspended') {
			throw new Error(`The tool ${tool} suspended itself to ask for something. Only approvals can be asked for here.`);
		}
		if (type === 'tool-call-approval') {
			actions.push({ id: textOf(toolCallId) ?? tool, name: tool, input: recordOf(args) });
		}
	}
	const total = totalOf(await output.totalUsage);
	const usage = total === null ? unknownUsage : sinceThen(total, used);
	const now = total ?? { inputTokens: 0, outputTokens: 0 };
	if (actions.length === 0) yield { type: 'finished', text: await output.text, usage };
	else {
		const proposed = Object.fromEntries(actions.map(({ id, input }) => [id, input]));
		const state = { run: output.runId, used: now, proposed } satisfies z.infer<typeof stateSchema>;
		yield { type: 'interrupted', state: JSON.stringify(state), actions, usage };
	}
}

/** The task goes before the first message: given as instructions, it would replace the agent's own. */
function openingOf({ instructions, messages }: ExternalRequest) {
	const [first, ...others] = messages;
	return [{ role: 'user' as const, content: `${instructions}\n\n${first?.text ?? ''}` }, ...others.map(messageOf)];
}

const messageOf = ({ role, text }: ExternalRequest['messages'][number]) =>
	role === 'user' ? { role, content: text } : { role, content: text };

/** Why an action is not done; null: it is. Mastra can do nothing but what was proposed. */
function refusalOf({ isApproved, input, text }: ExternalDecision, proposed: unknown): string | null {
	if (!isApproved) return text;
	const approved = canonicalJson(input);
	if (canonicalJson(proposed) === approved) return null;
	return `Not done: a person has changed the arguments to ${approved}. Call the tool again with exactly these.`;
}

function totalOf(used: unknown): Used | null {
	const { inputTokens, outputTokens } = recordOf(used);
	const [input, output] = [countOf(inputTokens), countOf(outputTokens)];
	// Mastra counts what it was not told as 0.
	return input === null || output === null || input === 0 ? null : { inputTokens: input, outputTokens: output };
}

const sinceThen = (total: Used, used: Used): Usage => ({
	...unknownUsage,
	inputTokens: Math.max(0, total.inputTokens - used.inputTokens),
	outputTokens: Math.max(0, total.outputTokens - used.outputTokens),
});

const isAgent = (value: unknown): value is AnyAgent =>
	typeof value === 'object' && value !== null && 'approveToolCall' in value && 'stream' in value;
