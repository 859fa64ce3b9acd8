import { isDeepStrictEqual } from 'node:util';
import type { CanUseTool, PermissionResult } from '@anthropic-ai/claude-agent-sdk';
import { z } from 'zod';
import type { ExternalDecision } from '../../../core/external-agent.ts';

const count = z.number().nullable();

/** What an interrupt leaves behind. */
export const waitingSchema = z.object({
	session: z.string(),
	/** Where it works, when that is a folder of ours. */
	folder: z.string().nullable(),
	actions: z.array(z.object({ id: z.string(), name: z.string(), input: z.record(z.string(), z.unknown()) })),
	/** What the session had used. */
	used: z.object({ inputTokens: count, cachedInputTokens: count, outputTokens: count, reasoningTokens: count }),
});
export type Waiting = z.infer<typeof waitingSchema>;
type Action = Waiting['actions'][number];

/** Answers what Claude Code asks in one reply: by what people have decided, once for each decision; what is new waits for them. */
export interface Permissions {
	canUseTool: CanUseTool;
	/** What waits for people. */
	open(): readonly Action[];
	/** What people have decided, for the agent; null: nothing. */
	note(): string | null;
}

export function createPermissions(asked: readonly Action[], decisions: readonly ExternalDecision[]): Permissions {
	const decided = asked.flatMap((action) => {
		const decision = decisions.find(({ id }) => id === action.id);
		return decision === undefined ? [] : [{ action, decision, isUsed: false }];
	});
	const open: Action[] = [];
	return {
		async canUseTool(name, input): Promise<PermissionResult> {
			// Its form in JSON, as it comes back from the journal.
			const proposed: Action['input'] = JSON.parse(JSON.stringify(input));
			const known = decided.find(
				({ action, decision, isUsed }) =>
					!isUsed &&
					action.name === name &&
					[action.input, decision.input].some((one) => isDeepStrictEqual(one, proposed)),
			);
			if (known === undefined) {
				open.push({ id: `${open.length}`, name, input: proposed });
				return { behavior: 'deny', message: 'People are asked first.', interrupt: true };
			}
			const { isApproved, input: approved, text } = known.decision;
			if (!isApproved) return { behavior: 'deny', message: `It was refused. ${text}` };
			known.isUsed = true;
			return { behavior: 'allow', updatedInput: objectOf(approved) };
		},
		open: () => open,
		note() {
			if (decided.length === 0) return null;
			const lines = decided.map(({ action, decision }) => `- ${lineOf(action)}: ${wordOf(action, decision)}`);
			const advice = 'Now call what was approved again, as it stands here; leave the rest; then go on.';
			return ['People have decided on what you asked for:', ...lines, advice].join('\n');
		},
	};
}

const lineOf = ({ name, input }: Action) => `${name} ${JSON.stringify(input)}`;

function wordOf(action: Action, { isApproved, input, text }: ExternalDecision): string {
	if (!isApproved) return `refused. ${text}`;
	return isDeepStrictEqual(input, action.input) ? 'approved.' : `approved as ${JSON.stringify(input)}.`;
}

const objectOf = (value: unknown) => z.record(z.string(), z.unknown()).parse(value);
