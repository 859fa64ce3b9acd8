import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NewSessionRequest, PromptRequest, PromptResponse } from '@agentclientprotocol/sdk';
import { type Clock, sleep } from '../../core/clock.ts';
import type { ExternalAgent, ExternalEvent, ExternalRequest } from '../../core/external-agent.ts';
import type { ProgramAgentSettings } from '../../core/external-settings.ts';
import { unknownUsage } from '../../core/usage.ts';
import { type AcpConnection, connectAcp } from './acp/connection.ts';
import { createEventQueue } from './acp/event-queue.ts';
import { createPermissions, type Waiting, waitingSchema } from './acp/permissions.ts';
import { createUpdateReader, type UpdateReader } from './acp/updates.ts';
import { ownToolsOf } from './shared/own-tools-of.ts';
import { FOLDER_INSIDE, type ProgramFolder, type ProgramPlace } from './shared/program.ts';
import { recordOf } from './shared/record-of.ts';

export interface AcpPlace extends ProgramPlace {
	clock: Clock;
}

/** How long an agent has to stop by itself before it is killed, in milliseconds. */
const GRACE_MS = 300;
const WORKSPACE = { bytes: 256 * 1024 * 1024, files: 16_384 };

/** A coding agent over its standard streams: started with the first reply, in a folder of its own, and ended with a stop. */
export async function openAcpAgent(settings: ProgramAgentSettings, place: AcpPlace): Promise<ExternalAgent> {
	const sdk = await import('@agentclientprotocol/sdk');
	let folder: ProgramFolder | null = null;
	let connection: Promise<AcpConnection> | null = null;
	let life = new AbortController();
	let isWaiting = false;

	const end = async () => {
		const ending = connection;
		connection = null;
		// Also of one that is still starting.
		life.abort();
		life = new AbortController();
		await (await ending?.catch(() => null))?.end();
	};
	const open = async (former: string | null) => {
		folder ??= await folderOf(settings, place, former);
		connection ??= connectAcp(sdk, settings.program, place, folder, life.signal);
		return { connection: await connection, cwd: settings.program.sandbox === null ? folder.here : FOLDER_INSIDE };
	};
	const sessionOf = async ({ agent, canLoad, whileAlive }: AcpConnection, cwd: string, former: string | null) => {
		const about: NewSessionRequest = { cwd, mcpServers: [] };
		if (former !== null && canLoad) {
			const loaded = agent.request(sdk.methods.agent.session.load, { ...about, sessionId: former });
			// An agent that no longer knows it is asked anew.
			const isLoaded = await whileAlive(isSettled(loaded));
			if (isLoaded) return { sessionId: former, isLoaded };
		}
		const opened = agent.request(sdk.methods.agent.session.new, about);
		const { sessionId } = await whileAlive(opened);
		return { sessionId, isLoaded: false };
	};

	const replyOf = async function* (request: ExternalRequest, signal: AbortSignal): AsyncGenerator<ExternalEvent, void> {
		const waiting = request.resume === null ? null : waitingSchema.parse(JSON.parse(request.resume.state));
		isWaiting = false;
		let stop = () => void end();
		const onAbort = () => stop();
		signal.addEventListener('abort', onAbort, { once: true });
		let isOver = false;
		try {
			const { connection: live, cwd } = await open(waiting?.folder ?? null);
			live.listen(null);
			const { sessionId, isLoaded } = await sessionOf(live, cwd, waiting?.session ?? null);
			signal.throwIfAborted();
			const permissions = createPermissions(waiting, request.resume?.decisions ?? []);
			const reader = createUpdateReader();
			const queue = createEventQueue();
			const cancel = () => void live.agent.notify(sdk.methods.agent.session.cancel, { sessionId }).catch(() => {});
			live.listen({
				...{ permissions, interrupt: cancel },
				update: (update) => reader.take(update).forEach(queue.push),
			});
			const text = isLoaded ? (permissions.note() ?? '') : promptOf(request, permissions.note());
			const prompt: PromptRequest['prompt'] = [{ type: 'text', text }];
			const prompted = live.agent.request(sdk.methods.agent.session.prompt, { sessionId, prompt });
			const done = live.whileAlive(prompted);
			done.catch(() => {}).finally(queue.end);
			stop = () => {
				cancel();
				const late = sleep(place.clock, GRACE_MS, new AbortController().signal);
				void Promise.race([done.catch(() => {}), late]).then(end);
			};
			yield* queue.events();
			const response = await done.catch((thrown: unknown) => Promise.reject(withStatus(thrown)));
			isOver = true;
			const actions = permissions.open();
			isWaiting = actions.length > 0;
			if (actions.length === 0) yield endOf(response, reader);
			else {
				const kept = settings.program.sandbox === null ? cwd : null;
				const state = {
					session: live.canLoad ? sessionId : null,
					folder: kept,
					actions: [...actions],
				} satisfies Waiting;
				yield { type: 'interrupted', state: JSON.stringify(state), actions, usage: unknownUsage };
			}
		} finally {
			signal.removeEventListener('abort', onAbort);
			if (!isOver && !signal.aborted) await end();
		}
	};

	return {
		...{ framework: 'acp', callsTools: false, ownTools: ownToolsOf(settings) },
		reply: replyOf,
		async close() {
			await end();
			// What waits for people goes on in it.
			if (folder !== null && !isWaiting) await rm(folder.here, { recursive: true, force: true });
		},
	};
}

const isSettled = (work: Promise<unknown>): Promise<boolean> =>
	work.then(
		() => true,
		() => false,
	);

/** A folder of the agent's own: the one that it had while it waits, or a new one. */
async function folderOf(
	{ program }: ProgramAgentSettings,
	{ run, sandbox }: AcpPlace,
	former: string | null,
): Promise<ProgramFolder> {
	const isThere = former !== null && (await isSettled(access(former)));
	const here = isThere ? former : await mkdtemp(join(tmpdir(), 'massgen-agent-'));
	if (program.sandbox === null || sandbox === null) return { here, workspace: null };
	return { here, workspace: await sandbox.workspace(run, `acp-${here.slice(-6)}`, WORKSPACE) };
}

/** The whole turn in one prompt, for each reply has a session of its own. A reply that was interrupted begins anew. */
function promptOf({ instructions, messages, resume }: ExternalRequest, note: string | null): string {
	const kept =
		resume === null
			? messages
			: messages.slice(
					0,
					messages.findLastIndex(({ role }) => role === 'assistant'),
				);
	const turns = kept.map(({ role, text }) => (role === 'user' ? text : `Your reply was:\n\n${text}`));
	return [instructions, ...turns, ...(note === null ? [] : [note])].join('\n\n');
}

function endOf({ stopReason }: PromptResponse, reader: UpdateReader): ExternalEvent {
	const usage = unknownUsage;
	switch (stopReason) {
		case 'refusal': {
			const message = 'The agent refused to go on.';
			return { type: 'failed', failure: 'content_refused', retryable: false, message, usage };
		}
		case 'cancelled': {
			const message = 'The agent stopped before it was done.';
			return { type: 'failed', failure: 'stream_broken', retryable: true, message, usage };
		}
		default:
			return { type: 'finished', text: reader.text(), usage };
	}
}

/** Of an error of JSON-RPC: that somebody must log in, or the status of HTTP that the agent got itself. */
function withStatus(thrown: unknown): unknown {
	if (!(thrown instanceof Error) || !('code' in thrown)) return thrown;
	const { status } = recordOf('data' in thrown ? thrown.data : null);
	const known = thrown.code === -32_000 ? 401 : status;
	return typeof known === 'number' ? Object.assign(thrown, { status: known }) : thrown;
}
