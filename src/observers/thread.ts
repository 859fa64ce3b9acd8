import type { RunEvent } from '../core/run-event.ts';
import { lastingChange } from './thread-lasting.ts';
import { type AgentView, createThreadView, type Note, type ThreadView } from './thread-view.ts';

type Passing = Extract<
	RunEvent,
	{ type: 'text_delta' | 'tool_started' | 'tool_progressed' | 'tool_finished' | 'call_retried' }
>;

/**
 * The view after one more event; the same object when the event changes nothing. A lasting event that was seen
 * before is ignored, and passing events leave no trace in the view of a finished run.
 */
export function threadAfter(view: ThreadView, event: RunEvent): ThreadView {
	if (!('seq' in event)) return view.finished === null ? afterPassing(view, event) : view;
	if (event.seq <= view.seq) return view;
	return { ...view, seq: event.seq, ...lastingChange(view, event) };
}

/** The view of a run that told these events, in order. */
export const viewOf = (events: readonly RunEvent[]): ThreadView => events.reduce(threadAfter, createThreadView());

function afterPassing(view: ThreadView, event: Passing): ThreadView {
	const agent = view.agents.find(({ id }) => id === event.agent);
	if (agent === undefined || agent.attempt !== event.attempt) return view;
	switch (event.type) {
		case 'text_delta': {
			const calm = agent.hint === null ? view : withPassing(view, agent, agent.tool, null);
			const presents = event.kind === 'present' && view.presenter?.agent === event.agent;
			return presents && event.text !== '' ? { ...calm, draft: view.draft + event.text } : calm;
		}
		case 'tool_started':
			return withPassing(view, agent, event.label, null);
		case 'tool_progressed':
			return withPassing(view, agent, agent.tool, { key: 'note.tool_progress', values: { text: event.text } });
		case 'tool_finished':
			return agent.tool === event.label ? withPassing(view, agent, null, agent.hint) : view;
		case 'call_retried': {
			const seconds = Math.max(1, Math.ceil(event.delayMs / 1000));
			return withPassing(view, agent, agent.tool, {
				key: 'note.call_retried',
				values: { seconds, message: event.message },
			});
		}
	}
}

function withPassing(view: ThreadView, agent: AgentView, tool: string | null, hint: Note | null): ThreadView {
	return { ...view, agents: view.agents.map((other) => (other === agent ? { ...agent, tool, hint } : other)) };
}
