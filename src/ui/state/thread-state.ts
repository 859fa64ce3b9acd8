import type { MessageOf, PlacedMessage, ThreadMessage } from '../../core/gateway.ts';
import type { OpenForm } from '../form/form-entry.ts';
import { type ToolTrace, traceAfter } from './tool-trace.ts';

/** A thread as the page knows it: its messages in the order in which they came up. */
export interface ThreadState {
	/** Null until the first snapshot. */
	entries: readonly PlacedMessage[] | null;
	/** By run: the tools that its agents were seen to use. */
	tools: Readonly<Record<string, ToolTrace>>;
	/** What tool servers want to know from the person at the page. */
	forms: readonly OpenForm[];
	isConnected: boolean;
	/** The server does not know this thread. */
	isMissing: boolean;
}

export type ThreadChange =
	| { type: 'snapshot'; entries: readonly PlacedMessage[] }
	| { type: 'message'; run: string | null; message: ThreadMessage }
	/** The streaming final text has grown. */
	| { type: 'append'; run: string | null; key: string; text: string }
	| { type: 'forms'; forms: readonly OpenForm[] }
	| { type: 'connected' }
	| { type: 'disconnected' }
	| { type: 'missing' };

export const noThread: ThreadState = { entries: null, tools: {}, forms: [], isConnected: true, isMissing: false };

/** Applies what the server sent. The same change twice leaves the same thread. */
export function threadAfter(state: ThreadState, change: ThreadChange): ThreadState {
	switch (change.type) {
		case 'snapshot':
			return {
				...state,
				entries: change.entries,
				tools: change.entries.reduce((tools, entry) => traced(state.entries ?? [], tools, entry), state.tools),
				isConnected: true,
				isMissing: false,
			};
		case 'message': {
			const entries = state.entries ?? [];
			const tools = traced(entries, state.tools, change);
			return { ...state, isConnected: true, tools, entries: placed(entries, change) };
		}
		case 'append':
			return { ...state, isConnected: true, entries: appended(state.entries ?? [], change) };
		case 'forms':
			return { ...state, forms: change.forms };
		case 'connected':
			return { ...state, isConnected: true };
		case 'disconnected':
			return { ...state, isConnected: false };
		case 'missing':
			return { ...state, isMissing: true };
	}
}

function traced(
	entries: readonly PlacedMessage[],
	tools: ThreadState['tools'],
	{ run, message }: PlacedMessage,
): ThreadState['tools'] {
	if (run === null || message.type !== 'board') return tools;
	const before = entries.find((entry) => entry.run === run && entry.message.type === 'board')?.message;
	const known = tools[run] ?? {};
	const trace = traceAfter(known, before?.type === 'board' ? before : null, message);
	return trace === known ? tools : { ...tools, [run]: trace };
}

function placed(entries: readonly PlacedMessage[], { run, message }: PlacedMessage): readonly PlacedMessage[] {
	const at = entries.findIndex((entry) => entry.run === run && entry.message.key === message.key);
	return at === -1 ? [...entries, { run, message }] : entries.with(at, { run, message });
}

function appended(
	entries: readonly PlacedMessage[],
	{ run, key, text }: { run: string | null; key: string; text: string },
): readonly PlacedMessage[] {
	return entries.map((entry) => {
		const { message } = entry;
		if (entry.run !== run || message.key !== key || message.type !== 'final') return entry;
		return { run, message: { ...message, content: message.content + text } };
	});
}

export type Step = MessageOf<'tally' | 'review' | 'choice' | 'approval'>;

const isStep = (message: ThreadMessage): message is Step =>
	message.type === 'tally' || message.type === 'review' || message.type === 'choice' || message.type === 'approval';

/** The messages of one run, by type. */
export interface RunMessages {
	run: string;
	question: MessageOf<'question'> | null;
	board: MessageOf<'board'> | null;
	slots: readonly MessageOf<'slot'>[];
	/** Votes, reviews, choices and calls that waited for people, in the order in which they came up. */
	steps: readonly Step[];
	final: MessageOf<'final'> | null;
}

/** The thread's runs in order, and the line behind the one that is going. */
export function runsOf(entries: readonly PlacedMessage[]): {
	runs: readonly RunMessages[];
	queue: MessageOf<'queue'> | null;
} {
	const runs = new Map<string, PlacedMessage[]>();
	for (const entry of entries) if (entry.run !== null) runs.set(entry.run, [...(runs.get(entry.run) ?? []), entry]);
	const find = <Type extends ThreadMessage['type']>(found: readonly PlacedMessage[], type: Type) =>
		found.flatMap(({ message }) => (message.type === type ? [message as MessageOf<Type>] : []));
	return {
		queue: find(entries, 'queue')[0] ?? null,
		runs: [...runs].map(([run, found]) => ({
			run,
			question: find(found, 'question')[0] ?? null,
			board: find(found, 'board')[0] ?? null,
			slots: find(found, 'slot'),
			steps: found.flatMap(({ message }) => (isStep(message) ? [message] : [])),
			final: find(found, 'final')[0] ?? null,
		})),
	};
}

export const isGoing = ({ board }: RunMessages): boolean => board === null || board.finished === null;
