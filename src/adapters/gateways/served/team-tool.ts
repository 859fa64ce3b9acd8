import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { outcomeSchema } from '../../../core/coordination.ts';
import { clientSession, threadNamed } from '../shared/client-session.ts';
import type { Client } from './clients.ts';
import type { ServedParts } from './parts.ts';
import { aboutRun, type Progress, reasonsOf } from './run-state.ts';

/** What models read of the tool that asks a team. */
export const TEAM_TOOL = {
	name: 'ask_team',
	title: 'Ask a team',
	description:
		'Puts a question to a team of AI agents. They answer in parallel, read the answers of the others, vote, and the winner presents one result. It takes from seconds to many minutes; progress is told meanwhile.',
} as const;

export const askSchema = z.object({
	question: z.string().describe('The question, with everything the team must know to answer it.'),
	team: z.string().optional().describe('The name of the team. Left out: the default team.'),
	session: z
		.string()
		.max(200)
		.optional()
		.describe('Names a conversation: a later call with the same name goes on with it. Left out: a new conversation.'),
});

export const answerSchema = z.object({
	answer: z.string(),
	outcome: outcomeSchema.nullable(),
	team: z.string().nullable(),
	run: z.string().nullable(),
	/** Where people can read all of it. */
	url: z.string(),
	winner: z.string().nullable(),
	votes: z.array(z.object({ agent: z.string(), votes: z.number() })),
	shortfalls: z.array(z.string()),
});

/** The progress in one line. */
export const lineOf = ({ phase, agents, answered, voted }: Progress): string =>
	phase === 'queued'
		? 'queued: another question of this conversation is being answered'
		: `${phase}: ${answered} of ${agents} agents have answered, ${voted} have voted`;

/**
 * Puts the question of a call; the result is the call's. Stops the run when `signal` aborts. Throws a `Refusal` when it
 * is not taken.
 */
export async function askTeam(
	parts: ServedParts,
	client: Client,
	{ question, team, session: name }: z.infer<typeof askSchema>,
	{ signal, tell }: { signal: AbortSignal; tell(progress: Progress): void },
) {
	const { questions, say } = parts;
	const id = randomUUID();
	const session = clientSession(client.name, threadNamed(name === undefined ? `once ${id}` : `named ${name}`));
	const taken = { client, session, id };
	await questions.ask({ ...taken, text: question, team: team ?? null });
	const state = await questions
		.follow(taken, ({ progress }) => tell(progress), signal)
		.catch((thrown: unknown) => {
			if (signal.aborted) void questions.abandon(taken);
			throw thrown;
		});
	const outcome = state.result?.outcome;
	const failure = outcome === 'stopped' ? say('served.stopped') : say('served.failed', { reasons: reasonsOf(state) });
	const isFailed = outcome === 'failed' || outcome === 'stopped';
	return {
		isError: isFailed,
		text: isFailed ? failure : state.text,
		structured: { answer: state.text, ...aboutRun(state, parts.linkTo(session)) },
	};
}
