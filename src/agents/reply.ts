import type { AgentEvent, Turn } from '../core/agent.ts';
import type { BackendEvent } from '../core/backend.ts';
import type { Clock } from '../core/clock.ts';
import type { ToolCall } from '../core/message.ts';
import type { ModelCall } from '../core/usage.ts';

/** What one model call gave. */
export interface Reply {
	text: string;
	calls: readonly ToolCall[];
	/** It ended at the output limit. */
	cut: boolean;
}

type Last = Extract<BackendEvent, { type: 'finished' | 'failed' }>;

/** Gathers the events of one model call and says which of them the run is shown. */
export interface ReplyCollector {
	take(event: BackendEvent): AgentEvent | null;
	reply(): Reply;
	/** Null while the call has not ended. */
	last(): Last | null;
	/** When the call began and how long it has taken until now, in milliseconds. */
	timing(): Pick<ModelCall, 'startedAt' | 'durationMs' | 'firstMs'>;
}

/** Its making is the beginning of the call. `noteWriting` answers whether this is the turn's first sign of a new answer. */
export function createReplyCollector(turn: Turn, noteWriting: () => boolean, clock: Clock): ReplyCollector {
	const startedAt = clock.now();
	let firstAt: number | null = null;
	let text = '';
	let last: Last | null = null;
	const calls: ToolCall[] = [];

	function writing(name: string): AgentEvent | null {
		const counts = name === 'new_answer' && turn.kind === 'evaluate' && turn.mayAnswer;
		return counts && noteWriting() ? { type: 'writing' } : null;
	}

	return {
		take(event) {
			if (firstAt === null && event.type !== 'retried' && event.type !== 'failed') firstAt = clock.now();
			switch (event.type) {
				case 'text_delta':
					text += event.text;
					return event;
				case 'reasoning_delta':
					return null;
				case 'tool_call_started':
					return writing(event.name);
				case 'tool_called':
					calls.push({ id: event.id, name: event.name, arguments: event.arguments });
					return writing(event.name);
				case 'provider_tool_started':
					return { type: 'tool_started', tool: event.name, label: labelOf(event.name) };
				case 'provider_tool_progressed':
					return { type: 'tool_progressed', tool: event.name, text: event.text };
				case 'provider_tool_finished':
					return {
						type: 'tool_finished',
						tool: event.name,
						label: labelOf(event.name),
						isError: event.isError ?? false,
					};
				case 'retried':
					return { type: 'retried', message: event.message, delayMs: event.delayMs };
				case 'finished':
				case 'failed':
					if (event.type === 'finished') text = event.text ?? text;
					last = event;
					return null;
			}
		},
		reply: () => ({ text, calls, cut: last?.type === 'finished' && last.reason === 'length' }),
		last: () => last,
		timing: () => ({
			startedAt,
			durationMs: Math.max(0, clock.now() - startedAt),
			...(firstAt === null ? {} : { firstMs: Math.max(0, firstAt - startedAt) }),
		}),
	};
}

const labelOf = (name: string) => name.replaceAll('_', ' ');
