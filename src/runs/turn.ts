import type { SeenAnswer, Turn } from '../core/agent.ts';
import { judge } from '../orchestrator/judge.ts';
import type { Pending } from '../orchestrator/pending.ts';
import { agentOf, compareNames, mayAnswer, type State, votable } from '../orchestrator/state.ts';
import type { RunFold } from './fold.ts';

/** Prepares the turn that a piece of pending work asks for. `now`: milliseconds since the epoch. */
export function turnFor(work: Exclude<Pending, { type: 'choose' }>, fold: RunFold, now: number): Turn {
	const state = fold.state();
	const { input } = fold;
	const { rules } = input.team;
	const agent = agentOf(state, work.agent);
	const done = fold.progress(work.agent, work.attempt);
	const common = {
		run: fold.run,
		agent: work.agent,
		name: agent?.name ?? work.agent,
		attempt: work.attempt,
		origin: done?.origin ?? work.attempt,
		question: input.question,
		attachments: input.attachments,
		history: input.history,
		digest: input.digest,
		feedback: state.feedback === null ? null : { ...state.feedback, orchestration: state.orchestration },
		transcript: done?.messages ?? [],
		begun: done?.begun ?? new Map<string, string>(),
		tainted: fold.tainted() || input.attachments.length > 0 || input.hasForeignMemories,
		files: fold.files(work.agent) ?? input.files,
		plan: fold.plan(work.agent),
		repliesUsed: done?.repliesUsed ?? 0,
		updated: done?.updated ?? false,
		now,
		limits: { replies: rules.replyLimit, steps: rules.stepLimit, tools: rules.mostTools },
		planning: rules.planning,
	};
	const check: (Turn & { kind: 'evaluate' })['check'] = (outcome) => {
		const live = fold.state();
		const self = agentOf(live, work.agent);
		return self === null ? null : judge(live, self, outcome);
	};
	const answers = seenBy(state, work.agent);
	if (work.type === 'review') {
		return { ...common, kind: 'review', answers, presented: state.presented?.content ?? '' };
	}
	if (work.type === 'present') return { ...common, kind: 'present', answers, ...standing(state) };
	if (work.kind === 'answer' || agent === null) return { ...common, kind: 'answer', answers: [], check };
	return {
		...common,
		kind: 'evaluate',
		answers,
		votable: votable(state, agent),
		mayAnswer: mayAnswer(state, agent),
		sensitivity: rules.sensitivity,
		novelty: rules.novelty,
		check,
	};
}

/** Every latest answer under its author's anonymous name, in the order of the names. */
function seenBy(state: State, viewer: string): SeenAnswer[] {
	return state.agents
		.flatMap(({ id, name, answer }) =>
			answer === null
				? []
				: [{ name, version: answer.version, content: answer.content, files: answer.files?.id, mine: id === viewer }],
		)
		.sort((a, b) => compareNames(a.name, b.name));
}

function standing(state: State) {
	const { closing } = state;
	const forWinner = closing?.votes.filter((vote) => vote.target === closing.winner) ?? [];
	return {
		votes: forWinner.length,
		voters: closing?.votes.length ?? 0,
		reasons: forWinner.map((vote) => vote.reason),
		tieBreak: closing?.tie?.rule ?? null,
	};
}
