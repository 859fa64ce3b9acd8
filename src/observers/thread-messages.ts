import { type BoardResult, type BoardRow, EXCERPT, type ThreadMessage } from '../core/gateway.ts';
import type { Say } from '../core/say.ts';
import type { AgentView, ThreadView } from './thread-view.ts';

/** The messages of a thread, in the order in which they are posted. None before the run has started. */
export function messagesOf(view: ThreadView, say: Say): readonly ThreadMessage[] {
	return view.order.flatMap((key) => messageOf(view, key, say) ?? []);
}

function messageOf(view: ThreadView, key: ThreadMessage['key'], say: Say): ThreadMessage | null {
	if (key === 'question') return questionOf(view);
	if (key === 'board') return boardOf(view, say);
	if (key === 'final') return finalOf(view);
	return view.records[key] ?? slotOf(view.agents.find(({ id }) => key === `slot:${id}`));
}

function questionOf({ question: text, startedAt: askedAt, retryOf }: ThreadView): ThreadMessage {
	return { type: 'question', key: 'question', text, askedAt, retryOf };
}

function boardOf(view: ThreadView, say: Say): ThreadMessage {
	const { run, title, team, orchestration, finished, askedBy, stoppedBy, startedAt } = view;
	const rows = view.agents.map((agent) => rowOf(agent, say));
	const common = { run, title, team, orchestration, rows, finished, askedBy, stoppedBy, startedAt };
	const memories = view.memories.length === 0 ? {} : { memories: view.memories };
	return { type: 'board', key: 'board', ...common, ...memories, result: resultOf(view) };
}

function resultOf({ finished, final }: ThreadView): BoardResult | null {
	if (finished === null || final === null) return null;
	const { winner, answers, content } = final;
	const excerpt = content.slice(0, EXCERPT).replace(/[\uD800-\uDBFF]$/, '');
	return { winner, answers, excerpt, isWhole: excerpt === content };
}

function rowOf(view: AgentView, say: Say): BoardRow {
	const { id: agent, name, model, state, tool, version, votes, plan } = view;
	const note = view.hint ?? view.note;
	const row = { agent, name, model, state, tool, version, votes, note: note && say(note.key, note.values) };
	return plan.length === 0 ? row : { ...row, plan };
}

function slotOf(agent: AgentView | undefined): ThreadMessage | null {
	if (agent === undefined || agent.content === null) return null;
	const { id, name, version, versions, content } = agent;
	return { type: 'slot', key: `slot:${id}`, agent: id, name, version, versions, content };
}

/** Nothing until there is a text or the run has ended. A later presentation replaces an earlier one as it is written. */
function finalOf(view: ThreadView): ThreadMessage | null {
	const agents = view.agents.length;
	const known = view.final;
	if (view.draft === '') return known && { type: 'final', key: 'final', ...known, agents, streaming: false };
	return {
		type: 'final',
		key: 'final',
		winner: view.presenter?.agent ?? null,
		content: view.draft,
		streaming: true,
		outcome: null,
		answers: view.agents.filter(({ version }) => version > 0).length,
		agents,
		shortfalls: [],
		spend: null,
		activeMs: null,
		files: null,
	};
}
