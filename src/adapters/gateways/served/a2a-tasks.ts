import { randomUUID } from 'node:crypto';
import type { Artifact, Message, StreamResponse, Task, TaskStatus } from '@a2a-js/sdk';
import type { ServedParts } from './parts.ts';
import { aboutRun, type RunState, reasonsOf } from './run-state.ts';
import { lineOf } from './team-tool.ts';

export interface TaskNeeds extends Pick<ServedParts, 'say' | 'clock'> {
	/** The numbers of the SDK, which is loaded late. */
	states: typeof import('@a2a-js/sdk').TaskState;
	agent: import('@a2a-js/sdk').Role;
	task: string;
	context: string;
	/** The address of the thread on the page. */
	url: string;
}

/** Makes an A2A task of a question's state: a task is a run. */
export function taskOf(state: RunState, needs: TaskNeeds): Task {
	const { task: id, context: contextId } = needs;
	const isDone = state.result !== null;
	return {
		...{ id, contextId, history: [] },
		status: statusOf(state, needs),
		artifacts: isDone && state.text !== '' ? [answerOf(state.text)] : [],
		metadata: aboutRun(state, needs.url),
	};
}

/** Whether no state follows, or none before people have decided. */
export function isAtRest(state: RunState): boolean {
	return state.result !== null || state.progress.phase === 'waiting';
}

/** Tells what has changed in a task since it was told last. */
export function createTaskNews(needs: TaskNeeds): (state: RunState) => StreamResponse[] {
	const { task: taskId, context: contextId } = needs;
	let shown = '';
	let sent: string | null = null;
	return (state) => {
		const news: StreamResponse[] = [];
		const { text, result, progress } = state;
		if (text !== '' && text !== sent) {
			const grows = sent !== null && text.startsWith(sent);
			const artifact = answerOf(grows ? text.slice(sent?.length ?? 0) : text);
			const update = { taskId, contextId, artifact, append: grows, lastChunk: result !== null, metadata: undefined };
			news.push({ payload: { $case: 'artifactUpdate', value: update } });
			sent = text;
		}
		const line = lineOf(progress);
		if (line !== shown) {
			shown = line;
			const value = { taskId, contextId, status: statusOf(state, needs), metadata: aboutRun(state, needs.url) };
			news.push({ payload: { $case: 'statusUpdate', value } });
		}
		return news;
	};
}

function statusOf(state: RunState, needs: TaskNeeds): TaskStatus {
	const { states, say, url, clock } = needs;
	// When it ended is not looked up.
	const timestamp = state.result === null ? new Date(clock.now()).toISOString() : undefined;
	const status = (which: TaskStatus['state'], text: string): TaskStatus => ({
		...{ state: which, timestamp },
		message: text === '' ? undefined : messageOf(text, needs),
	});
	const { result, progress } = state;
	if (result?.outcome === 'failed')
		return status(states.TASK_STATE_FAILED, say('served.failed', { reasons: reasonsOf(state) }));
	if (result?.outcome === 'stopped') return status(states.TASK_STATE_CANCELED, say('served.stopped'));
	if (result !== null) return status(states.TASK_STATE_COMPLETED, '');
	if (progress.phase === 'waiting') return status(states.TASK_STATE_INPUT_REQUIRED, say('served.waits', { link: url }));
	if (progress.phase === 'queued') return status(states.TASK_STATE_SUBMITTED, lineOf(progress));
	return status(states.TASK_STATE_WORKING, lineOf(progress));
}

function messageOf(text: string, { agent, task: taskId, context: contextId }: TaskNeeds): Message {
	const about = { metadata: undefined, extensions: [], referenceTaskIds: [] };
	return { messageId: randomUUID(), contextId, taskId, role: agent, parts: [textPart(text)], ...about };
}

function answerOf(text: string): Artifact {
	const about = { name: 'answer', description: '', metadata: undefined, extensions: [] };
	return { artifactId: 'answer', parts: [textPart(text)], ...about };
}

const textPart = (value: string) => ({
	content: { $case: 'text' as const, value },
	...{ metadata: undefined, filename: '', mediaType: 'text/plain' },
});
