import type { Part } from '@a2a-js/sdk';
import { z } from 'zod';
import type { ExternalDecision, ExternalRequest } from '../../../core/external-agent.ts';

/** Where a task waits for people. */
export const resumptionSchema = z.object({ taskId: z.string(), contextId: z.string() });

const about = { filename: '', mediaType: 'text/plain' };

/** A text; `role` says, to an agent that wants to know, whose it is. */
const textPart = (value: string, role: string): Part => ({
	...{ content: { $case: 'text', value }, metadata: { role } },
	...about,
});

/** The whole turn in one message, for an agent may remember nothing: one part for the instructions and for each message. */
export function messageTo({ instructions, messages }: ExternalRequest): Part[] {
	const turns = messages.map(({ role, text }) => {
		return textPart(role === 'assistant' ? `Your reply was:\n\n${text}` : text, role);
	});
	return [textPart(instructions, 'instructions'), ...turns];
}

/** What people have said of the one action of a task that waits: as a text, and as data for an agent that reads it. */
export function resumption(decisions: readonly ExternalDecision[]): Part[] {
	return decisions.flatMap(({ isApproved: approved, input, text: reason }) => {
		const data: Part = {
			...{ content: { $case: 'data', value: { approved, input, reason } }, metadata: undefined },
			...{ filename: '', mediaType: 'application/json' },
		};
		return [textPart(approved ? answerIn(input) : `No: ${reason}`, 'user'), data];
	});
}

/** What people send back to a question, which they may have changed. */
export const GO_ON = 'Yes, go on.';

const answerIn = (input: unknown): string =>
	typeof input === 'object' && input !== null && 'answer' in input ? String(input.answer) : GO_ON;
