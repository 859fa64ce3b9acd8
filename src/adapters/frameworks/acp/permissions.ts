import { isDeepStrictEqual } from 'node:util';
import type { RequestPermissionRequest, RequestPermissionResponse } from '@agentclientprotocol/sdk';
import { z } from 'zod';
import type { ExternalAction, ExternalDecision } from '../../../core/external-agent.ts';
import { recordOf } from '../shared/record-of.ts';

/** What an interrupt leaves behind. `session`: of an agent that can load it again, else null. */
export const waitingSchema = z.object({
	session: z.string().nullable(),
	folder: z.string().nullable(),
	actions: z.array(z.object({ id: z.string(), name: z.string(), input: z.record(z.string(), z.unknown()) })),
});
export type Waiting = z.infer<typeof waitingSchema>;
type Action = Waiting['actions'][number];

const CANCELLED: RequestPermissionResponse = { outcome: { outcome: 'cancelled' } };

/** Answers the requests of one prompt: by what people have decided, once for each decision; what is new waits for them. */
export interface Permissions {
	/** `onNew` is called when a request waits for people: the prompt is to be cancelled. */
	answer(request: RequestPermissionRequest, onNew: () => void): RequestPermissionResponse;
	/** What waits for people. */
	open(): readonly (ExternalAction & Action)[];
	/** What people have decided, for the agent; null: nothing. */
	note(): string | null;
}

export function createPermissions(waiting: Waiting | null, decisions: readonly ExternalDecision[]): Permissions {
	const decided = (waiting?.actions ?? []).flatMap((action) => {
		const decision = decisions.find(({ id }) => id === action.id);
		return decision === undefined ? [] : [{ action, ...verdictOn(action, decision), isUsed: false }];
	});
	const open: Action[] = [];
	return {
		answer({ toolCall, options }, onNew) {
			const asked = actionOf(toolCall);
			const known = decided.find(({ action, isUsed }) => !isUsed && isSame(action, asked));
			if (known === undefined) {
				open.push({ ...asked, id: `${open.length}` });
				onNew();
				return CANCELLED;
			}
			known.isUsed = known.isApproved;
			const kind = known.isApproved ? 'allow_once' : 'reject_once';
			const option = options.find((one) => one.kind === kind);
			return option === undefined ? CANCELLED : { outcome: { outcome: 'selected', optionId: option.optionId } };
		},
		open: () => open,
		note() {
			if (decided.length === 0) return null;
			const lines = decided.map(({ action, word }) => `- ${action.name} ${JSON.stringify(action.input)}: ${word}`);
			const advice = 'Do what was approved, exactly so; leave the rest; then go on.';
			return ['People have decided on what you asked for:', ...lines, advice].join('\n');
		},
	};
}

/** A permission is for what was asked and nothing else: what people have changed is told, and not done by it. */
function verdictOn(
	action: Action,
	{ isApproved, input, text }: ExternalDecision,
): { isApproved: boolean; word: string } {
	if (!isApproved) return { isApproved, word: `refused. ${text}` };
	if (isDeepStrictEqual(input, action.input)) return { isApproved, word: 'approved.' };
	return { isApproved: false, word: `refused as it is. It should be ${JSON.stringify(input)}; ask for that.` };
}

const isSame = (one: Omit<Action, 'id'>, other: Omit<Action, 'id'>) =>
	one.name === other.name && isDeepStrictEqual(one.input, other.input);

/** The same request asks for the same: so nothing that differs from one time to the next is in it. */
function actionOf(call: RequestPermissionRequest['toolCall']): Omit<Action, 'id'> {
	const { title, kind, content, locations } = call;
	const name = [call.name, title].find((one) => one != null && /^[\w.-]{1,100}$/.test(one)) ?? kind ?? 'other';
	const given = recordOf(call.rawInput);
	const shown = { title, content: content ?? [], files: (locations ?? []).map(({ path }) => path) };
	// Its form in JSON, as it comes back from the journal.
	return { name, input: JSON.parse(JSON.stringify(Object.keys(given).length > 0 ? given : shown)) };
}
