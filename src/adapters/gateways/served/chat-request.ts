import { z } from 'zod';
import type { Say } from '../../../core/say.ts';
import { parseInput } from '../shared/parse-input.ts';
import { Refusal } from '../shared/refusal.ts';

const textPart = z.object({ type: z.literal('text'), text: z.string() });
const messageSchema = z.object({
	role: z.string(),
	content: z.union([z.string(), z.array(z.object({ type: z.string() }).loose())]).nullish(),
});
/** What has no meaning for a team (temperature, max_tokens ...) is left aside. */
const requestSchema = z.object({
	model: z.string(),
	messages: z.array(messageSchema).min(1).max(2_000),
	stream: z.boolean().nullish(),
	stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
	n: z.number().nullish(),
	tools: z.array(z.unknown()).nullish(),
	functions: z.array(z.unknown()).nullish(),
	response_format: z.object({ type: z.string() }).nullish(),
	metadata: z.record(z.string(), z.string()).nullish(),
});

export interface ChatRequest {
	/** As it was sent: `massgen`, `massgen/<team>` or the team's name. */
	model: string;
	/** Null: the default team. */
	team: string | null;
	/** What the team is asked. */
	question: string;
	/** The conversation to go on with, in the client's own words; null: a new one. */
	session: string | null;
	isStreamed: boolean;
	withUsage: boolean;
}

type Message = z.infer<typeof messageSchema>;

/** A request of an OpenAI client. Throws a `Refusal` that says what cannot be done with it. */
export function readChatRequest(body: unknown, say: Say): ChatRequest {
	const request = parseInput(requestSchema, body, say);
	const unsupported = unsupportedIn(request);
	if (unsupported !== null) throw new Refusal(400, 'unsupported', say('served.unsupported', { what: unsupported }));
	const said = request.messages.map((message) => ({ role: message.role, text: textOf(message, say) }));
	const session = request.metadata?.session ?? null;
	const last = said.at(-1);
	if (last?.role !== 'user' || last.text.trim() === '')
		throw new Refusal(400, 'no_question', say('served.no_question'));
	return {
		model: request.model,
		team: teamOf(request.model),
		question: session === null ? withEarlier(said.slice(0, -1), last.text) : last.text,
		session,
		isStreamed: request.stream === true,
		withUsage: request.stream_options?.include_usage === true,
	};
}

function unsupportedIn(request: z.infer<typeof requestSchema>): string | null {
	if ((request.tools ?? []).length > 0) return 'tools';
	if ((request.functions ?? []).length > 0) return 'functions';
	if ((request.n ?? 1) !== 1) return 'n';
	const format = request.response_format?.type ?? 'text';
	return format === 'text' ? null : `response_format ${format}`;
}

function textOf({ content }: Message, say: Say): string {
	if (typeof content === 'string') return content;
	const texts = (content ?? []).map((part) => {
		const text = textPart.safeParse(part);
		if (text.success) return text.data.text;
		throw new Refusal(400, 'unsupported', say('served.unsupported', { what: part.type }));
	});
	return texts.join('\n');
}

/** The default team answers under the name of the program alone. */
function teamOf(model: string): string | null {
	const name = model.replace(/^massgen\//, '');
	return name === 'massgen' || name === '' ? null : name;
}

/** What was said before comes with the question: a client that names no conversation keeps it itself. */
function withEarlier(earlier: readonly { role: string; text: string }[], question: string): string {
	if (earlier.length === 0) return question;
	const told = earlier.map(({ role, text }) => `<${nameOf(role)}>\n${text}\n</${nameOf(role)}>`).join('\n');
	return `The conversation so far:\n\n${told}\n\nThe newest message, which is to be answered:\n\n${question}`;
}

const ROLES: Readonly<Record<string, string>> = {
	system: 'instructions',
	developer: 'instructions',
	assistant: 'answer',
};
const nameOf = (role: string): string => ROLES[role] ?? 'message';
