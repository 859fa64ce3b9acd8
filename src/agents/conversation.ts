import type { AgentEvent, BegunCall, Turn } from '../core/agent.ts';
import type { Message, ToolCall } from '../core/message.ts';
import type { PlannedTask } from '../core/task-plan.ts';
import type { ModelCall } from '../core/usage.ts';
import { openingMessage } from './instructions/opening-message.ts';
import { updateMessage } from './instructions/update.ts';
import type { Reply } from './reply.ts';

type Ended = Extract<AgentEvent, { calls: readonly ModelCall[] }>;
type Saved = Extract<Ended, { type: 'saved' }>;
type WithoutCalls<Event> = Event extends unknown ? Omit<Event, 'calls'> : never;
export type Ending = WithoutCalls<Exclude<Ended, Saved>>;

/** A reply to act on, and those of its calls that have no result yet. */
export interface PendingReply {
	reply: Reply;
	open: readonly ToolCall[];
	/** Written before answers that have arrived since, so a vote in it is for versions that are gone. */
	outdated: boolean;
}

/** A turn's messages and the account of what has been saved of them. */
export interface Conversation {
	readonly messages: readonly Message[];
	/** Model replies so far, those of `transcript` included. */
	steps(): number;
	repliesUsed(): number;
	add(...messages: readonly Message[]): void;
	/** Tells the model of newer answers, once, when the turn goes on after them. */
	addUpdate(): void;
	/** A reply of the transcript that has not been dealt with. */
	pending(): PendingReply | null;
	/** Counts the model call behind a reply. */
	record(call: ModelCall): void;
	/** Counts model calls that were made by tools. */
	account(calls: readonly ModelCall[]): void;
	/** Counts one more reply without a valid outcome. */
	refuse(): void;
	unsaved(): boolean;
	/** The agent's task plan is this from now on. */
	plan(tasks: readonly PlannedTask[]): void;
	/** The task plan has changed since it was saved. */
	replanned(): boolean;
	/** `begins`: the calls that begin once it is durable. */
	save(begins?: readonly BegunCall[]): Saved;
	end(ending: Ending): AgentEvent;
}

/** `before`: a call that a new turn begins with, as if it had been made in a first reply. */
export function createConversation(turn: Turn, before: ToolCall | null = null): Conversation {
	const fresh = turn.transcript.length === 0;
	const messages: Message[] = fresh ? [{ role: 'user', text: openingMessage(turn) }] : [...turn.transcript];
	if (fresh && before !== null) messages.push({ role: 'assistant', text: '', toolCalls: [before] });
	let saved = fresh ? 0 : messages.length;
	let calls: ModelCall[] = [];
	let steps = messages.filter((message) => message.role === 'assistant').length;
	let repliesUsed = turn.repliesUsed;
	let plan: readonly PlannedTask[] | null = null;

	function takeCalls(): ModelCall[] {
		const taken = calls;
		calls = [];
		return taken;
	}

	return {
		messages,
		// No getters: V8 keeps an object with some as a dictionary, at a kilobyte for each turn.
		steps: () => steps,
		repliesUsed: () => repliesUsed,
		add(...added) {
			messages.push(...added);
		},
		addUpdate() {
			if (!turn.updated || fresh || turn.kind !== 'evaluate') return;
			const text = updateMessage(turn);
			if (messages.some((message) => message.role === 'user' && message.text === text)) return;
			messages.push({ role: 'user', text });
		},
		pending: () => pendingReply(messages, turn.updated),
		record(call) {
			calls.push(call);
			steps += 1;
		},
		account(made) {
			calls.push(...made);
		},
		refuse() {
			repliesUsed += 1;
		},
		unsaved: () => saved < messages.length,
		plan(tasks) {
			plan = tasks;
		},
		replanned: () => plan !== null,
		save(begins = []) {
			const added = messages.slice(saved);
			saved = messages.length;
			const point: Saved = { type: 'saved', messages: added, calls: takeCalls(), repliesUsed };
			const changed = plan === null ? {} : { plan };
			plan = null;
			return { ...point, ...(begins.length === 0 ? {} : { begins }), ...changed };
		},
		end: (ending) => ({ ...ending, calls: takeCalls() }),
	};
}

/** The messages with the results of each reply in the order of its calls: they are added as they come. */
export function inCallOrder(messages: readonly Message[]): readonly Message[] {
	const ordered: Message[] = [];
	let order = new Map<string, number>();
	let results: Extract<Message, { role: 'tool' }>[] = [];
	const flush = () => {
		const rank = ({ callId }: { callId: string }) => order.get(callId) ?? order.size;
		ordered.push(...results.sort((a, b) => rank(a) - rank(b)));
		results = [];
	};
	for (const message of messages) {
		if (message.role === 'tool') {
			results.push(message);
			continue;
		}
		flush();
		ordered.push(message);
		if (message.role === 'assistant') order = new Map(message.toolCalls.map(({ id }, index) => [id, index]));
	}
	flush();
	return ordered;
}

function pendingReply(messages: readonly Message[], outdated: boolean): PendingReply | null {
	const at = messages.findLastIndex((message) => message.role !== 'tool');
	const last = messages[at];
	if (last?.role !== 'assistant') return null;
	const answered = new Set(messages.slice(at + 1).map((message) => (message.role === 'tool' ? message.callId : '')));
	const open = last.toolCalls.filter((call) => !answered.has(call.id));
	if (open.length === 0 && last.toolCalls.length > 0) return null;
	return { reply: { text: last.text, calls: last.toolCalls, cut: false }, open, outdated };
}
