import { createHash } from 'node:crypto';
import type { AgentCard, Message, SendMessageRequest, StreamResponse, Task } from '@a2a-js/sdk';
import type { A2ARequestHandler } from '@a2a-js/sdk/server';
import { CLIENT_THREAD, clientSession, threadNamed } from '../shared/client-session.ts';
import type { Refusal } from '../shared/refusal.ts';
import { agentCard } from './a2a-card.ts';
import { createTaskNews, isAtRest, type TaskNeeds, taskOf } from './a2a-tasks.ts';
import type { Client } from './clients.ts';
import type { ServedParts } from './parts.ts';
import type { Taken } from './questions.ts';
import { refusalOf } from './refusal-of.ts';
import type { RunState } from './run-state.ts';

export interface A2aSdk {
	core: typeof import('@a2a-js/sdk');
	errors: typeof import('@a2a-js/sdk/errors');
}

export interface A2aRequest {
	client: Client;
	/** Where the agent is reached. */
	url: string;
	/** Aborts when the client has left; its tasks go on. */
	signal: AbortSignal;
}

/** One task: the question, and what is known of it by its id. */
interface Known {
	taken: Taken;
	needs: TaskNeeds;
}

/** Tasks that are runs, for one request of a client: nothing of them is kept but what the journals tell. */
export function createA2aHandler(sdk: A2aSdk, parts: ServedParts, request: A2aRequest): A2ARequestHandler {
	const { client, url, signal } = request;
	const { errors } = sdk;
	const { questions, say } = parts;
	const knownAs = (task: string): Known => knownTask(sdk, parts, client, task);

	const found = async (task: string): Promise<Known & { state: RunState }> => {
		const known = knownAs(task);
		const state = await questions.look(known.taken);
		if (state === null) throw new errors.TaskNotFoundError(say('served.question_unknown'));
		return { ...known, state };
	};

	const asked = async ({ message }: SendMessageRequest): Promise<Known & { state: RunState }> => {
		if (message === undefined) throw new errors.RequestMalformedError(say('served.no_question'));
		if (message.taskId !== '') {
			const { needs, state } = await found(message.taskId);
			const isWaiting = state.progress.phase === 'waiting';
			const text = isWaiting ? say('served.waits', { link: needs.url }) : say('served.task_taken');
			throw new errors.UnsupportedOperationError(text);
		}
		const known = knownAs(taskIdOf(client, message, say('served.context_invalid'), errors));
		const team = message.metadata?.team;
		const question = {
			...known.taken,
			text: textOf(message, parts, errors),
			team: typeof team === 'string' ? team : null,
		};
		await questions.ask(question).catch((thrown: unknown) => {
			throw a2aErrorOf(thrown, parts, errors);
		});
		return found(known.needs.task);
	};

	/** The state in which the task stays, or stays until people have decided. */
	const rest = ({ taken }: Known, tell: (state: RunState) => void = () => {}): Promise<RunState> => {
		const resting = new AbortController();
		let last: RunState | null = null;
		const told = (state: RunState) => {
			last = state;
			tell(state);
			if (isAtRest(state)) resting.abort();
		};
		return questions.follow(taken, told, AbortSignal.any([signal, resting.signal])).catch((thrown: unknown) => {
			if (last !== null && resting.signal.aborted) return last;
			throw a2aErrorOf(thrown, parts, errors);
		});
	};

	async function* followed(known: Known & { state: RunState }): AsyncGenerator<StreamResponse, void, undefined> {
		yield { payload: { $case: 'task', value: taskOf(known.state, known.needs) } };
		if (known.state.result !== null) return;
		const news = createTaskNews(known.needs);
		const waiting: StreamResponse[] = [];
		let more = Promise.withResolvers<boolean>();
		const ended = rest(known, (state) => {
			waiting.push(...news(state));
			more.resolve(true);
		}).then(() => false);
		for (let goesOn = true; goesOn; ) {
			goesOn = await Promise.race([ended, more.promise]);
			more = Promise.withResolvers<boolean>();
			yield* waiting.splice(0);
		}
	}

	const unsupported = async (): Promise<never> => {
		throw new errors.UnsupportedOperationError('This agent keeps no such list.');
	};
	const noPush = async (): Promise<never> => {
		throw new errors.PushNotificationNotSupportedError();
	};

	return {
		getAgentCard: async () => agentCard(url, parts.version),
		getAuthenticatedExtendedAgentCard: async (): Promise<AgentCard> =>
			agentCard(url, parts.version, (await parts.host().teams()).teams),
		async sendMessage(params): Promise<Task> {
			const known = await asked(params);
			const isEnough = params.configuration?.returnImmediately === true || known.state.result !== null;
			return taskOf(isEnough ? known.state : await rest(known), known.needs);
		},
		async *sendMessageStream(params) {
			yield* followed(await asked(params));
		},
		async getTask({ id }) {
			const { state, needs } = await found(id);
			return taskOf(state, needs);
		},
		async cancelTask({ id }) {
			const { state, taken, needs } = await found(id);
			if (state.result !== null) throw new errors.TaskNotCancelableError(say('stop.nothing'));
			if (state.run === null) void questions.abandon(taken);
			else
				await questions.stop(taken).catch((thrown: unknown) => {
					throw a2aErrorOf(thrown, parts, errors);
				});
			return taskOf(state.run === null ? state : await questions.follow(taken, () => {}, signal), needs);
		},
		async *resubscribe({ id }) {
			yield* followed(await found(id));
		},
		listTasks: unsupported,
		createTaskPushNotificationConfig: noPush,
		getTaskPushNotificationConfig: noPush,
		listTaskPushNotificationConfigs: noPush,
		deleteTaskPushNotificationConfig: noPush,
	};
}

/** The thread and the question in it. */
const TASK_ID = /^([\w-]{22,40})\.[\w-]{22}$/;

function knownTask({ core, errors }: A2aSdk, parts: ServedParts, client: Client, task: string): Known {
	const { say, clock } = parts;
	const [, context] = TASK_ID.exec(task) ?? [];
	if (context === undefined) throw new errors.TaskNotFoundError(say('served.question_unknown'));
	const session = clientSession(client.name, context);
	const needs = { say, clock, states: core.TaskState, agent: core.Role.ROLE_AGENT, task, context };
	return { taken: { client, session, id: task }, needs: { ...needs, url: parts.linkTo(session) } };
}

/** The same for a message that is sent again. */
function taskIdOf(client: Client, message: Message, invalid: string, errors: A2aSdk['errors']): string {
	const { contextId, messageId } = message;
	if (contextId !== '' && !CLIENT_THREAD.test(contextId)) throw new errors.RequestMalformedError(invalid);
	const context = contextId === '' ? threadNamed(`message ${client.name} ${messageId}`) : contextId;
	return `${context}.${createHash('sha256').update(messageId).digest('base64url').slice(0, 22)}`;
}

function textOf({ parts: given }: Message, { say }: ServedParts, errors: A2aSdk['errors']): string {
	const texts = given.map(({ content }) => {
		if (content?.$case === 'text') return content.value;
		throw new errors.ContentTypeNotSupportedError(say('served.unsupported', { what: content?.$case ?? 'part' }));
	});
	const text = texts.join('\n');
	if (text.trim() === '') throw new errors.RequestMalformedError(say('served.no_question'));
	return text;
}

/** A refusal as clients of A2A read it. */
function a2aErrorOf(thrown: unknown, parts: ServedParts, errors: A2aSdk['errors']): Error {
	const refusal: Refusal = refusalOf(thrown, parts);
	if (refusal.status === 499) return refusal;
	if (refusal.code === 'question_unknown') return new errors.TaskNotFoundError(refusal.message);
	return refusal.status < 500 ? new errors.RequestMalformedError(refusal.message) : refusal;
}
