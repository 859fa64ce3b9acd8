import { randomUUID } from 'node:crypto';
import type { StreamResponse } from '@a2a-js/sdk';
import type { Client } from '@a2a-js/sdk/client';
import type { ExternalAgent, ExternalEvent, ExternalRequest } from '../../core/external-agent.ts';
import type { RemoteSettings } from '../../core/external-settings.ts';
import type { WebAccess } from '../../core/web-access.ts';
import { messageTo, resumption, resumptionSchema } from './a2a/messages.ts';
import { createTaskReader } from './a2a/task-reader.ts';
import { statusError } from './shared/status-error.ts';

/** The contexts of one agent: one for each run, so that the agent can remember what it was asked before. */
type Contexts = Map<string, string>;

/** An agent that speaks A2A 1.0 or 0.3. It is looked for when it is asked. */
export async function openA2aAgent(settings: RemoteSettings, web: WebAccess): Promise<ExternalAgent> {
	const sdk = await import('@a2a-js/sdk/client');
	const contexts: Contexts = new Map();
	let client: Promise<Client> | null = null;
	const connect = () => {
		client ??= connected(sdk, settings, web).catch((thrown: unknown) => {
			client = null;
			throw thrown;
		});
		return client;
	};
	return {
		...{ framework: 'a2a', callsTools: false, ownTools: settings.ownTools ?? 'ungated' },
		reply: (request, signal) => replyOf(connect, contexts, request, signal),
		async close() {
			web.close();
		},
	};
}

function connected(
	{
		ClientFactory,
		DefaultAgentCardResolver,
		JsonRpcTransportFactory,
		RestTransportFactory,
	}: typeof import('@a2a-js/sdk/client'),
	{ url, headers }: RemoteSettings,
	web: WebAccess,
): Promise<Client> {
	const { origin, pathname } = new URL(url);
	const guarded: typeof fetch = async (input, init = {}) => {
		const target = new URL(input instanceof Request ? input.url : input);
		const all = new Headers(init.headers);
		// A card may name other servers, which must not be told the secrets of this one.
		if (target.origin === origin) for (const [name, value] of Object.entries(headers)) all.set(name, value);
		const response = await web.fetch(target, { ...init, headers: all });
		if (!response.ok) throw await statusError(response);
		return response;
	};
	const options = { fetchImpl: guarded, legacyCompat: { enabled: true } };
	const factory = new ClientFactory({
		transports: [new JsonRpcTransportFactory(options), new RestTransportFactory(options)],
		cardResolver: new DefaultAgentCardResolver(options),
	});
	return pathname.endsWith('.json') ? factory.createFromUrl(url, '') : factory.createFromUrl(url);
}

async function* replyOf(
	connect: () => Promise<Client>,
	contexts: Contexts,
	request: ExternalRequest,
	signal: AbortSignal,
): AsyncGenerator<ExternalEvent, void> {
	const client = await connect();
	signal.throwIfAborted();
	const { Role, TaskState } = await import('@a2a-js/sdk');
	const waiting = request.resume === null ? null : resumptionSchema.parse(JSON.parse(request.resume.state));
	const contextId = waiting?.contextId ?? contexts.get(request.run) ?? '';
	const parts = waiting === null ? messageTo(request) : resumption(request.resume?.decisions ?? []);
	const reader = createTaskReader(TaskState);
	const message = { messageId: randomUUID(), contextId, taskId: waiting?.taskId ?? '', role: Role.ROLE_USER, parts };
	const sent = {
		...{ tenant: '', metadata: undefined },
		message: { ...message, metadata: undefined, extensions: [], referenceTaskIds: [] },
		configuration: { acceptedOutputModes: [], taskPushNotificationConfig: undefined, returnImmediately: false },
	};
	try {
		const stream: AsyncIterable<StreamResponse> = client.sendMessageStream(sent, { signal });
		for await (const { payload } of stream) {
			if (payload === undefined) continue;
			yield* reader.take(payload);
			if (reader.contextId() !== '') contexts.set(request.run, reader.contextId());
			if (reader.isOver()) break;
		}
		yield* reader.end();
	} finally {
		// Whoever left does not wait for what becomes of it.
		if (!reader.isOver() && reader.taskId() !== '') {
			const cancelled = { tenant: '', id: reader.taskId(), metadata: undefined };
			void client.cancelTask(cancelled).catch(() => {});
		}
	}
}
