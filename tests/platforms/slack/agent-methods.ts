import { type Call, channelOf, jsonOf, type Methods, optional, required } from './call.ts';
import { list, shape, text } from './checks.ts';
import { type JsonObject, objectsIn } from './json.ts';
import { refuseWith, SlackRefusal } from './refusal.ts';
import { type AgentSession, type AssistantThread, findMessage } from './world.ts';

const STATUSES = ['active', 'processing', 'suspended', 'closed'];
const STOP_EVENT = 'agent_session_stopped';
const NO_STOP_BUTTON = `missing_${STOP_EVENT}_event_subscription`;

function sessionOf(call: Call, channel: string, threadTs: string): AgentSession | undefined {
	return call.team.sessions.find((one) => one.channel === channel && one.threadTs === threadTs);
}

/** Sets what an agent's session is at, and begins it when there is none. */
export function setSessionStatus(
	call: Call,
	given: { channel: string; threadTs: string; status: string; title?: string | null },
): AgentSession {
	if (!call.world.app.agent) throw new SlackRefusal('feature_disabled');
	if (!STATUSES.includes(given.status)) refuseWith('invalid_arguments', [`unknown status: ${given.status}`]);
	let session = sessionOf(call, given.channel, given.threadTs);
	if (session === undefined) {
		session = { channel: given.channel, threadTs: given.threadTs, status: '', title: given.title ?? '', history: [] };
		call.team.sessions.push(session);
	}
	session.status = given.status;
	session.history.push(given.status);
	call.world.ledger.changed();
	return session;
}

function setStatus(call: Call): JsonObject {
	const channel = channelOf(call, required(call, 'channel_id'));
	const threadTs = required(call, 'thread_ts');
	if (findMessage(call.team, channel.id, threadTs) === undefined) throw new SlackRefusal('thread_not_found');
	const title = optional(call, 'title');
	if (title !== null && title.length > 200) refuseWith('invalid_arguments', ['title is longer than 200 characters']);
	const status = required(call, 'status');
	const session = setSessionStatus(call, { channel: channel.id, threadTs, status, title });
	const warning = call.world.app.events.has(STOP_EVENT) ? {} : { warning: NO_STOP_BUTTON };
	return { status: session.status, agent_status: session.status, title: session.title, ...warning };
}

function rename(call: Call): JsonObject {
	const session = sessionOf(call, required(call, 'channel_id'), required(call, 'thread_ts'));
	if (session === undefined) throw new SlackRefusal('session_not_found');
	session.title = required(call, 'title');
	return { title: session.title };
}

/** The assistant thread of a call; Slack has one in every thread of the direct messages. */
function assistantThread(call: Call): AssistantThread {
	const channel = channelOf(call, required(call, 'channel_id'));
	const threadTs = required(call, 'thread_ts');
	if (findMessage(call.team, channel.id, threadTs) === undefined) throw new SlackRefusal('thread_not_found');
	const { assistantThreads } = call.team;
	const found = assistantThreads.find((one) => one.channel === channel.id && one.threadTs === threadTs);
	if (found !== undefined) return found;
	const made = { channel: channel.id, threadTs, status: '', loadingMessages: [], title: '', prompts: [] };
	assistantThreads.push(made);
	return made;
}

const LOADING = list(text(100), 0, 10);
const PROMPTS = list(shape({ title: text(100), message: text(3000) }), 0, 4);

function check(value: unknown, rule: typeof LOADING, path: string): void {
	const problems: string[] = [];
	rule(value, path, problems);
	if (problems.length > 0) refuseWith('invalid_arguments', problems);
}

function setAssistantStatus(call: Call): JsonObject {
	const loading = jsonOf(call, 'loading_messages', 'invalid_arguments') ?? [];
	check(loading, LOADING, '/loading_messages');
	const status = optional(call, 'status') ?? '';
	Object.assign(assistantThread(call), { status, loadingMessages: loading });
	call.world.ledger.changed();
	return {};
}

function setTitle(call: Call): JsonObject {
	assistantThread(call).title = required(call, 'title');
	call.world.ledger.changed();
	return {};
}

function setPrompts(call: Call): JsonObject {
	const prompts = jsonOf(call, 'prompts', 'invalid_arguments');
	check(prompts, PROMPTS, '/prompts');
	// In the agent view prompts belong to the whole tab, and no thread is given.
	const target = optional(call, 'thread_ts') === null ? paneOf(call) : assistantThread(call);
	target.prompts = objectsIn(prompts);
	call.world.ledger.changed();
	return {};
}

/** Place of what is said to the whole messages tab. */
function paneOf(call: Call): AssistantThread {
	const channel = channelOf(call, required(call, 'channel_id')).id;
	const found = call.team.assistantThreads.find((one) => one.channel === channel && one.threadTs === '');
	if (found !== undefined) return found;
	const made = { channel, threadTs: '', status: '', loadingMessages: [], title: '', prompts: [] };
	call.team.assistantThreads.push(made);
	return made;
}

const assistant = ['assistant:write'];

/** Agent sessions and the assistant's pane. https://docs.slack.dev/ai/agent-sessions */
export const agentMethods: Methods = {
	'agents.sessions.setStatus': { tier: 'tier3', scopes: ['chat:write'], run: setStatus },
	'agents.sessions.rename': { tier: 'tier3', scopes: ['chat:write'], run: rename },
	'assistant.threads.setStatus': { tier: 'tier4', scopes: assistant, run: setAssistantStatus },
	'assistant.threads.setTitle': { tier: 'tier4', scopes: assistant, run: setTitle },
	'assistant.threads.setSuggestedPrompts': { tier: 'tier4', scopes: assistant, run: setPrompts },
};
