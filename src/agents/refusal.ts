import type { Turn } from '../core/agent.ts';
import type { Message } from '../core/message.ts';
import type { Ending } from './conversation.ts';
import { correction, type RefusalReason, SEE_FIRST_CALL } from './instructions/correction.ts';
import { isWorkflowCall } from './instructions/workflow-tools.ts';
import type { Reply } from './reply.ts';

/** One result for each workflow call, because providers demand a result for every call; without calls, a user message. */
export function corrections(turn: Turn, reply: Reply, reason: RefusalReason): Message[] {
	const text = correction(reason, turn, reply.cut);
	const calls = reply.calls.filter((call) => isWorkflowCall(turn.kind, call.name));
	if (calls.length === 0) return [{ role: 'user', text }];
	return calls.map((call, index) => ({
		role: 'tool',
		callId: call.id,
		name: call.name,
		text: index === 0 ? text : SEE_FIRST_CALL,
		isError: true,
	}));
}

/** The ending of a turn whose replies are used up; `reason` is why the last one was refused. */
export function exhausted(turn: Turn, reason: RefusalReason): Ending {
	const count = turn.limits.replies === 1 ? '1 reply' : `${turn.limits.replies} replies`;
	return {
		type: 'failed',
		code: 'no_valid_outcome',
		message: `The agent gave no valid result in ${count}; the last was refused (${reason}). Try a model that calls tools more reliably.`,
		fatal: true,
	};
}
