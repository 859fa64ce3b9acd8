import { z } from 'zod';
import { canonicalJson } from '../../../core/canonical-json.ts';
import type { ExternalAction, ExternalDecision, ExternalEvent } from '../../../core/external-agent.ts';
import { listOf, recordOf, textOf } from '../shared/record-of.ts';

const actionSchema = z.object({ id: z.string(), name: z.string(), input: z.unknown() });

/** Where a graph waits: its thread, and what each of its interrupts is about. */
const waitingSchema = z.object({
	thread: z.string(),
	interrupts: z.array(
		z.object({ id: z.string(), form: z.enum(['requests', 'plain']), actions: z.array(actionSchema).min(1) }),
	),
});
export type Waiting = z.infer<typeof waitingSchema>;

export const waitingIn = (state: string): Waiting => waitingSchema.parse(JSON.parse(state));

/** An interrupt is a list of requests, as LangChain's middleware makes it, or anything else: then it is one action. */
export function interrupted(
	thread: string,
	found: readonly unknown[],
	usage: Extract<ExternalEvent, { type: 'interrupted' }>['usage'],
): ExternalEvent {
	const interrupts = found.map((interrupt, index): Waiting['interrupts'][number] => {
		const { id, value } = recordOf(interrupt);
		const requests = listOf(recordOf(value).actionRequests).map(recordOf);
		const own = requests.length === 0 ? [plainAction(value)] : requests.map(requestedAction);
		return {
			id: textOf(id) ?? String(index),
			form: requests.length === 0 ? 'plain' : 'requests',
			actions: own.map((action, place) => ({ ...action, id: `${index}.${place}` })),
		};
	});
	const state = JSON.stringify({ thread, interrupts } satisfies Waiting);
	return { type: 'interrupted', state, actions: interrupts.flatMap(({ actions }) => actions), usage };
}

/** What the interrupts go on with: of a single one its value, of several each under its id. */
export function answersTo({ interrupts }: Waiting, decisions: readonly ExternalDecision[]): unknown {
	const decisionOn = ({ id }: ExternalAction) => decisions.find((decision) => decision.id === id);
	const answers = interrupts.map(({ id, form, actions }): [string, unknown] => {
		if (form === 'requests') return [id, { decisions: actions.map((action) => answerTo(action, decisionOn(action))) }];
		const [decision] = actions.map(decisionOn);
		return [id, decision?.isApproved ? decision.input : false];
	});
	const [only, ...others] = answers;
	return only !== undefined && others.length === 0 ? only[1] : Object.fromEntries(answers);
}

/** As LangChain's own middleware for people in the loop expects it. It may not allow edits, so only one is called so. */
function answerTo({ name, input }: ExternalAction, decision: ExternalDecision | undefined): unknown {
	if (!decision?.isApproved) return { type: 'reject', message: decision?.text ?? '' };
	if (canonicalJson(input) === canonicalJson(decision.input)) return { type: 'approve' };
	return { type: 'edit', editedAction: { name, args: decision.input } };
}

const requestedAction = ({ name, args }: Record<string, unknown>): Omit<ExternalAction, 'id'> => ({
	name: textOf(name) ?? 'action',
	input: recordOf(args),
});

/** `{action, input}` names it; anything else is shown as it is. */
function plainAction(value: unknown): Omit<ExternalAction, 'id'> {
	const { action, input } = recordOf(value);
	const name = textOf(action);
	if (name !== null) return { name, input: recordOf(input) };
	return { name: 'interrupt', input: typeof value === 'object' && value !== null ? recordOf(value) : { value } };
}
