import { isOpen } from '../core/approval.ts';
import type { ThreadMessage } from '../core/gateway.ts';
import type { RunEvent } from '../core/run-event.ts';
import type { AgentView, FinalView, Note, ThreadRecord, ThreadView } from './thread-view.ts';

/** An event of the journal; it comes again, the same, after a resume. */
export type LastingEvent = Extract<RunEvent, { seq: number }>;
type Event<Type extends LastingEvent['type']> = Extract<LastingEvent, { type: Type }>;
type Change = Partial<ThreadView>;

/** Longest title in characters; the full question stands above the thread already. */
const MAX_TITLE = 120;

/** What one lasting event changes in the view. */
export function lastingChange(view: ThreadView, event: LastingEvent): Change {
	switch (event.type) {
		case 'run_started':
			return begun(event);
		case 'run_resumed':
			return event.begins ? {} : { agents: view.agents.map(resumed), draft: '' };
		case 'agent_started':
			return started(view, event);
		case 'answer_given':
			return answered(view, event);
		case 'vote_cast':
			return patch(view, event.agent, { state: 'voted', note: null });
		case 'votes_voided':
			return patchAll(view, event.voters, { state: 'waiting', note: note('vote_void', { label: event.by }) });
		case 'turn_aborted': {
			const why = event.reason === 'new_answer' ? null : note(`aborted_${event.reason}`);
			return patch(view, event.agent, { ...idle(view, event.agent), note: why });
		}
		case 'agent_failed': {
			if (event.out) return patch(view, event.agent, { state: 'out', note: note('out', { message: event.message }) });
			const again = note('tries_again', { message: event.message });
			return patch(view, event.agent, { ...idle(view, event.agent), note: again });
		}
		case 'vote_closed':
			return closed(view, event);
		case 'choice_requested': {
			const key = `choice:${view.orchestration}` as const;
			const { orchestration, candidates } = event;
			return recorded(view, { type: 'choice', key, run: view.run, orchestration, candidates, chosen: null });
		}
		case 'winner_selected':
			return selected(view, event);
		case 'presented': {
			const final = {
				...(view.final ?? blank),
				winner: event.agent,
				content: event.content,
				files: event.files ?? null,
			};
			const order = withKey(view.order, 'final');
			return { ...patch(view, event.agent, { state: 'done', note: null }), order, final, draft: '', presenter: null };
		}
		case 'approval_changed': {
			const key = `approval:${event.approval.id}` as const;
			const waits = isOpen(event.approval) ? note('awaits_approval') : null;
			const shown = recorded(view, { type: 'approval', key, approval: event.approval });
			return { ...shown, ...patch(view, event.approval.agent, { note: waits }) };
		}
		case 'plan_changed':
			return { agents: view.agents.map((one) => (one.id === event.agent ? { ...one, plan: event.tasks } : one)) };
		case 'reviewed':
			return reviewed(view, event);
		case 'stop_requested':
			return { stoppedBy: event.by };
		case 'run_finished':
			return finished(view, event);
		case 'model_called':
		case 'answer_refused':
		case 'deadline_passed':
			return {};
	}
}

const blank: FinalView = {
	winner: null,
	content: '',
	outcome: null,
	answers: 0,
	shortfalls: [],
	spend: null,
	activeMs: null,
	files: null,
};

const note = (name: string, values: Note['values'] = {}): Note => ({ key: `note.${name}`, values });

function begun(event: Event<'run_started'>): Change {
	return {
		run: event.run,
		question: event.question,
		retryOf: event.retryOf,
		askedBy: event.askedBy,
		memories: event.memories ?? [],
		title: titleOf(event.question),
		team: event.team,
		startedAt: event.at,
		order: ['question', 'board'],
		agents: event.members.map(({ id, model, name }) => ({
			id,
			name,
			model,
			state: 'waiting',
			attempt: 0,
			version: 0,
			versions: 0,
			content: null,
			votes: null,
			note: null,
			plan: [],
			tool: null,
			hint: null,
		})),
	};
}

/** The question in one line of at most `MAX_TITLE` characters. */
function titleOf(question: string): string {
	const characters = [
		...question
			.slice(0, 4 * MAX_TITLE)
			.replace(/\s+/g, ' ')
			.trim(),
	];
	return characters.length <= MAX_TITLE ? characters.join('') : `${characters.slice(0, MAX_TITLE - 1).join('')}…`;
}

function resumed(agent: AgentView): AgentView {
	const working = agent.state === 'thinking' || agent.state === 'presenting' || agent.state === 'reviewing';
	return { ...agent, tool: null, hint: null, note: working ? note('resumed') : agent.note };
}

function started(view: ThreadView, event: Event<'agent_started'>): Change {
	const { agent, attempt, kind, orchestration } = event;
	const again = orchestration > view.orchestration;
	const fresh = again
		? { ...view, orchestration, agents: view.agents.map(backToWork), presenter: null, draft: '' }
		: view;
	const state = kind === 'present' ? 'presenting' : kind === 'review' ? 'reviewing' : 'thinking';
	const change = { ...fresh, ...patch(fresh, agent, { state, attempt, note: null }) };
	if (kind !== 'present') return change;
	return { ...change, presenter: { agent, attempt }, draft: '', order: withKey(fresh.order, 'final') };
}

function backToWork(agent: AgentView): AgentView {
	if (agent.state === 'out') return { ...agent, votes: null };
	return { ...agent, state: 'waiting', votes: null, note: null, tool: null, hint: null };
}

function answered(view: ThreadView, event: Event<'answer_given'>): Change {
	const { agent, version, content } = event;
	const versions = (view.agents.find(({ id }) => id === agent)?.versions ?? 0) + 1;
	const order = withKey(view.order, `slot:${agent}`);
	return { ...patch(view, agent, { state: 'answered', note: null, version, versions, content }), order };
}

function closed(view: ThreadView, event: Event<'vote_closed'>): Change {
	const agents = view.agents.map((agent) => {
		const row = event.tally.find((one) => one.agent === agent.id);
		return row === undefined ? agent : { ...agent, votes: event.by === 'skipped' ? null : row.votes };
	});
	if (event.by === 'skipped' || event.tally.length === 0) return { agents };
	const key = `tally:${view.orchestration}` as const;
	const { by, tally: rows, votes } = event;
	return { agents, ...recorded(view, { type: 'tally', key, by, rows, votes, winner: null, tie: null }) };
}

function selected(view: ThreadView, event: Event<'winner_selected'>): Change {
	const tally = view.records[`tally:${view.orchestration}`];
	const choice = view.records[`choice:${view.orchestration}`];
	const records = { ...view.records };
	if (tally?.type === 'tally') records[tally.key] = { ...tally, winner: event.agent, tie: event.tie };
	if (choice?.type === 'choice') records[choice.key] = { ...choice, chosen: event.agent };
	return { records, order: withKey(view.order, 'final') };
}

function reviewed(view: ThreadView, event: Event<'reviewed'>): Change {
	const { agent, verdict } = event;
	const key = `review:${view.orchestration}` as const;
	const { reason, instructions } = verdict.type === 'restart' ? verdict : { reason: '', instructions: '' };
	const record: ThreadRecord = { type: 'review', key, verdict: verdict.type, reason, instructions };
	return { ...patch(view, agent, { state: 'done', note: null }), ...recorded(view, record) };
}

function finished(view: ThreadView, event: Event<'run_finished'>): Change {
	const { outcome, winner, answers, shortfalls, spend, activeMs } = event;
	const agents = view.agents.map((agent): AgentView => {
		const still = { ...agent, tool: null, hint: null };
		if (agent.state === 'out') return still;
		const contributed = agent.version > 0 || agent.id === winner;
		return { ...still, state: 'done', note: contributed ? null : (agent.note ?? note('no_answer')) };
	});
	const files = view.final?.files ?? null;
	const final = { winner, content: event.answer ?? '', outcome, answers, shortfalls, spend, activeMs, files };
	const order = withKey(view.order, 'final');
	return { agents, order, final, draft: '', presenter: null, finished: outcome, records: withoutOpen(view.records) };
}

/** Nothing waits for people once the run is over. */
function withoutOpen(records: ThreadView['records']): ThreadView['records'] {
	const closed = Object.entries(records).map(([key, record]): [string, ThreadRecord] => {
		if (record.type !== 'approval' || !isOpen(record.approval)) return [key, record];
		const items = record.approval.items.map((item) =>
			item.state === 'pending' ? { ...item, state: 'cancelled' as const } : item,
		);
		return [key, { ...record, approval: { ...record.approval, items } }];
	});
	return Object.fromEntries(closed);
}

/** What an agent is when its turn ended without an outcome. */
function idle(view: ThreadView, id: string): Pick<AgentView, 'state'> {
	const version = view.agents.find((agent) => agent.id === id)?.version ?? 0;
	return { state: version > 0 ? 'answered' : 'waiting' };
}

function patch(view: ThreadView, id: string, change: Partial<AgentView>): Change {
	return patchAll(view, [id], change);
}

function patchAll(view: ThreadView, ids: readonly string[], change: Partial<AgentView>): Change {
	const quiet = { tool: null, hint: null };
	return {
		agents: view.agents.map((agent) => (ids.includes(agent.id) ? { ...agent, ...quiet, ...change } : agent)),
	};
}

function recorded(view: ThreadView, record: ThreadRecord): Change {
	return { records: { ...view.records, [record.key]: record }, order: withKey(view.order, record.key) };
}

function withKey(order: ThreadView['order'], key: ThreadMessage['key']): ThreadView['order'] {
	return order.includes(key) ? order : [...order, key];
}
