import { createFence } from '../agents/instructions/fence.ts';
import type { ApprovalItem } from '../core/approval.ts';
import { revealedText } from '../core/foreign-text.ts';

const NEXT =
	'Do not call it again with the same arguments; go on without it, and say in your answer what was not done.';

/** Why a call does not run, in words for the model. */
export const refusals = {
	/** The person's own words are data: they cannot end their own block. */
	denied: ({ tool, denial, digest, votes }: ApprovalItem) => {
		if (votes.length === 0) return refusals.nobody(tool);
		if (denial === null) return `${tool} was not called: a person has denied it and gave no reason. ${NEXT}`;
		const reason = createFence(digest, [denial]).block('reason', denial, 'by="the person who denied it"');
		return `${tool} was not called: a person has denied it. ${NEXT}\n${reason}`;
	},
	deniedBefore: (item: ApprovalItem) => `The same call was denied before in this run. ${refusals.denied(item)}`,
	expired: (tool: string) => `${tool} was not called: nobody approved it in time. ${NEXT}`,
	cancelled: (tool: string) => `${tool} was not called: its request was cancelled with the run.`,
	forbidden: (tool: string, reasons: ApprovalItem['reasons']) =>
		`${tool} was not called: the policy forbids it (${reasons.map(({ rule, text }) => revealedText(text === '' ? rule : `${rule}: ${text}`)).join('; ')}). ${NEXT}`,
	lacking: (tool: string) =>
		`${tool} was not called: whoever asked the question may not use it. Go on without it, and say in your answer what was not done.`,
	nobody: (tool: string) =>
		`${tool} was not called: it needs the approval of a person, and nobody can be asked here. Describe in your answer what you would do with it.`,
	tooMany: (tool: string, open: number) =>
		`${tool} was not called: too many requests wait for people in this channel (${open} are open), so nobody was asked. Call nothing else that needs an approval now; describe in your answer what is still to be done.`,
	invalid: (tool: string, faults: readonly string[]) =>
		`${tool} was not called: its arguments do not fit its schema (${faults.map(revealedText).join('; ')}). Correct them and call it again.`,
	unreadable: (tool: string) =>
		`${tool} was not called: its arguments hold what cannot be shown truthfully to a person, such as half a character. Correct them and call it again.`,
	happened: (tool: string) =>
		`The connection was lost while ${tool} ran, so there is no result. A person has looked and says that it has happened. Go on as if it had succeeded, without its result.`,
	abandoned: (tool: string) =>
		`The connection was lost while ${tool} ran, and whether it happened is not known. A person has decided that it is not called again. ${NEXT}`,
	unknown: (tool: string) =>
		`The connection was lost while ${tool} ran, and whether it happened is not known. Nobody can be asked here, so it is not called again. Say so in your answer.`,
	unanswered: (tool: string) =>
		`The connection was lost while ${tool} ran, and whether it happened is not known. Nobody answered in time whether to call it again, so it is not. Say so in your answer.`,
	forgettable: (tool: string) =>
		`${tool} was not called: what is kept of this run may be lost, and with it whether the call was made, so nothing is called that must not happen twice. Whoever runs this program has to make its store durable first. Describe in your answer what you would do with ${tool}.`,
	trouble: (tool: string) =>
		`${tool} was not called: whether it may run could not be found out, and nobody can be asked here. Describe in your answer what you would do with it.`,
} as const;
