import type { Artifact, Message, Part, StreamResponse, TaskStatus } from '@a2a-js/sdk';
import type { z } from 'zod';
import type { ExternalAction, ExternalEvent } from '../../../core/external-agent.ts';
import { unknownUsage } from '../../../core/usage.ts';
import { recordOf, textOf } from '../shared/record-of.ts';
import { GO_ON, type resumptionSchema } from './messages.ts';

/** The name of its progress, for people. */
const PROGRESS = 'task';

/** Makes one reply of what an A2A agent says of a task, or of its only message. */
export interface TaskReader {
	take(payload: NonNullable<StreamResponse['payload']>): ExternalEvent[];
	/** The last event. Throws when the stream has ended and the task has not. */
	end(): ExternalEvent[];
	isOver(): boolean;
	/** Empty before it is known. */
	taskId(): string;
	contextId(): string;
}

/** `states`: the numbers of the SDK, which is loaded late. */
export function createTaskReader(states: typeof import('@a2a-js/sdk').TaskState): TaskReader {
	const artifacts = new Map<string, string>();
	let [task, context, shown] = ['', '', ''];
	let isWorking = false;
	let ending: ExternalEvent | null = null;

	const whole = () => [...artifacts.values()].filter((text) => text !== '').join('\n\n');

	const addArtifact = (artifact: Artifact | undefined, append: boolean): ExternalEvent[] => {
		if (artifact === undefined) return [];
		const { artifactId: id, parts } = artifact;
		artifacts.set(id, (append ? (artifacts.get(id) ?? '') : '') + textIn(parts));
		const text = whole();
		// What was shown cannot be taken back; the last event has the whole.
		if (!text.startsWith(shown) || text === shown) return [];
		const added = text.slice(shown.length);
		shown = text;
		return [{ type: 'text_delta', text: added }];
	};

	const addStatus = (status: TaskStatus | undefined): ExternalEvent[] => {
		if (status === undefined) return [];
		const { state, message } = status;
		const said = textIn(message?.parts ?? []);
		switch (state) {
			case states.TASK_STATE_COMPLETED:
				ending = { type: 'finished', text: whole() || said, usage: unknownUsage };
				return [];
			case states.TASK_STATE_INPUT_REQUIRED:
				ending = interruption(message, { taskId: task, contextId: context });
				return [];
			case states.TASK_STATE_AUTH_REQUIRED:
				ending = failed('permission', false, said || 'it asks for a login, which it cannot be given here');
				return [];
			case states.TASK_STATE_REJECTED:
				ending = failed('request_invalid', false, said || 'it was refused');
				return [];
			case states.TASK_STATE_FAILED:
			case states.TASK_STATE_CANCELED:
				ending = failed('response_invalid', true, said || 'it says nothing more');
				return [];
			default: {
				const started: ExternalEvent[] = isWorking || said === '' ? [] : [{ type: 'tool_started', tool: PROGRESS }];
				isWorking ||= said !== '';
				return said === '' ? [] : [...started, { type: 'tool_progressed', tool: PROGRESS, text: said }];
			}
		}
	};

	const named = (taskId: string, contextId: string) => {
		[task, context] = [taskId || task, contextId || context];
	};

	return {
		take(payload) {
			switch (payload.$case) {
				case 'task': {
					named(payload.value.id, payload.value.contextId);
					const given = payload.value.artifacts.flatMap((artifact) => addArtifact(artifact, false));
					return [...given, ...addStatus(payload.value.status)];
				}
				case 'message':
					named(payload.value.taskId, payload.value.contextId);
					ending = { type: 'finished', text: textIn(payload.value.parts), usage: unknownUsage };
					return [];
				case 'statusUpdate':
					named(payload.value.taskId, payload.value.contextId);
					return addStatus(payload.value.status);
				case 'artifactUpdate':
					named(payload.value.taskId, payload.value.contextId);
					return addArtifact(payload.value.artifact, payload.value.append);
			}
		},
		end() {
			if (ending === null) throw new Error("The agent's task ended in the middle.");
			const isError = ending.type === 'failed';
			return [...(isWorking ? [{ type: 'tool_finished', tool: PROGRESS, isError } as const] : []), ending];
		},
		isOver: () => ending !== null,
		taskId: () => task,
		contextId: () => context,
	};
}

/** One action: the one that a part with data names, as `{action, input}`, or the question that the agent asks. */
function interruption(message: Message | undefined, state: z.infer<typeof resumptionSchema>): ExternalEvent {
	const named = (message?.parts ?? []).flatMap(({ content }) => {
		const { action, input } = content?.$case === 'data' ? recordOf(content.value) : {};
		const name = textOf(action);
		return name === null ? [] : [{ name, input: recordOf(input) }];
	});
	const question = { name: 'input_required', input: { question: textIn(message?.parts ?? []), answer: GO_ON } };
	const action: ExternalAction = { id: state.taskId, ...(named[0] ?? question) };
	return { type: 'interrupted', state: JSON.stringify(state), actions: [action], usage: unknownUsage };
}

type Failure = Extract<ExternalEvent, { type: 'failed' }>['failure'];

const failed = (failure: Failure, retryable: boolean, said: string): ExternalEvent => ({
	...{ type: 'failed', failure, retryable, usage: unknownUsage },
	message: `The agent did not finish its task: ${said}`,
});

const textIn = (parts: readonly Part[]): string =>
	parts.map(({ content }) => (content?.$case === 'text' ? content.value : '')).join('');
