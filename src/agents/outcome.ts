import { z } from 'zod';
import type { AnswerTurn, EvaluateTurn, ProposedOutcome, Turn } from '../core/agent.ts';
import type { Verdict } from '../core/coordination.ts';
import type { ToolCall } from '../core/message.ts';
import type { RefusalReason } from './instructions/correction.ts';
import { isWorkflowCall } from './instructions/workflow-tools.ts';
import type { Reply } from './reply.ts';

export type Judgement =
	| { type: 'accepted'; outcome: ProposedOutcome | { type: 'reviewed'; verdict: Verdict } }
	| { type: 'refused'; reason: RefusalReason }
	/** Only ordinary tools were called: the model has the next word. */
	| { type: 'undecided' };

/** Decides what a reply means for its turn, by the state of the run at this moment. */
export function judge(turn: Turn, reply: Reply): Judgement {
	const workflow = reply.calls.filter((call) => isWorkflowCall(turn.kind, call.name));
	if (reply.calls.length > 0 && workflow.length === 0) return { type: 'undecided' };
	switch (turn.kind) {
		case 'present':
			return { type: 'accepted', outcome: { type: 'answered', content: reply.text } };
		case 'review':
			return judgeReview(workflow);
		case 'answer':
		case 'evaluate':
			return judgeCoordination(turn, workflow);
	}
}

const refused = (reason: RefusalReason): Judgement => ({ type: 'refused', reason });

function judgeCoordination(turn: AnswerTurn | EvaluateTurn, calls: readonly ToolCall[]): Judgement {
	const votes = calls.filter((call) => call.name === 'vote').length;
	const answers = calls.length - votes;
	const call = calls[0];
	if (call === undefined) return refused('no_call');
	if (turn.kind === 'answer' && votes > 0) return refused('no_answers');
	if (votes > 1) return refused('several_votes');
	if (votes > 0 && answers > 0) return refused('vote_and_answer');
	if (answers > 1) return refused('several_answers');
	const outcome = call.name === 'vote' ? parse(voteArguments, call) : parse(answerArguments, call);
	if (outcome === null) return refused('arguments_invalid');
	if (outcome.type === 'answered' && outcome.content.trim() === '') return refused('empty_answer');
	if (outcome.type === 'answered' && turn.kind === 'evaluate' && !turn.mayAnswer) return refused('answer_limit');
	const refusal = turn.check(outcome);
	return refusal === null ? { type: 'accepted', outcome } : refused(refusal);
}

/** Without a call the presented answer stands: a review that says nothing objects to nothing. */
function judgeReview(calls: readonly ToolCall[]): Judgement {
	const [call, second] = calls;
	if (second !== undefined) return refused('several_verdicts');
	if (call === undefined || call.name === 'submit') {
		return { type: 'accepted', outcome: { type: 'reviewed', verdict: { type: 'submit' } } };
	}
	const restart = parse(restartArguments, call);
	if (restart === null) return refused('arguments_invalid');
	return { type: 'accepted', outcome: { type: 'reviewed', verdict: restart } };
}

const answerArguments = z
	.object({ content: z.string() })
	.transform(({ content }) => ({ type: 'answered', content }) as const);

/** A vote without a reason is a vote. */
const voteArguments = z
	.object({ agent_id: z.string(), reason: z.string().default('') })
	.transform(({ agent_id, reason }) => ({ type: 'voted', target: agent_id.trim(), reason }) as const);

const said = z.string().refine((text) => text.trim() !== '');
const restartArguments = z
	.object({ reason: said, instructions: said })
	.transform(({ reason, instructions }) => ({ type: 'restart', reason, instructions }) as const);

function parse<Parsed>(schema: z.ZodType<Parsed>, call: ToolCall): Parsed | null {
	const input = readJson(call.arguments);
	return input.ok ? (schema.safeParse(input.value).data ?? null) : null;
}

/** JSON that a model wrote. */
export function readJson(text: string): { ok: true; value: unknown } | { ok: false } {
	try {
		return { ok: true, value: JSON.parse(text) };
	} catch {
		return { ok: false };
	}
}
