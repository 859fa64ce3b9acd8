import { randomUUID } from 'node:crypto';
import { type Message, Role, type SendMessageRequest, type StreamResponse, type Task, TaskState } from '@a2a-js/sdk';
import {
	ClientFactory,
	type ClientFactoryOptions,
	DefaultAgentCardResolver,
	JsonRpcTransportFactory,
} from '@a2a-js/sdk/client';
import { describe, expect, it } from 'vitest';
import { pageAt } from '../../../../support/page.ts';
import { LOOKER, type ServedApp, servedApp, TOKEN } from './served-app.ts';

const ANSWER = 'The moon and the sun do it, as all of us think.';

function clientOf({ url }: Pick<ServedApp, 'url'>, token = TOKEN) {
	const withToken: typeof fetch = (input, init = {}) => {
		const headers = new Headers(init.headers);
		headers.set('authorization', `Bearer ${token}`);
		return fetch(input, { ...init, headers });
	};
	const options: ClientFactoryOptions = {
		transports: [new JsonRpcTransportFactory({ fetchImpl: withToken })],
		cardResolver: new DefaultAgentCardResolver(),
	};
	return new ClientFactory(options).createFromUrl(url);
}

const text = (value: string) => ({
	content: { $case: 'text' as const, value },
	metadata: undefined,
	filename: '',
	mediaType: '',
});

function asking(question: string, given: Partial<Message> & { team?: string; now?: boolean } = {}): SendMessageRequest {
	const { team, now = false, ...fields } = given;
	const message = { messageId: randomUUID(), contextId: '', taskId: '', role: Role.ROLE_USER, parts: [text(question)] };
	return {
		tenant: '',
		message: {
			...{ ...message, extensions: [], referenceTaskIds: [], ...fields },
			metadata: team === undefined ? undefined : { team },
		},
		configuration: { acceptedOutputModes: [], taskPushNotificationConfig: undefined, returnImmediately: now },
		metadata: undefined,
	};
}

const isTask = (result: Task | Message): result is Task => 'artifacts' in result;
function taskIn(result: Task | Message): Task {
	if (isTask(result)) return result;
	throw new Error('the agent answered without a task');
}
const textsOf = ({ artifacts }: Pick<Task, 'artifacts'>) =>
	artifacts.flatMap(({ parts }) => parts.map(({ content }) => (content?.$case === 'text' ? content.value : '')));
const stateOf = (task: Task) => task.status?.state;
const saidBy = ({ status }: Task) => JSON.stringify(status?.message?.parts ?? []);

async function all(stream: AsyncGenerator<StreamResponse>): Promise<StreamResponse[]> {
	const events: StreamResponse[] = [];
	for await (const event of stream) events.push(event);
	return events;
}

/** The texts of the artifact as a client puts them together. */
function artifactOf(events: readonly StreamResponse[]): string {
	return events.reduce((sum, { payload }) => {
		if (payload?.$case !== 'artifactUpdate') return sum;
		const added = textsOf({ artifacts: payload.value.artifact === undefined ? [] : [payload.value.artifact] }).join('');
		return payload.value.append ? sum + added : added;
	}, '');
}

describe('an A2A client', () => {
	it('finds who answers by the card, which names the teams to clients alone', async () => {
		const world = await servedApp();
		const client = await clientOf(world);
		expect(client.protocolVersion).toBe('1.0');
		const open = await (await fetch(`${world.url}/.well-known/agent-card.json`)).text();
		expect(JSON.parse(open)).toMatchObject({ name: 'MassGen Chat', url: `${world.url}/a2a`, protocolVersion: '0.3.0' });
		expect(open).not.toContain('endless');
		expect(JSON.stringify(await client.getAgentCard())).toContain('team:endless');
	});

	it('asks, and gets a task that is a run; it can be read again after a restart', async () => {
		const world = await servedApp();
		const client = await clientOf(world);
		const task = taskIn(await client.sendMessage(asking('Why tides?')));
		expect(stateOf(task)).toBe(TaskState.TASK_STATE_COMPLETED);
		expect(textsOf(task)).toEqual([ANSWER]);
		const [thread] = await pageAt(world.url).threads();
		expect(task.metadata).toMatchObject({
			team: 'duo',
			url: `${world.url}/t/${thread?.id}`,
			votes: [{ votes: 2 }, { votes: 0 }],
		});
		const next = taskIn(await client.sendMessage(asking('And why twice a day?', { contextId: task.contextId })));
		expect(next.contextId).toBe(task.contextId);
		const again = await clientOf(await world.restart());
		for (const { id, artifacts } of [task, next]) {
			const read = await again.getTask({ tenant: '', id });
			expect([read.contextId, stateOf(read), read.artifacts]).toEqual([task.contextId, stateOf(task), artifacts]);
		}
		expect(world.problems).toEqual([]);
	});

	it('reads the answer as it is written', async () => {
		const events = await all((await clientOf(await servedApp())).sendMessageStream(asking('Why tides?')));
		expect(events[0]?.payload?.$case).toBe('task');
		expect(artifactOf(events)).toBe(ANSWER);
		expect(events.filter(({ payload }) => payload?.$case === 'artifactUpdate').length).toBeGreaterThan(1);
		expect(events.at(-1)?.payload).toMatchObject({
			$case: 'statusUpdate',
			value: { status: { state: TaskState.TASK_STATE_COMPLETED } },
		});
	});

	it('sends a message twice and asks once', async () => {
		const world = await servedApp();
		const client = await clientOf(world);
		const request = asking('Why tides?');
		const [one, two] = await Promise.all([client.sendMessage(request), client.sendMessage(request)]);
		expect(taskIn(one).id).toBe(taskIn(two).id);
		expect(world.events.filter(({ type }) => type === 'run_started')).toHaveLength(1);
	});

	it('leaves and comes back after a restart, while its run goes on, and cancels it', async () => {
		const world = await servedApp();
		const client = await clientOf(world);
		const task = taskIn(await client.sendMessage(asking('Why?', { team: 'endless', now: true })));
		const leaving = new AbortController();
		const watched = all(client.resubscribeTask({ tenant: '', id: task.id }, { signal: leaving.signal }));
		watched.catch(() => {});
		await world.seen(({ type }) => type === 'agent_started');
		leaving.abort();
		await expect(watched).rejects.toThrow();
		const restarted = await world.restart();
		const again = await clientOf(restarted);
		expect(stateOf(await again.getTask({ tenant: '', id: task.id }))).toBe(TaskState.TASK_STATE_WORKING);
		const back = all(again.resubscribeTask({ tenant: '', id: task.id }));
		const cancelled = await again.cancelTask({ tenant: '', id: task.id, metadata: undefined });
		expect(stateOf(cancelled)).toBe(TaskState.TASK_STATE_CANCELED);
		expect((await back).at(-1)?.payload).toMatchObject({ value: { status: { state: TaskState.TASK_STATE_CANCELED } } });
		await expect(again.cancelTask({ tenant: '', id: task.id, metadata: undefined })).rejects.toThrow();
		expect([...world.problems, ...restarted.problems]).toEqual([]);
	});

	it('is told that people must decide, who do it on the page, and then gets the answer', async () => {
		const world = await servedApp();
		const client = await clientOf(world);
		const task = taskIn(await client.sendMessage(asking('Open the shop', { team: 'clerk' })));
		expect(stateOf(task)).toBe(TaskState.TASK_STATE_INPUT_REQUIRED);
		expect(saidBy(task)).toContain(String(task.metadata?.url));
		const yes = asking('I approve it', { taskId: task.id, contextId: task.contextId });
		await expect(client.sendMessage(yes)).rejects.toThrow(/People have to decide/);
		const page = pageAt(world.url);
		const [thread] = await page.threads();
		const cards = (await page.thread(thread?.id ?? '')).map(({ message }) => message);
		const card = cards.find((message) => message.type === 'approval')?.approval;
		const { callId, revision } = card?.items[0] ?? {};
		const decision = { approval: card?.id, callId, revision, verdict: { type: 'approve', forRun: false } };
		const decided = await page.post(`/api/threads/${thread?.id}/decision`, decision);
		expect([decided.status, await decided.json()]).toEqual([202, { said: [] }]);
		const events = await all(client.resubscribeTask({ tenant: '', id: task.id }));
		const end = await client.getTask({ tenant: '', id: task.id });
		expect([stateOf(end), textsOf(end)]).toEqual([TaskState.TASK_STATE_COMPLETED, ['It was decided.']]);
		expect(events[0]?.payload?.$case).toBe('task');
	});

	it('is told what is wrong', async () => {
		const world = await servedApp();
		const client = await clientOf(world);
		const broken = taskIn(await client.sendMessage(asking('Why?', { team: 'broken' })));
		expect([stateOf(broken), saidBy(broken)]).toEqual([
			TaskState.TASK_STATE_FAILED,
			expect.stringContaining('The key was refused.'),
		]);
		const looker = await clientOf(world, LOOKER);
		await expect(looker.sendMessage(asking('Why?'))).rejects.toThrow('run:start');
		await expect(looker.getTask({ tenant: '', id: broken.id })).rejects.toThrow(/no such question/);
		await expect(all(looker.sendMessageStream(asking('Why?')))).rejects.toThrow('run:start');
		await expect(client.sendMessage(asking('Why?', { team: 'nobody' }))).rejects.toThrow('nobody');
		await expect(client.sendMessage(asking('Why?', { contextId: 'short' }))).rejects.toThrow(/22 to 40/);
		await expect(
			clientOf(world, 'a-token-that-nobody-has').then((it) => it.sendMessage(asking('Why?'))),
		).rejects.toThrow();
		expect(world.problems).toEqual([]);
	});

	it('of the revision 0.3 is understood too', async () => {
		const { url } = await servedApp();
		const rpc = async (method: string, params: unknown) => {
			const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` };
			const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
			return (await fetch(`${url}/a2a`, { method: 'POST', headers, body })).text();
		};
		const message = {
			kind: 'message',
			role: 'user',
			messageId: randomUUID(),
			parts: [{ kind: 'text', text: 'Why tides?' }],
		};
		const sent = JSON.parse(await rpc('message/send', { message })) as { result: { id: string } };
		expect(sent.result).toMatchObject({
			kind: 'task',
			status: { state: 'completed' },
			artifacts: [{ parts: [{ text: ANSWER }] }],
		});
		expect(JSON.parse(await rpc('tasks/get', { id: sent.result.id }))).toMatchObject({
			result: { status: { state: 'completed' } },
		});
		const streamed = await rpc('message/stream', { message: { ...message, messageId: randomUUID() } });
		expect(streamed).toContain('"final":true');
	});
});
